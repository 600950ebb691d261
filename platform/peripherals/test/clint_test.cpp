#include "platform/peripherals/clint.h"

#include "platform/peripherals/test/device_test.h"

namespace ganglion {
namespace {

constexpr uint64_t kMtimecmp = 0x4000;
constexpr uint64_t kMtime = 0xbff8;
constexpr uint64_t kTick = 100'000;  // ps: 10 MHz

struct ClintTest : DeviceTest<Clint> {
  std::vector<std::pair<uint64_t, bool>> timer_changes;  ///< (ps, level)

  void SetUp() override {
    build();
    device->timer_interrupt(0).connect(
        [this](bool level) { timer_changes.emplace_back(TestPlatform::now(), level); });
    start();
  }
  using Changes = std::vector<std::pair<uint64_t, bool>>;
};

TEST_F(ClintTest, MtimeTicksAtTenMegahertz) {
  EXPECT_EQ(master.get<uint64_t>(kMtime), 0U);
  pass(kTick - 1);
  EXPECT_EQ(master.get<uint64_t>(kMtime), 0U);
  pass(1);
  EXPECT_EQ(master.get<uint64_t>(kMtime), 1U);
  pass(0x1'2345'6789 * kTick);
  EXPECT_EQ(master.get<uint64_t>(kMtime), 0x1'2345'678aU);
  EXPECT_EQ(master.get<uint32_t>(kMtime), 0x2345'678aU);
  EXPECT_EQ(master.get<uint32_t>(kMtime + 4), 1U);
}

TEST_F(ClintTest, TimerRisesAtTheExactPicosecond) {
  pass(12'345);
  master.write<uint64_t>(kMtimecmp, 7);
  pass(20 * kTick);

  EXPECT_EQ(timer_changes, (Changes{{7 * kTick, true}}));
}

TEST_F(ClintTest, AComparePendsInTheKernelUntilItIsDue) {
  master.write<uint64_t>(kMtimecmp, 3);

  EXPECT_EQ(sc_core::sc_time_to_pending_activity().value(), 3 * kTick);
}

TEST_F(ClintTest, ACompareInThePastRisesAtOnceAndALaterOneFalls) {
  pass(10 * kTick);
  master.write<uint64_t>(kMtimecmp, 10);
  EXPECT_TRUE(device->timer_interrupt(0).level());

  master.write<uint64_t>(kMtimecmp, 11);
  EXPECT_FALSE(device->timer_interrupt(0).level());
  pass(5 * kTick);

  EXPECT_EQ(timer_changes, (Changes{{10 * kTick, true}, {10 * kTick, false}, {11 * kTick, true}}));
}

TEST_F(ClintTest, HalvesOfMtimecmpAreWrittenOneByOne) {
  master.write<uint32_t>(kMtimecmp, 5);  // upper half still all ones
  pass(10 * kTick);
  EXPECT_TRUE(timer_changes.empty());

  master.write<uint32_t>(kMtimecmp + 4, 0);

  EXPECT_EQ(timer_changes, (Changes{{10 * kTick, true}}));
  EXPECT_EQ(master.get<uint64_t>(kMtimecmp), 5U);
}

TEST_F(ClintTest, ACompareBeyondTheEndOfSimulatedTimeNeverRises) {
  master.write<uint64_t>(kMtimecmp, ~0ULL - 1);

  EXPECT_EQ(sc_core::sc_time_to_pending_activity(), sc_core::sc_max_time() - sc_core::sc_time_stamp());
}

TEST_F(ClintTest, WritingMtimeMovesTheClockAndTheRise) {
  master.write<uint64_t>(kMtimecmp, 1000);
  pass(kTick / 2);
  master.write<uint64_t>(kMtime, 998);
  EXPECT_EQ(master.get<uint64_t>(kMtime), 998U);
  pass(5 * kTick);

  EXPECT_EQ(timer_changes, (Changes{{2 * kTick, true}})) << "ticks stay on the grid";
  EXPECT_EQ(device->mtime_at(10 * kTick), 1008U);
}

TEST_F(ClintTest, MsipIsOneBitThatDrivesTheLine) {
  master.write<uint32_t>(0, 0xffff'ffff);
  EXPECT_TRUE(device->software_interrupt(0).level());
  EXPECT_EQ(master.get<uint32_t>(0), 1U);

  master.write<uint32_t>(0, 0);
  EXPECT_FALSE(device->software_interrupt(0).level());
}

TEST_F(ClintTest, ResetClintEqualsAFreshOne) {
  master.write<uint32_t>(0, 1);
  master.write<uint64_t>(kMtimecmp, 0);
  master.write<uint64_t>(kMtime, 77);
  pass(3 * kTick);

  device->reset();

  EXPECT_FALSE(device->software_interrupt(0).level());
  EXPECT_FALSE(device->timer_interrupt(0).level());
  EXPECT_EQ(master.get<uint64_t>(kMtimecmp), ~0ULL);
  EXPECT_EQ(master.get<uint64_t>(kMtime), 0U);
}

TEST_F(ClintTest, AccessesOfOtherShapesOrPlacesFailUnbooked) {
  uint8_t byte = 0;
  uint32_t word = 0;
  EXPECT_EQ(master.read(kMtime, byte).status, tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(master.read(kMtime + 2, word).status, tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(master.read(kMtimecmp + 8, word).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << "one hart";
  EXPECT_EQ(booked(), 0U);

  master.get<uint64_t>(kMtime);
  EXPECT_EQ(booked(), 1U);
  EXPECT_EQ(platform.energy.counts(device->id())["access"], 1U);
}

struct TwoHartsTest : DeviceTest<Clint> {};

TEST_F(TwoHartsTest, EachHartHasItsOwnTimer) {
  build("{harts: 2}");
  std::vector<std::pair<unsigned, uint64_t>> rises;
  for (unsigned hart : {0U, 1U}) {
    device->timer_interrupt(hart).connect(
        [&rises, hart](bool) { rises.emplace_back(hart, TestPlatform::now()); });
  }
  start();
  master.write<uint64_t>(kMtimecmp, 9);
  master.write<uint64_t>(kMtimecmp + 8, 4);
  pass(20 * kTick);

  EXPECT_EQ(rises, (std::vector<std::pair<unsigned, uint64_t>>{{1, 4 * kTick}, {0, 9 * kTick}}));
}

}  // namespace
}  // namespace ganglion
