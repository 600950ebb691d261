#include "platform/soc/profile_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

namespace ganglion {
namespace {

constexpr std::size_t kTableRows = 20;

/// Lines of one quantity; stacks of the same names are one line.
bool write_lines(const std::string& file_name, const std::map<std::string, uint64_t>& lines) {
  std::ofstream file(file_name, std::ios::binary);
  for (const auto& [stack, value] : lines) file << stack << ' ' << value << '\n';
  file.close();
  return static_cast<bool>(file);
}

struct Function {
  uint64_t cycles = 0, cycles_below = 0;
  int64_t energy_fj = 0, energy_below_fj = 0;
  uint64_t calls = 0;
  bool counts_cycles = true;
};

/// Spent by name: by itself, and with all it called (once, however often it is on the stack).
std::map<std::string, Function> by_function(const Profiler& profiler) {
  const CallTree& tree = profiler.tree();
  std::map<std::string, Function> functions;
  for (const Profiler::Row& row : profiler.rows()) {
    if (row.cycles == 0 && row.energy_fj == 0) continue;
    std::set<uint32_t> seen;
    for (uint32_t node = row.node; node != 0; node = tree.node(node).parent) {
      const uint32_t name = tree.node(node).name;
      Function& function = functions[tree.text_of(name)];
      if (node == row.node) {
        function.cycles += row.cycles;
        function.energy_fj += row.energy_fj;
        function.counts_cycles = function.counts_cycles && !row.accelerator;
      }
      if (!seen.insert(name).second) continue;
      if (!row.accelerator || node == row.node) function.cycles_below += row.cycles;
      function.energy_below_fj += row.energy_fj;
    }
  }
  for (uint32_t node = 1; node < tree.size(); ++node) {
    const auto found = functions.find(tree.text_of(tree.node(node).name));
    if (found != functions.end()) found->second.calls += tree.node(node).calls;
  }
  return functions;
}

}  // namespace

bool write_folded(const Profiler& profiler, const std::string& path) {
  std::map<std::string, uint64_t> cycles;
  std::map<std::string, uint64_t> energy;
  for (const Profiler::Row& row : profiler.rows()) {
    const std::string stack = profiler.tree().path(row.node);
    if (row.cycles != 0) cycles[stack] += row.cycles;
    if (row.energy_fj > 0) energy[stack] += static_cast<uint64_t>(row.energy_fj);
  }
  const bool cycles_written = write_lines(path + ".cycles.folded", cycles);
  return write_lines(path + ".energy.folded", energy) && cycles_written;
}

std::string profile_table(const Profiler& profiler) {
  const std::map<std::string, Function> functions = by_function(profiler);
  uint64_t all_cycles = 0;
  int64_t all_fj = 0;
  for (const auto& [name, function] : functions) {
    if (function.counts_cycles) all_cycles += function.cycles;
    all_fj += function.energy_fj;
  }
  std::vector<const std::pair<const std::string, Function>*> order;
  order.reserve(functions.size());
  for (const auto& entry : functions) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.cycles, a->second.energy_fj) >
           std::pair(b->second.cycles, b->second.energy_fj);
  });
  const auto percent = [](double part, double whole) { return whole > 0 ? 100.0 * part / whole : 0.0; };
  const auto microjoules = [](int64_t fj) { return static_cast<double>(fj) / 1e9; };

  std::string text = fmt::format("{:<32} {:>10} {:>14} {:>6} {:>14} {:>12} {:>6} {:>12}\n", "function",
                                 "calls", "cycles", "%", "with callees", "uJ", "%", "with callees");
  auto out = std::back_inserter(text);
  for (std::size_t i = 0; i < order.size() && i < kTableRows; ++i) {
    const auto& [name, function] = *order[i];
    // An accelerator runs beside the hart: no share of its cycles.
    const std::string share = function.counts_cycles
                                  ? fmt::format("{:.1f}", percent(static_cast<double>(function.cycles),
                                                                  static_cast<double>(all_cycles)))
                                  : "beside";
    fmt::format_to(out, "{:<32} {:>10} {:>14} {:>6} {:>14} {:>12.3f} {:>6.1f} {:>12.3f}\n", name,
                   function.calls, function.cycles, share, function.cycles_below,
                   microjoules(function.energy_fj),
                   percent(static_cast<double>(function.energy_fj), static_cast<double>(all_fj)),
                   microjoules(function.energy_below_fj));
  }
  fmt::format_to(out, "{:<32} {:>10} {:>14} {:>6} {:>14} {:>12.3f}\n",
                 fmt::format("all {} of them", order.size()), "", all_cycles, "", "", microjoules(all_fj));
  return text;
}

}  // namespace ganglion
