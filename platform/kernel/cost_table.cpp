#include "platform/kernel/cost_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "platform/base/config.h"
#include "platform/kernel/node_scaling.h"

namespace ganglion {
namespace {

constexpr std::array<std::string_view, 5> kClassNames{"silicon", "layout", "synthesis", "paper", "estimate"};

ParamSpec text_spec(const std::string& name, const std::string& description) {
  ParamSpec spec;
  spec.name = name;
  spec.type = ParamType::kString;
  spec.description = description;
  spec.required = true;
  return spec;
}

ParamSpec quantity_spec(const std::string& name, Dimension dimension, const std::string& description) {
  ParamSpec spec = text_spec(name, description);
  spec.type = ParamType::kQuantity;
  spec.dimension = dimension;
  spec.minimum = 1e-3;
  return spec;
}

ParamSpec number_spec(const std::string& name, const std::string& description, bool required) {
  ParamSpec spec = text_spec(name, description);
  spec.type = ParamType::kReal;
  spec.minimum = 0.0;
  spec.required = required;
  return spec;
}

/// Schema of one entry; the value's key carries the unit ("pj", "pj_per_cycle", "nw", "um2").
ParamSchema entry_schema(const std::string& name, const std::string& value_key) {
  ParamSpec cost_class = text_spec("class", "how well the value is known");
  cost_class.type = ParamType::kChoice;
  cost_class.choices.assign(kClassNames.begin(), kClassNames.end());
  return {name,
          "one cost",
          {text_spec("definition", "one line: what is counted"), number_spec(value_key, "the cost", true),
           number_spec("low", "lower bound, in the unit of the value", false),
           number_spec("high", "upper bound, in the unit of the value", false),
           quantity_spec("node", Dimension::kLength, "technology node"),
           quantity_spec("voltage", Dimension::kVoltage, "supply voltage"), std::move(cost_class),
           text_spec("source", "where the value comes from")}};
}

CostClass class_of(const std::string& name) {
  const auto found = std::find(kClassNames.begin(), kClassNames.end(), name);
  return static_cast<CostClass>(found - kClassNames.begin());
}

CostEntry parse_entry(const ConfigNode& node, const std::string& name, const std::string& value_key) {
  const Params params = validate(&node, entry_schema(name, value_key));
  for (const char* key : {"definition", "source"}) {
    if (params.text(key).empty()) {
      throw ConfigError({params.where(key), fmt::format("{}: empty {}", name, key), "one line of text", ""});
    }
  }
  CostEntry entry;
  entry.definition = params.text("definition");
  entry.value = params.real(value_key);
  entry.node_nm = params.real("node");
  entry.voltage_v = params.real("voltage");
  entry.cost_class = class_of(params.text("class"));
  entry.source = params.text("source");
  entry.low = params.given("low") ? params.real("low") : entry.value;
  entry.high = params.given("high") ? params.real("high") : entry.value;

  const bool estimate = entry.cost_class == CostClass::kEstimate;
  if (estimate != (params.given("low") && params.given("high")) ||
      params.given("low") != params.given("high")) {
    throw ConfigError({params.where("class"),
                       fmt::format("{}: class {} {}", name, params.text("class"),
                                   estimate ? "without low and high" : "with low or high"),
                       "low and high beside an estimate, and beside nothing else", ""});
  }
  if (entry.low > entry.value || entry.value > entry.high) {
    throw ConfigError(
        {params.where(value_key),
         fmt::format("{}: {} lies outside its bounds {}..{}", name, entry.value, entry.low, entry.high),
         "low <= value <= high", ""});
  }
  return entry;
}

std::map<std::string, CostEntry> parse_entries(const ConfigNode* node, const std::string& section,
                                               const std::string& value_key) {
  std::map<std::string, CostEntry> entries;
  if (node == nullptr) return entries;
  if (node->kind != ConfigNode::Kind::kMap && node->kind != ConfigNode::Kind::kNull) {
    throw ConfigError(
        {node->where, fmt::format("{} is not a map", section), "a map of key: {definition, ...}", ""});
  }
  for (const auto& [key, child] : node->members) {
    if (section == "actions" && (key == "clock" || key == "leakage")) {
      throw ConfigError({child.where, fmt::format("an action named \"{}\"", key),
                         "another name: clock and leakage are sections of their own", ""});
    }
    entries[key] = parse_entry(child, fmt::format("{}.{}", section, key), value_key);
  }
  return entries;
}

void scale_energy(CostEntry& entry, const ReferenceNode& reference, const CostTable& table,
                  const std::string& what) {
  if (entry.node_nm == reference.node_nm && entry.voltage_v == reference.voltage_v) return;
  try {
    const EnergyFactor from = energy_factor(entry.node_nm, entry.voltage_v);
    const EnergyFactor to = energy_factor(reference.node_nm, reference.voltage_v);
    const double ratio = to.high_performance / from.high_performance;
    const double other = to.low_power / from.low_power;
    entry.original_value = entry.value;
    entry.value *= ratio;
    entry.low *= std::min(ratio, other);
    entry.high *= std::max(ratio, other);
  } catch (const std::invalid_argument& error) {
    throw ConfigError({{table.file},
                       fmt::format("{}: {}", what, error.what()),
                       "nodes and voltages that can be scaled",
                       "give the cost at the scenario's reference node"});
  }
}

void scale_area(CostEntry& entry, const ReferenceNode& reference, const CostTable& table,
                const std::string& what) {
  if (entry.node_nm == reference.node_nm) return;
  try {
    const double ratio = area_factor(reference.node_nm) / area_factor(entry.node_nm);
    entry.original_value = entry.value;
    entry.value *= ratio;
    entry.low *= ratio;
    entry.high *= ratio;
  } catch (const std::invalid_argument& error) {
    throw ConfigError(
        {{table.file}, fmt::format("{}: {}", what, error.what()), "nodes that can be scaled", ""});
  }
}

/// Notes where a changed entry came from and what it is worth now.
void demote(CostEntry& entry, const ReferenceNode& reference) {
  if (!entry.original_value) return;
  entry.original_class = entry.cost_class;
  entry.original_node_nm = entry.node_nm;
  entry.original_voltage_v = entry.voltage_v;
  entry.cost_class = CostClass::kEstimate;
  entry.node_nm = reference.node_nm;
  entry.voltage_v = reference.voltage_v;
}

}  // namespace

std::string_view name_of(CostClass cost_class) { return kClassNames[static_cast<std::size_t>(cost_class)]; }

const CostEntry& CostTable::action(const std::string& key) const {
  if (const auto found = actions.find(key); found != actions.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name, entry] : actions) known.push_back(name);
  const std::string near = nearest_name(key, known);
  throw ConfigError(
      {{file},
       fmt::format("no cost for the action \"{}\" of {}", key, component),
       known.empty() ? "an entry under actions:" : fmt::format("one of {}", fmt::join(known, ", ")),
       near.empty() ? fmt::format("add actions.{} with its definition, cost and source", key)
                    : fmt::format("did you mean \"{}\"?", near)});
}

