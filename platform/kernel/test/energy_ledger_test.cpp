#include "platform/kernel/energy_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "platform/kernel/test/ledger_fixture.h"

namespace ganglion {
namespace {

using EnergyLedgerTest = LedgerTest;

TEST_F(EnergyLedgerTest, CountsArePricedWhenRead) {
  const ComponentId ram = add("ram");
  ActionCounter& read = energy_.action(ram, "read");

  read.add(7);
  read.add();

  EXPECT_EQ(part(ram, "read"), 16'000);
  EXPECT_EQ(energy_.counts(ram), (std::map<std::string, uint64_t>{{"read", 8}, {"write", 0}}));
  EXPECT_EQ(energy_.total_fj(), 16'000);
}

TEST_F(EnergyLedgerTest, CountersStayWhereTheyAreWhenComponentsAreAdded) {
  const ComponentId first = add("first");
  ActionCounter& read = energy_.action(first, "read");
  TrafficCounters& traffic = energy_.traffic(first);
  for (int i = 0; i < 100; ++i) add("more" + std::to_string(i));

  read.add();
  EXPECT_EQ(&read, &energy_.action(first, "read"));
  EXPECT_EQ(&traffic, &energy_.traffic(first));
}

TEST_F(EnergyLedgerTest, AnActionWithoutACostIsAnError) {
  const ComponentId ram = add("ram");
  EXPECT_THROW(energy_.action(ram, "raed"), ConfigError);
}

TEST_F(EnergyLedgerTest, ClockAndLeakageFollowTheState) {
  const ComponentId ram = add("ram");

  now_ = 10'000;  // on: 10 cycles of 0.5 pJ, 10 ns of 100 nW = 1 fJ
  EXPECT_EQ(part(ram, "clock"), 5'000);
  EXPECT_EQ(part(ram, "leakage"), 1);

  energy_.set_power_state(ram, PowerState::kClockGated);
  now_ = 1'010'000;  // clock gated: 1 us more of leakage only
  EXPECT_EQ(part(ram, "clock"), 5'000);
  EXPECT_EQ(part(ram, "leakage"), 101);

  energy_.set_power_state(ram, PowerState::kOff);
  now_ = 9'000'000;  // off: nothing
  EXPECT_EQ(part(ram, "clock"), 5'000);
  EXPECT_EQ(part(ram, "leakage"), 101);
  EXPECT_EQ(energy_.powered_ps(ram), 1'010'000u);
  EXPECT_EQ(energy_.power_state(ram), PowerState::kOff);

  energy_.set_power_state(ram, PowerState::kOn);
  now_ = 9'002'000;
  EXPECT_EQ(part(ram, "clock"), 6'000);
  EXPECT_EQ(energy_.powered_ps(ram), 1'012'000u);
}

TEST_F(EnergyLedgerTest, AVoltageChangePricesThePastAtTheOldPoint) {
  const ComponentId ram = add("ram");
  ActionCounter& read = energy_.action(ram, "read");
  read.add(10);
  now_ = 100'000;

  clock_.set_operating_point(1'000'000'000, 0.55, now_);  // half the voltage: a quarter of the energy
  read.add(10);
  now_ = 200'000;

  EXPECT_EQ(part(ram, "read"), 20'000 + 5'000);
  EXPECT_EQ(part(ram, "clock"), 50'000 + 12'500);
  EXPECT_EQ(part(ram, "leakage"), 10 + 5);
}

TEST_F(EnergyLedgerTest, AFrequencyChangeMovesTheClockPower) {
  const ComponentId ram = add("ram");
  now_ = 100'000;
  clock_.set_operating_point(500'000'000, 1.1, now_);
  now_ = 200'000;

  EXPECT_EQ(part(ram, "clock"), 50'000 + 25'000);
}

TEST_F(EnergyLedgerTest, LazyCountsAreFoldedBeforeTheyArePriced) {
  const ComponentId ram = add("ram");
  ActionCounter& read = energy_.action(ram, "read");
  uint64_t lazy = 10;
  energy_.on_fold([&] {
    read.add(lazy);
    lazy = 0;
  });

  clock_.set_operating_point(1'000'000'000, 0.55, now_);
  lazy = 10;

  EXPECT_EQ(energy_.energy_fj(ram), 20'000 + 5'000) << "the first ten were counted at the old voltage";
}

TEST_F(EnergyLedgerTest, BreakdownSplitsByClassWithBounds) {
  const ComponentId ram = add("ram");
  energy_.action(ram, "read").add(10);
  energy_.action(ram, "write").add(10);
  now_ = 10'000;

  const auto breakdown = energy_.breakdown(ram);

  EXPECT_EQ(breakdown.by_class_fj, (std::map<CostClass, int64_t>{{CostClass::kSilicon, 1},
                                                                 {CostClass::kSynthesis, 20'000},
                                                                 {CostClass::kPaper, 5'000},
                                                                 {CostClass::kEstimate, 30'000}}));
  EXPECT_EQ(breakdown.low_fj, 1 + 20'000 + 5'000 + 10'000);
  EXPECT_EQ(breakdown.high_fj, 1 + 20'000 + 5'000 + 45'000);
}

TEST_F(EnergyLedgerTest, WhatWasCountedAwayFromTheReferenceVoltageIsAnEstimate) {
  const ComponentId ram = add("ram");
  energy_.action(ram, "read").add(10);
  clock_.set_operating_point(1'000'000'000, 0.55, now_);
  energy_.action(ram, "read").add(10);

  EXPECT_EQ(energy_.breakdown(ram).by_class_fj,
            (std::map<CostClass, int64_t>{{CostClass::kSynthesis, 20'000}, {CostClass::kEstimate, 5'000}}));
}

TEST_F(EnergyLedgerTest, CostsFromAnotherNodeAreScaledOnEntry) {
  CostTable table = example_costs();
  table.actions["read"].node_nm = 65;
  const ComponentId ram = add("ram", table);

  EXPECT_EQ(energy_.costs(ram).action("read").cost_class, CostClass::kEstimate);
  EXPECT_LT(energy_.costs(ram).action("read").value, 2.0);
}

TEST_F(EnergyLedgerTest, TrafficBalancesUntilABookingIsDropped) {
  const ComponentId hart = add("hart");
  const ComponentId ram = add("ram");
  energy_.traffic(hart).issued_reads += 5;
  energy_.traffic(hart).issued_writes += 3;
  energy_.traffic(ram).booked_reads += 5;
  energy_.traffic(ram).booked_writes += 3;
  EXPECT_TRUE(energy_.traffic_balance().holds());

  energy_.traffic(ram).booked_reads -= 1;
  EXPECT_FALSE(energy_.traffic_balance().holds());

  energy_.traffic(ram).booked_reads += 1;
  energy_.traffic(ram).booked_writes -= 1;
  EXPECT_FALSE(energy_.traffic_balance().holds());
}

TEST_F(EnergyLedgerTest, AReadByFirmwareIsRemembered) {
  EXPECT_FALSE(energy_.read_by_firmware());
  energy_.note_read_by_firmware();
  EXPECT_TRUE(energy_.read_by_firmware());
}

TEST_F(EnergyLedgerTest, AClockMayOutliveItsLedger) {
  ClockDomain clock("long", 100, 1.1);
  {
    EnergyLedger ledger(ReferenceNode{}, clock_source_);
    ledger.add_component("ram", example_costs(), clock);
  }
  clock.set_operating_point(200, 1.0, 0);
}

/// One random history, read often or only at the end.
std::vector<int64_t> random_history(uint64_t seed, bool read_often) {
  uint64_t now = 0;
  ClockDomain clock("core", 1'000'000'000, 1.1);
  EnergyLedger energy(ReferenceNode{}, [&] { return now; });
  std::vector<ComponentId> ids;
  for (const char* name : {"a", "b", "c"}) ids.push_back(energy.add_component(name, example_costs(), clock));
  std::mt19937_64 random(seed);
  std::vector<int64_t> last(ids.size(), 0);
  for (int step = 0; step < 500; ++step) {
    now += random() % 50'000;
    const ComponentId id = ids[random() % ids.size()];
    switch (random() % 8) {
      case 0:
        energy.set_power_state(id, static_cast<PowerState>(random() % 3));
        break;
      case 1:
        clock.set_operating_point(1'000'000 * (1 + random() % 2000),
                                  0.6 + 0.01 * static_cast<double>(random() % 60), now);
        break;
      default:
        energy.action(id, random() % 2 == 0 ? "read" : "write").add(random() % 1000);
    }
    if (!read_often) continue;
    int64_t sum = 0;
    for (const ComponentId each : ids) {
      const int64_t fj = energy.energy_fj(each);
      EXPECT_GE(fj, last[each]) << "energy never falls";
      last[each] = fj;
      sum += fj;
      const auto breakdown = energy.breakdown(each);
      EXPECT_LE(breakdown.low_fj, fj);
      EXPECT_GE(breakdown.high_fj, fj);
    }
    EXPECT_EQ(sum, energy.total_fj());
  }
  std::vector<int64_t> result;
  for (const ComponentId id : ids) {
    int64_t by_action = 0, by_class = 0;
    for (const auto& [key, fj] : energy.breakdown(id).by_action_fj) by_action += fj;
    for (const auto& [key, fj] : energy.breakdown(id).by_class_fj) by_class += fj;
    EXPECT_EQ(by_action, energy.energy_fj(id));
    EXPECT_EQ(by_class, energy.energy_fj(id));
    result.push_back(energy.energy_fj(id));
    result.push_back(static_cast<int64_t>(energy.powered_ps(id)));
  }
  return result;
}

TEST(EnergyLedgerProperty, ReadingChangesNothingAndSumsAgree) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(random_history(seed, true), random_history(seed, false)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ganglion
