#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "platform/base/error.h"

namespace ganglion {

/// How well a cost is known, best first. A report says what share of a total rests on each.
enum class CostClass { kSilicon, kLayout, kSynthesis, kPaper, kEstimate };
[[nodiscard]] std::string_view name_of(CostClass cost_class);

/// Technology point that all costs of a scenario are scaled to.
struct ReferenceNode {
  double node_nm = 40.0;
  double voltage_v = 1.1;
};

/// One cost with its pedigree. `value` is in the unit of its section: pJ (actions), pJ per cycle (clock), nW
/// (leakage), um2 (area).
struct CostEntry {
  std::string definition;  ///< one line: what one action is
  double value = 0.0;
  double low = 0.0;  ///< bounds; equal to value unless the class is estimate
  double high = 0.0;
  double node_nm = 0.0;
  double voltage_v = 0.0;
  CostClass cost_class = CostClass::kEstimate;
  std::string source;
  /// The entry as the source states it when scaling changed node or voltage (`cost_class` is estimate then).
  std::optional<double> original_value;
  CostClass original_class = CostClass::kEstimate;
  double original_node_nm = 0.0;
  double original_voltage_v = 0.0;
};

/// The costs of one component type, read from its cost.yaml (`schema: ganglion.cost/1`):
/// actions (pJ each), optional clock (pJ a cycle while on), optional leakage (nW while not off), optional
/// area (um2).
struct CostTable {
  std::string file;  ///< for messages
  std::string component;
  std::map<std::string, CostEntry> actions;
  std::optional<CostEntry> clock;
  std::optional<CostEntry> leakage;
  std::map<std::string, CostEntry> area;

  /// The entry of `action`; ConfigError (a missing cost is an error at start, never a silent zero).
  [[nodiscard]] const CostEntry& action(const std::string& key) const;
};

/// Parses cost.yaml text; `name` stands for the file in messages. Throws ConfigError for unknown keys, a
/// missing unit, node, voltage, class, source or definition, a value outside low..high, an estimate without
/// bounds. The format is described in docs/reference/cost-format.md.
[[nodiscard]] CostTable parse_cost_table(const std::string& text, const std::string& name);

/// The table at `reference`: energies, leakage and areas scaled by Stillmaker and Baas (platform/kernel/
/// node_scaling.h); an entry that changes keeps its original beside it and drops to class estimate.
/// ConfigError when an entry's node or voltage lies outside the equations.
[[nodiscard]] CostTable scaled_to(const CostTable& table, const ReferenceNode& reference);

}  // namespace ganglion
