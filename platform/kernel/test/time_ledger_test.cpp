#include "platform/kernel/time_ledger.h"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

#include "platform/kernel/test/ledger_fixture.h"

namespace ganglion {
namespace {

using TimeLedgerTest = LedgerTest;

uint64_t spent(const TimeLedger& ledger, ComponentId id, TimeCause cause) {
  return ledger.by_cause(id)[static_cast<std::size_t>(cause)];
}

TEST(TimeCause, HasANameEach) {
  EXPECT_EQ(name_of(TimeCause::kIssue), "issue");
  EXPECT_EQ(name_of(TimeCause::kArbitration), "arbitration");
  EXPECT_EQ(name_of(TimeCause::kIdle), "idle");
}

TEST_F(TimeLedgerTest, AComponentThatNeverBooksIsIdle) {
  const ComponentId id = add("ram");
  now_ = 5'000;

  EXPECT_EQ(spent(time_, id, TimeCause::kIdle), 5'000u);
  EXPECT_TRUE(time_.conserves(energy_, id));
}

TEST_F(TimeLedgerTest, EnterBooksTheTimeSinceTheLastDeclaration) {
  const ComponentId id = add("sc_cnn");
  now_ = 100;
  time_.enter(id, TimeCause::kMemory);
  now_ = 400;
  time_.enter(id, TimeCause::kCompute);
  now_ = 1'000;

  EXPECT_EQ(spent(time_, id, TimeCause::kIdle), 100u);
  EXPECT_EQ(spent(time_, id, TimeCause::kMemory), 300u);
  EXPECT_EQ(spent(time_, id, TimeCause::kCompute), 600u);
  EXPECT_EQ(time_.total(id), 1'000u);
}

TEST_F(TimeLedgerTest, SpansAddUpAndLazyOnesAreFolded) {
  const ComponentId hart = add("hart");
  uint64_t lazy = 0;
  time_.on_fold([&] {
    time_.book(hart, TimeCause::kIssue, lazy);
    lazy = 0;
  });
  time_.book(hart, TimeCause::kBus, 300);
  lazy = 700;
  now_ = 1'000;

  EXPECT_EQ(time_.total(hart), 1'000u);
  EXPECT_EQ(spent(time_, hart, TimeCause::kIssue), 700u);
  EXPECT_TRUE(time_.conserves(energy_, hart));
}

TEST_F(TimeLedgerTest, ADroppedSpanBreaksConservation) {
  const ComponentId hart = add("hart");
  now_ = 1'000;
  time_.book(hart, TimeCause::kIssue, 999);
  EXPECT_FALSE(time_.conserves(energy_, hart));

  time_.book(hart, TimeCause::kIssue, 1);
  EXPECT_TRUE(time_.conserves(energy_, hart));
}

TEST_F(TimeLedgerTest, TimeStandsStillWhileTheComponentIsOff) {
  const ComponentId id = add("sc_cnn");
  now_ = 1'000;
  energy_.set_power_state(id, PowerState::kOff);
  now_ = 5'000;
  energy_.set_power_state(id, PowerState::kClockGated);
  now_ = 6'000;
  energy_.set_power_state(id, PowerState::kOn);
  now_ = 7'000;

  EXPECT_EQ(time_.total(id), 3'000u);
  EXPECT_TRUE(time_.conserves(energy_, id));
}

TEST_F(TimeLedgerTest, TheTwoWaysOfBookingDoNotMix) {
  const ComponentId one = add("one");
  const ComponentId two = add("two");
  time_.book(one, TimeCause::kIssue, 1);
  time_.enter(two, TimeCause::kCompute);

  EXPECT_THROW(time_.enter(one, TimeCause::kCompute), std::logic_error);
  EXPECT_THROW(time_.book(two, TimeCause::kIssue, 1), std::logic_error);
}

TEST_F(TimeLedgerTest, RandomHistoriesConserve) {
  std::mt19937_64 random(5);
  const ComponentId id = add("sc_cnn");
  for (int step = 0; step < 5'000; ++step) {
    now_ += random() % 1'000;
    if (random() % 3 == 0) energy_.set_power_state(id, static_cast<PowerState>(random() % 3));
    time_.enter(id, static_cast<TimeCause>(random() % kTimeCauses));
    ASSERT_TRUE(time_.conserves(energy_, id)) << step;
  }
}

}  // namespace
}  // namespace ganglion
