#include "platform/soc/gdb_monitor.h"

#include <fmt/format.h>

#include <iterator>

#include "platform/kernel/log.h"
#include "platform/soc/soc.h"

namespace ganglion {
namespace {

std::string time_text(Soc& soc) {
  Hart& hart = soc.hart();
  return fmt::format("{} of simulated time, cycle {}, {} instructions{}\n", format_time(hart.time_ps()),
                     hart.core().cycle(), hart.instructions(),
                     hart.core().waiting() ? ", waiting for an interrupt (wfi)" : "");
}

std::string energy_text(Soc& soc) {
  EnergyLedger& energy = soc.services().energy;
  energy.fold();
  const auto microjoules = [](int64_t fj) { return static_cast<double>(fj) / 1e9; };
  std::string text = fmt::format("{:<16} {:>14}\n", "component", "energy");
  auto out = std::back_inserter(text);
  for (const ReportedComponent& component : soc.reported())
    fmt::format_to(out, "{:<16} {:>11.6f} uJ\n", component.name, microjoules(energy.energy_fj(component.id)));
  fmt::format_to(out, "{:<16} {:>11.6f} uJ\n", "total", microjoules(energy.total_fj()));
  return text;
}

std::string blocks_text(Soc& soc) {
  std::string text = fmt::format("{:<16} {:<12} {:>8} {:>14} {:>12} {:>12}\n", "block", "type", "jobs",
                                 "busy cycles", "read", "written");
  for (const ReportedComponent& component : soc.reported()) {
    const ComponentFigures& figures = component.figures;
    fmt::format_to(std::back_inserter(text), "{:<16} {:<12} {:>8} {:>14} {:>10} B {:>10} B\n", component.name,
                   component.type, figures.jobs, figures.cycles_busy, figures.bytes_read,
                   figures.bytes_written);
  }
  return text;
}

}  // namespace

std::string gdb_monitor(Soc& soc, std::string_view command) {
  if (command == "time") return time_text(soc);
  if (command == "energy") return energy_text(soc);
  if (command == "blocks") return blocks_text(soc);
  const std::string help =
      "monitor time     simulated time, cycles, instructions\n"
      "monitor energy   energy so far by component\n"
      "monitor blocks   jobs, busy cycles and traffic of every component\n"
      "monitor reset    the SoC as after power-on; the hart stops at its reset vector\n"
      "monitor help     this\n";
  if (command == "help" || command.empty()) return help;
  return fmt::format("no command \"{}\"; there are\n{}", command, help);
}

}  // namespace ganglion
