#include "platform/peripherals/pmu.h"

#include <gmock/gmock.h>

#include "gn_pmu_regs.h"
#include "platform/peripherals/test/device_test.h"

namespace ganglion {
namespace {

constexpr auto kOneAction = R"(
schema: ganglion.cost/1
component: block
actions:
  step: {definition: one step, pj: 2.5, node: 40 nm, voltage: 1.1 V, class: paper, source: a test}
)";

/// A PMU (domain 0, "device") and a block of 2.5 pJ a step (domain 1) on a clock of its own at 200 MHz.
struct PmuTest : DeviceTest<Pmu> {
  ClockDomain block_clock{"block_clock", 200'000'000, 1.1};
  ComponentId block = 0;

  void SetUp() override {
    build();
    block = platform.energy.add_component("a_block_whose_name_is_long", parse_cost_table(kOneAction, "block"),
                                          block_clock);
    platform.time.add_component(block);
    start();
  }
  void put(uint64_t offset, uint32_t value) { EXPECT_TRUE(master.write<uint32_t>(offset, value).ok()); }
  uint64_t wide(uint64_t low) {
    const uint64_t value = master.get(low);
    return uint64_t{master.get(low + 4)} << 32 | value;
  }
  void steps(uint64_t n) { platform.energy.action(block, "step").add(n); }
  void name_region(const std::string& name) {
    for (std::size_t word = 0; word < 4; ++word) {
      uint32_t value = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        if (word * 4 + i < name.size()) value |= uint32_t(uint8_t(name[word * 4 + i])) << (8 * i);
      }
      put(GN_PMU_REG_REGION_NAME0 + 4 * word, value);
    }
  }
};

