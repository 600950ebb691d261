#pragma once

#include <gtest/gtest.h>

#include "platform/kernel/energy_ledger.h"
#include "platform/kernel/region_ledger.h"
#include "platform/kernel/time_ledger.h"

namespace ganglion {

/// A cost of `value` in the unit of its section at the default reference node.
inline CostEntry cost(double value, CostClass cost_class = CostClass::kSynthesis) {
  CostEntry entry;
  entry.definition = "test";
  entry.value = entry.low = entry.high = value;
  entry.node_nm = 40.0;
  entry.voltage_v = 1.1;
  entry.cost_class = cost_class;
  entry.source = "test";
  return entry;
}

/// A component with two actions, clock power and leakage.
inline CostTable example_costs() {
  CostTable table;
  table.component = "ram";
  table.actions["read"] = cost(2.0);
  table.actions["write"] = cost(3.0, CostClass::kEstimate);
  table.actions["write"].low = 1.0;
  table.actions["write"].high = 4.5;
  table.clock = cost(0.5, CostClass::kPaper);
  table.leakage = cost(100.0, CostClass::kSilicon);
  return table;
}

/// The three ledgers over a time that tests move by hand.
class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() { time_.follow_power(energy_); }

  ComponentId add(const std::string& name, const CostTable& table = example_costs()) {
    const ComponentId id = energy_.add_component(name, table, clock_);
    time_.add_component(id);
    return id;
  }
  [[nodiscard]] int64_t part(ComponentId id, const std::string& key) const {
    return energy_.breakdown(id).by_action_fj.at(key);
  }

  uint64_t now_ = 0;
  std::function<uint64_t()> clock_source_ = [this] { return now_; };
  ClockDomain clock_{"core", 1'000'000'000, 1.1};
  EnergyLedger energy_{ReferenceNode{}, clock_source_};
  TimeLedger time_{clock_source_};
  RegionLedger regions_{energy_, time_, clock_source_};
};

}  // namespace ganglion
