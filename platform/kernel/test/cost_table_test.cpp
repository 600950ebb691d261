#include "platform/kernel/cost_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/kernel/node_scaling.h"

namespace ganglion {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kHead = "schema: ganglion.cost/1\ncomponent: ram\n";
constexpr const char* kRead =
    "actions:\n"
    "  read:\n"
    "    definition: read of one aligned 64-bit beat\n"
    "    pj: 10\n"
    "    node: 40 nm\n"
    "    voltage: 1.1 V\n"
    "    class: synthesis\n"
    "    source: a report\n";

/// kRead with the line of `key` replaced (or taken out when `line` is empty).
std::string read_with(const std::string& key, const std::string& line) {
  std::string text = std::string(kHead) + kRead;
  const std::size_t from = text.find("    " + key + ":");
  const std::size_t to = text.find('\n', from) + 1;
  return text.replace(from, to - from, line.empty() ? "" : "    " + line + "\n");
}

std::string error_of(const std::string& text) {
  try {
    (void)parse_cost_table(text, "cost.yaml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(CostTable, ReadsAllSections) {
  const std::string entry = "definition: d, node: 40 nm, voltage: 1.1 V, source: s";
  const CostTable table = parse_cost_table(
      std::string(kHead) + kRead + "clock: {pj_per_cycle: 0.5, low: 0.25, high: 1, class: estimate, " +
          entry + "}\nleakage: {nw: 82.5, class: silicon, " + entry +
          "}\narea: {macro: {um2: 599, class: layout, " + entry + "}}\n",
      "cost.yaml");

  EXPECT_EQ(table.component, "ram");
  const CostEntry& read = table.action("read");
  EXPECT_DOUBLE_EQ(read.value, 10);
  EXPECT_DOUBLE_EQ(read.low, 10);
  EXPECT_DOUBLE_EQ(read.high, 10);
  EXPECT_DOUBLE_EQ(read.node_nm, 40);
  EXPECT_DOUBLE_EQ(read.voltage_v, 1.1);
  EXPECT_EQ(read.cost_class, CostClass::kSynthesis);
  EXPECT_EQ(read.source, "a report");
  EXPECT_DOUBLE_EQ(table.clock->low, 0.25);
  EXPECT_EQ(table.leakage->cost_class, CostClass::kSilicon);
  EXPECT_DOUBLE_EQ(table.area.at("macro").value, 599);
}

TEST(CostTable, AMissingActionIsNeverZero) {
  const CostTable table = parse_cost_table(std::string(kHead) + kRead, "cost.yaml");

  try {
    (void)table.action("raed");
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(StartsWith("cost.yaml: no cost for the action \"raed\" of ram"),
                                    HasSubstr("did you mean \"read\"?")));
  }
}

TEST(CostTable, EveryKeyOfAnEntryIsNeeded) {
  for (const char* key : {"definition", "pj", "node", "voltage", "class", "source"}) {
    EXPECT_THAT(error_of(read_with(key, "")), HasSubstr(std::string("lacks the key \"") + key + "\""));
  }
}

TEST(CostTable, ErrorsNameLineAndRule) {
  EXPECT_THAT(error_of(read_with("node", "node: 40")),
              StartsWith("cost.yaml:7:11: node: \"40\" has no unit"));
  EXPECT_THAT(error_of(read_with("voltage", "voltage: 1.1 nm")), HasSubstr("unknown unit \"nm\""));
  EXPECT_THAT(error_of(read_with("voltage", "voltage: 0 V")), HasSubstr("out of range"));
  EXPECT_THAT(error_of(read_with("class", "class: sythesis")), HasSubstr("did you mean \"synthesis\"?"));
  EXPECT_THAT(error_of(read_with("pj", "nj: 1")),
              AllOf(StartsWith("cost.yaml:6:5: unknown key \"nj\" in actions.read"),
                    HasSubstr("did you mean \"pj\"?")));
  EXPECT_THAT(error_of(read_with("pj", "pj: -1")), HasSubstr("out of range"));
  EXPECT_THAT(error_of(read_with("source", "source: ''")), HasSubstr("empty source"));
  EXPECT_THAT(error_of("schema: ganglion.cost/2\ncomponent: x\n"), HasSubstr("one of ganglion.cost/1"));
  EXPECT_THAT(error_of(std::string(kHead) + "action: {}\n"), HasSubstr("did you mean \"actions\"?"));
  EXPECT_THAT(error_of(std::string(kHead) + "actions: [1]\n"), HasSubstr("actions is not a map"));
  EXPECT_THAT(error_of(std::string(kHead) + "actions: {clock: {}}\n"),
              HasSubstr("an action named \"clock\""));
}

TEST(CostTable, EstimatesAndOnlyEstimatesCarryBounds) {
  EXPECT_THAT(error_of(read_with("class", "class: estimate")),
              HasSubstr("class estimate without low and high"));
  EXPECT_THAT(error_of(read_with("pj", "pj: 10\n    low: 1\n    high: 20")),
              HasSubstr("class synthesis with low or high"));
  EXPECT_THAT(error_of(read_with("class", "class: estimate\n    low: 11\n    high: 20")),
              HasSubstr("10 lies outside its bounds 11..20"));
  EXPECT_EQ(error_of(read_with("class", "class: estimate\n    low: 1\n    high: 20")), "accepted");
}

TEST(CostTable, AtItsOwnNodeNothingChanges) {
  const CostTable table = parse_cost_table(std::string(kHead) + kRead, "cost.yaml");

  const CostEntry entry = scaled_to(table, {40.0, 1.1}).action("read");

  EXPECT_DOUBLE_EQ(entry.value, 10);
  EXPECT_EQ(entry.cost_class, CostClass::kSynthesis);
  EXPECT_FALSE(entry.original_value.has_value());
}

TEST(CostTable, AScaledEntryKeepsItsOriginalAndBecomesAnEstimate) {
  const CostTable table = parse_cost_table(read_with("node", "node: 65 nm"), "cost.yaml");

  const CostEntry entry = scaled_to(table, {45.0, 0.9}).action("read");

  const EnergyFactor from = energy_factor(65, 1.1);
  const EnergyFactor to = energy_factor(45, 0.9);
  EXPECT_NEAR(entry.value, 10 * to.high_performance / from.high_performance, 1e-9);
  EXPECT_LE(entry.low, entry.value);
  EXPECT_GE(entry.high, entry.value);
  EXPECT_NEAR(entry.high, 10 * to.low_power / from.low_power, 1e-9);
  EXPECT_EQ(entry.cost_class, CostClass::kEstimate);
  EXPECT_EQ(entry.original_value, 10);
  EXPECT_EQ(entry.original_class, CostClass::kSynthesis);
  EXPECT_DOUBLE_EQ(entry.original_node_nm, 65);
  EXPECT_DOUBLE_EQ(entry.original_voltage_v, 1.1);
  EXPECT_DOUBLE_EQ(entry.node_nm, 45);
  EXPECT_DOUBLE_EQ(entry.voltage_v, 0.9);
}

TEST(CostTable, AnEntryThatCannotBeScaledIsAnError) {
  const CostTable table = parse_cost_table(read_with("node", "node: 350 nm"), "cost.yaml");

  try {
    (void)scaled_to(table, {});
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(StartsWith("cost.yaml: cost of ram read"), HasSubstr("7 nm to 180 nm")));
  }
}

}  // namespace
}  // namespace ganglion