CostTable parse_cost_table(const std::string& text, const std::string& name) {
  const ConfigNode root = parse_config(text, name);
  ParamSpec schema = text_spec("schema", "format of this file");
  schema.type = ParamType::kChoice;
  schema.choices = {"ganglion.cost/1"};
  const ParamSchema head{"cost table",
                         "costs of one component type",
                         {std::move(schema), text_spec("component", "component type these costs belong to")}};
  const Params params = validate(&root, head, {"actions", "clock", "leakage", "area"});

  CostTable table;
  table.file = name;
  table.component = params.text("component");
  table.actions = parse_entries(root.find("actions"), "actions", "pj");
  table.area = parse_entries(root.find("area"), "area", "um2");
  if (const ConfigNode* clock = root.find("clock"))
    table.clock = parse_entry(*clock, "clock", "pj_per_cycle");
  if (const ConfigNode* leakage = root.find("leakage"))
    table.leakage = parse_entry(*leakage, "leakage", "nw");
  return table;
}

CostTable scaled_to(const CostTable& table, const ReferenceNode& reference) {
  CostTable scaled = table;
  const auto energy = [&](CostEntry& entry, const std::string& key) {
    scale_energy(entry, reference, table, fmt::format("cost of {} {}", table.component, key));
    demote(entry, reference);
  };
  for (auto& [key, entry] : scaled.actions) energy(entry, key);
  if (scaled.clock) energy(*scaled.clock, "clock");
  if (scaled.leakage) energy(*scaled.leakage, "leakage");
  for (auto& [key, entry] : scaled.area) {
    scale_area(entry, reference, table, fmt::format("area of {} {}", table.component, key));
    demote(entry, reference);
  }
  return scaled;
}

}  // namespace ganglion