TEST_F(PmuTest, DomainsAreTheComponentsOfTheLedger) {
  EXPECT_EQ(master.get(GN_PMU_REG_ID), 0x554D'5047U);
  EXPECT_EQ(master.get(GN_PMU_REG_DOMAIN_COUNT), 2U);
  put(GN_PMU_REG_DOMAIN_SELECT, 1);

  std::string name;
  for (unsigned i = 0; i < 16; ++i) {
    name += static_cast<char>(master.get(GN_PMU_REG_DOMAIN_NAME0 + i / 4 * 4) >> (i % 4 * 8));
  }
  EXPECT_EQ(name, "a_block_whose_na");
  put(GN_PMU_REG_DOMAIN_SELECT, 0);
  EXPECT_EQ(master.get(GN_PMU_REG_DOMAIN_NAME0), 0x69766564U) << "devi";
  EXPECT_EQ(master.get(GN_PMU_REG_DOMAIN_NAME1), 0x00006563U) << "ce, padded";
}

TEST_F(PmuTest, ASelectionOutOfRangeIsIgnored) {
  put(GN_PMU_REG_DOMAIN_SELECT, 1);
  put(GN_PMU_REG_DOMAIN_SELECT, 2);

  EXPECT_EQ(master.get(GN_PMU_REG_DOMAIN_SELECT), 1U);
}

TEST_F(PmuTest, CyclesAndTimeAreThoseOfTheKernel) {
  put(GN_PMU_REG_DOMAIN_SELECT, 1);
  pass(1'000'000'004'999);

  EXPECT_EQ(wide(GN_PMU_REG_CYCLES_LO), 200'000'000U);
  EXPECT_EQ(wide(GN_PMU_REG_TIME_PS_LO), 1'000'000'004'999U);
}

TEST_F(PmuTest, EnergyIsPricedAtTheReadAndTheReportSaysSo) {
  put(GN_PMU_REG_DOMAIN_SELECT, 1);
  steps(4'000'000);
  EXPECT_FALSE(platform.energy.read_by_firmware());

  EXPECT_EQ(wide(GN_PMU_REG_ENERGY_FJ_LO), 10'000'000'000U);
  EXPECT_TRUE(platform.energy.read_by_firmware());
  steps(1);
  EXPECT_EQ(wide(GN_PMU_REG_ENERGY_FJ_LO), 10'000'002'500U);
}

TEST_F(PmuTest, TotalCountsAllDomainsThePmuIncluded) {
  steps(1000);

  const uint64_t total = wide(GN_PMU_REG_TOTAL_ENERGY_FJ_LO);

  // The access that reads is booked after it.
  EXPECT_EQ(total, 2'500'000U);
  EXPECT_GT(wide(GN_PMU_REG_TOTAL_ENERGY_FJ_LO), total) << "the two reads before";
}

TEST_F(PmuTest, ReadingTheLowHalfLatchesTheHighOne) {
  put(GN_PMU_REG_DOMAIN_SELECT, 1);
  steps(1'717'986'918);  // 2^32 fJ less 1295
  steps(0);
  const uint32_t low = master.get(GN_PMU_REG_ENERGY_FJ_LO);
  steps(1'000'000'000'000);

  EXPECT_EQ(uint64_t{master.get(GN_PMU_REG_ENERGY_FJ_HI)} << 32 | low, 1'717'986'918ULL * 2500);
}

TEST_F(PmuTest, RegionsNestAndLandInLedgerAndLog) {
  name_region("outer");
  put(GN_PMU_REG_REGION_BEGIN, 1);
  steps(10);
  pass(1000);
  name_region("sixteen_letters!");
  put(GN_PMU_REG_REGION_BEGIN, 1);
  steps(5);
  pass(500);
  put(GN_PMU_REG_REGION_END, 1);
  put(GN_PMU_REG_REGION_END, 1);

  const auto& regions = platform.regions.regions();
  ASSERT_EQ(regions.size(), 2U);
  EXPECT_EQ(regions[0].name, "outer");
  EXPECT_EQ(regions[0].end_ps, 1500U);
  EXPECT_EQ(regions[0].energy_fj[block], 15 * 2500);
  EXPECT_EQ(regions[1].name, "sixteen_letters!");
  EXPECT_EQ(regions[1].depth, 1);
  EXPECT_EQ(regions[1].begin_ps, 1000U);
  EXPECT_EQ(regions[1].energy_fj[block], 5 * 2500);
  EXPECT_TRUE(platform.regions.conserves());
  const std::vector<Event> events = platform.events.recent();
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[1].kind, Event::Kind::kRegionBegin);
  EXPECT_EQ(events[1].text, "sixteen_letters!");
  EXPECT_EQ(events[3].kind, Event::Kind::kRegionEnd);
  EXPECT_EQ(events[3].time_ps, 1500U);
}

TEST_F(PmuTest, EndWithoutARegionIsIgnoredAndNamesAreMadePrintable) {
  put(GN_PMU_REG_REGION_END, 1);
  name_region("a\x01\xff");
  put(GN_PMU_REG_REGION_BEGIN, 1);
  name_region("");
  put(GN_PMU_REG_REGION_BEGIN, 1);

  ASSERT_EQ(platform.regions.regions().size(), 2U);
  EXPECT_EQ(platform.regions.regions()[0].name, "a??");
  EXPECT_EQ(platform.regions.regions()[1].name, "region");
}

TEST_F(PmuTest, PowerStateGoesToTheLedger) {
  put(GN_PMU_REG_DOMAIN_SELECT, 1);
  put(GN_PMU_REG_POWER_STATE, 2);
  EXPECT_EQ(platform.energy.power_state(block), PowerState::kOff);
  EXPECT_EQ(master.get(GN_PMU_REG_POWER_STATE), 2U);

  put(GN_PMU_REG_POWER_STATE, 3);
  EXPECT_EQ(master.get(GN_PMU_REG_POWER_STATE), 2U) << "no such state";

  put(GN_PMU_REG_POWER_STATE, 0);
  device->keep_on(block);
  put(GN_PMU_REG_POWER_STATE, 1);
  EXPECT_EQ(platform.energy.power_state(block), PowerState::kOn);
  put(GN_PMU_REG_DOMAIN_SELECT, 0);
  put(GN_PMU_REG_POWER_STATE, 2);
  EXPECT_EQ(platform.energy.power_state(device->id()), PowerState::kOn) << "the PMU itself";
}

TEST_F(PmuTest, FrequencyAndVoltageGoToTheDomainsClock) {
  put(GN_PMU_REG_DOMAIN_SELECT, 1);
  EXPECT_EQ(master.get(GN_PMU_REG_FREQUENCY_KHZ), 200'000U);
  EXPECT_EQ(master.get(GN_PMU_REG_VOLTAGE_MV), 1100U);
  pass(10'000'000);  // 2000 cycles

  put(GN_PMU_REG_FREQUENCY_KHZ, 100'000);
  put(GN_PMU_REG_VOLTAGE_MV, 900);
  pass(10'000'000);  // 1000 more

  EXPECT_EQ(block_clock.frequency_hz(), 100'000'000U);
  EXPECT_DOUBLE_EQ(block_clock.voltage_v(), 0.9);
  EXPECT_EQ(wide(GN_PMU_REG_CYCLES_LO), 3000U);
  EXPECT_EQ(platform.clock.frequency_hz(), 100'000'000U) << "another domain's clock";
}

TEST_F(PmuTest, AnImpossibleOperatingPointIsIgnored) {
  put(GN_PMU_REG_DOMAIN_SELECT, 1);
  for (uint32_t bad : {0U, 0xffff'ffffU}) {
    put(GN_PMU_REG_FREQUENCY_KHZ, bad);
    put(GN_PMU_REG_VOLTAGE_MV, bad);
  }
  for (uint32_t bad_mv : {299U, 2001U}) put(GN_PMU_REG_VOLTAGE_MV, bad_mv);  // as in a scenario

  EXPECT_EQ(master.get(GN_PMU_REG_FREQUENCY_KHZ), 200'000U);
  EXPECT_EQ(master.get(GN_PMU_REG_VOLTAGE_MV), 1100U);
}

TEST_F(PmuTest, OnlyWordsAreAccessed) {
  uint64_t wide_word = 0;
  uint32_t word = 0;
  EXPECT_EQ(master.read(GN_PMU_REG_ID, wide_word).status, tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(master.read(0x800, word).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(booked(), 0U);
  master.get(GN_PMU_REG_ID);
  EXPECT_EQ(booked(), 1U);
}

TEST_F(PmuTest, ResetPmuEqualsAFreshOne) {
  put(GN_PMU_REG_DOMAIN_SELECT, 1);
  put(GN_PMU_REG_POWER_STATE, 2);
  name_region("x");
  put(GN_PMU_REG_REGION_BEGIN, 1);
  pass(1000);

  device->reset();

  EXPECT_EQ(platform.energy.power_state(block), PowerState::kOn) << "firmware boots on a SoC that is on";
  ASSERT_EQ(platform.regions.regions().size(), 1U);
  EXPECT_FALSE(platform.regions.regions()[0].open) << "nobody is left who would end it";
  EXPECT_EQ(platform.regions.regions()[0].end_ps, 1000U);
  EXPECT_EQ(platform.events.recent().back().kind, Event::Kind::kRegionEnd);
  EXPECT_EQ(master.get(GN_PMU_REG_DOMAIN_SELECT), 0U);
  EXPECT_EQ(master.get(GN_PMU_REG_REGION_NAME0), 0U);
  EXPECT_EQ(master.get(GN_PMU_REG_DOMAIN_COUNT), 2U);
}

}  // namespace
}  // namespace ganglion
