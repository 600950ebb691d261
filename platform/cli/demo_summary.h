#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "platform/cli/demo_files.h"
#include "platform/soc/energy_ratio.h"
#include "platform/soc/scenario.h"

namespace ganglion::cli {

/// One way of classifying the images: a firmware region with the result set of the same name.
struct DemoSide {
  std::string name;   ///< region
  std::string title;  ///< for people
  uint64_t images = 0;
  uint64_t correct = 0;
  std::vector<int> predictions;
  uint64_t time_ps = 0;
  uint64_t hart_cycles = 0;
  uint64_t instructions = 0;
  double macs_per_cycle = 0.0;  ///< of the hart's clock
  double energy_pj = 0.0, low_pj = 0.0, high_pj = 0.0;
  std::map<std::string, double> energy_by_class;      ///< pJ
  std::map<std::string, double> energy_by_component;  ///< pJ
  /// ps that a component spent on a cause, idling left out.
  std::map<std::string, std::map<std::string, uint64_t>> busy_ps;
};

/// What table and page show of a demo run; computed from its report.
struct DemoSummary {
  DemoSide cpu;
  DemoSide accelerator;
  LabelledImages images;
  uint64_t macs_per_image = 0;
  double mac_bound = 0.0;  ///< MAC a cycle that int32 sums on this hart cannot exceed
  std::string mac_bound_reason;
  std::string hart_clock;
  std::string accelerator_clock;
  std::string reference;
  double speed_up = 0.0;
  EnergyRatio energy_ratio;
  double wall_s = 0.0;
  double resident_mib = 0.0;
};

/// ConfigError when the scenario's run left no regions or results called `cpu` and `sc_cnn`.
[[nodiscard]] DemoSummary summarise(const Scenario& scenario, const nlohmann::json& report);

/// A row of the one table; `section` rows are headings.
struct DemoRow {
  std::string label, cpu, accelerator;
  bool section = false;
};
[[nodiscard]] std::vector<DemoRow> demo_rows(const DemoSummary& summary);
/// The table as plain text.
[[nodiscard]] std::string demo_table(const DemoSummary& summary);
/// A page that needs nothing else: table, digits with predictions, energy by component.
[[nodiscard]] std::string demo_page(const DemoSummary& summary);

}  // namespace ganglion::cli
