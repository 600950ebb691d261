// The demo's one table, as rows and as plain text.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "platform/cli/demo_summary.h"

namespace ganglion::cli {
namespace {

/// "1,234,567".
std::string grouped(uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string time_text(double ps) {
  if (ps >= 1e12) return fmt::format("{:.3f} s", ps / 1e12);
  if (ps >= 1e9) return fmt::format("{:.3f} ms", ps / 1e9);
  if (ps >= 1e6) return fmt::format("{:.2f} us", ps / 1e6);
  return fmt::format("{:.1f} ns", ps / 1e3);
}

std::string energy_text(double pj) {
  if (pj >= 1e9) return fmt::format("{:.3f} mJ", pj / 1e9);
  if (pj >= 1e6) return fmt::format("{:.2f} uJ", pj / 1e6);
  if (pj >= 1e3) return fmt::format("{:.2f} nJ", pj / 1e3);
  return fmt::format("{:.2f} pJ", pj);
}

std::string share(double part, double whole) {
  return whole == 0.0 ? "-" : fmt::format("{:.1f} %", 100.0 * part / whole);
}

std::string factor(double value) { return fmt::format("{:.2f}x", value); }

/// "estimate 93 %, synthesis 7 %", largest first.
std::string class_shares(const DemoSide& side) {
  std::vector<std::pair<double, std::string>> parts;
  for (const auto& [name, pj] : side.energy_by_class) {
    if (pj > 0) parts.emplace_back(pj, name);
  }
  std::sort(parts.rbegin(), parts.rend());
  std::string text;
  for (const auto& [pj, name] : parts)
    text += (text.empty() ? "" : ", ") + name + " " + share(pj, side.energy_pj);
  return text.empty() ? "-" : text;
}

double per_image(double value, const DemoSide& side) {
  return side.images == 0 ? 0.0 : value / static_cast<double>(side.images);
}

std::string busy_cell(const DemoSide& side, const std::string& component, const std::string& cause) {
  const auto found = side.busy_ps.find(component);
  if (found == side.busy_ps.end() || !found->second.contains(cause)) return "-";
  const auto ps = static_cast<double>(found->second.at(cause));
  return fmt::format("{}  {:>6}", time_text(ps), share(ps, static_cast<double>(side.time_ps)));
}

std::string energy_cell(const DemoSide& side, const std::string& component) {
  const auto found = side.energy_by_component.find(component);
  if (found == side.energy_by_component.end() || found->second == 0.0) return "-";
  return fmt::format("{}  {:>6}", energy_text(found->second), share(found->second, side.energy_pj));
}

}  // namespace

std::vector<DemoRow> demo_rows(const DemoSummary& summary) {
  const DemoSide& cpu = summary.cpu;
  const DemoSide& fast = summary.accelerator;
  std::vector<DemoRow> rows;
  const auto row = [&](const std::string& label, const std::string& a, const std::string& b) {
    rows.push_back({label, a, b, false});
  };
  const auto both = [&](const std::string& label, const auto& text) { row(label, text(cpu), text(fast)); };
  const auto section = [&](const std::string& label) { rows.push_back({label, "", "", true}); };

  both("accuracy", [](const DemoSide& s) {
    return fmt::format("{} ({}/{})", share(static_cast<double>(s.correct), static_cast<double>(s.images)),
                       s.correct, s.images);
  });
  row("clock", "hart " + summary.hart_clock,
      "hart " + summary.hart_clock + ", core " + summary.accelerator_clock);
  both("hart cycles", [](const DemoSide& s) { return grouped(s.hart_cycles); });
  both("  an image", [](const DemoSide& s) {
    return grouped(static_cast<uint64_t>(per_image(static_cast<double>(s.hart_cycles), s)));
  });
  both("instructions", [](const DemoSide& s) { return grouped(s.instructions); });
  both("simulated time", [](const DemoSide& s) { return time_text(static_cast<double>(s.time_ps)); });
  both("  an image",
       [](const DemoSide& s) { return time_text(per_image(static_cast<double>(s.time_ps), s)); });
  row("MAC/cycle of the hart", fmt::format("{:.3f} (bound {:.3f})", cpu.macs_per_cycle, summary.mac_bound),
      fmt::format("{:.3f}", fast.macs_per_cycle));
  both("energy", [](const DemoSide& s) { return energy_text(s.energy_pj); });
  both("  an image", [](const DemoSide& s) { return energy_text(per_image(s.energy_pj, s)); });
  both("  low to high",
       [](const DemoSide& s) { return energy_text(s.low_pj) + " to " + energy_text(s.high_pj); });
  both("  rests on", class_shares);
  row("speed-up", "1x", factor(summary.speed_up));
  const bool estimates = cpu.low_pj != cpu.high_pj || fast.low_pj != fast.high_pj;
  row("energy ratio", "1x",
      estimates ? fmt::format("{} ({} to {})", factor(summary.energy_ratio.value),
                              factor(summary.energy_ratio.low), factor(summary.energy_ratio.high))
                : factor(summary.energy_ratio.value));

  section("where the time went (share of the region; parts overlap)");
  std::set<std::pair<std::string, std::string>> causes;
  std::set<std::string> components;
  for (const DemoSide* s : {&cpu, &fast}) {
    for (const auto& [component, by_cause] : s->busy_ps) {
      for (const auto& [cause, ps] : by_cause) causes.emplace(component, cause);
    }
    for (const auto& [component, pj] : s->energy_by_component) {
      if (pj != 0.0) components.insert(component);
    }
  }
  for (const auto& [component, cause] : causes) {
    row(fmt::format("  {} {}", component, cause), busy_cell(cpu, component, cause),
        busy_cell(fast, component, cause));
  }
  section("where the energy went");
  for (const std::string& component : components) {
    row("  " + component, energy_cell(cpu, component), energy_cell(fast, component));
  }
  return rows;
}

std::string demo_table(const DemoSummary& summary) {
  const std::vector<DemoRow> rows = demo_rows(summary);
  std::size_t label_width = 0;
  std::size_t cpu_width = summary.cpu.title.size();
  std::size_t fast_width = summary.accelerator.title.size();
  for (const DemoRow& row : rows) {
    if (row.section) continue;
    label_width = std::max(label_width, row.label.size());
    cpu_width = std::max(cpu_width, row.cpu.size());
    fast_width = std::max(fast_width, row.accelerator.size());
  }
  const std::string rule(label_width + cpu_width + fast_width + 6, '-');
  std::string text = fmt::format("{:<{}}   {:>{}}   {:>{}}\n{}\n", "", label_width, summary.cpu.title,
                                 cpu_width, summary.accelerator.title, fast_width, rule);
  for (const DemoRow& row : rows) {
    if (row.section) {
      text += rule + "\n" + row.label + "\n";
    } else {
      text += fmt::format("{:<{}}   {:>{}}   {:>{}}\n", row.label, label_width, row.cpu, cpu_width,
                          row.accelerator, fast_width);
    }
  }
  text += rule + "\n";
  text += fmt::format("{} images, {} MAC each; energies at {}.\n", grouped(summary.cpu.images),
                      grouped(summary.macs_per_image), summary.reference);
  text += "Bound: " + summary.mac_bound_reason + ".\n";
  if (summary.cpu.low_pj != summary.cpu.high_pj) {
    text +=
        "The energy ratio rests on estimates: its range lets every cost lie anywhere within its bounds, the "
        "same on "
        "both sides.\n";
  }
  text += fmt::format("Host: {:.2f} s, {:.0f} MiB.\n", summary.wall_s, summary.resident_mib);
  return text;
}

}  // namespace ganglion::cli
