#include "platform/kernel/clock_domain.h"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace ganglion {
namespace {

TEST(ClockDomain, EdgesAreCountedFromTimeZero) {
  const ClockDomain clock("core", 3, 1.1);

  EXPECT_EQ(clock.edge_ps(0), 0u);
  EXPECT_EQ(clock.edge_ps(1), 333'333'333'333u);
  EXPECT_EQ(clock.edge_ps(3), 1'000'000'000'000u);
  EXPECT_EQ(clock.cycle_at_or_after(1), 1u);
  EXPECT_EQ(clock.cycle_at_or_before(333'333'333'332), 0u);
  EXPECT_EQ(clock.cycles_for(333'333'333'334), 2u);
}

TEST(ClockDomain, ANewFrequencyStartsAtTheNextEdge) {
  ClockDomain clock("core", 1'000'000'000, 1.1);

  clock.set_operating_point(500'000'000, 0.9, 2'500);

  EXPECT_EQ(clock.frequency_hz(), 500'000'000u);
  EXPECT_EQ(clock.edge_ps(3), 3'000u);
  EXPECT_EQ(clock.edge_ps(4), 5'000u);
  EXPECT_EQ(clock.cycle_at_or_after(5'001), 5u);
  EXPECT_EQ(clock.cycle_at_or_before(4'999), 3u);
}

TEST(ClockDomain, ManyChangesNeitherLoseNorRepeatAnEdge) {
  std::mt19937_64 random(3);
  ClockDomain clock("core", 1'000'000'000, 1.1);
  uint64_t now = 0;
  for (int i = 0; i < 1000; ++i) {
    now += random() % 100'000;
    const uint64_t next = clock.cycle_at_or_after(now);
    const uint64_t next_ps = clock.edge_ps(next);
    clock.set_operating_point(1 + random() % 2'000'000'000, 0.5 + static_cast<double>(random() % 100) / 100,
                              now);

    EXPECT_EQ(clock.edge_ps(next), next_ps);
    EXPECT_EQ(clock.cycle_at_or_after(now), next);
    EXPECT_EQ(clock.cycle_at_or_after(next_ps + 1), next + 1);
    now = next_ps;
  }
}

TEST(ClockDomain, ObserversSeeTheOldPoint) {
  ClockDomain clock("core", 100, 1.1);
  int calls = 0;
  clock.on_change([&] {
    ++calls;
    EXPECT_EQ(clock.frequency_hz(), 100u);
    EXPECT_DOUBLE_EQ(clock.voltage_v(), 1.1);
  });

  clock.set_operating_point(100, 1.1, 0);
  EXPECT_EQ(calls, 0) << "nothing changed";
  clock.set_operating_point(200, 0.9, 0);
  EXPECT_EQ(calls, 1);
}

TEST(ClockDomain, ResetRestoresThePointAndKeepsCounting) {
  ClockDomain clock("core", 1'000'000'000, 1.1);
  clock.set_operating_point(500'000'000, 0.9, 10'000);

  clock.reset(20'000);

  EXPECT_EQ(clock.frequency_hz(), 1'000'000'000u);
  EXPECT_DOUBLE_EQ(clock.voltage_v(), 1.1);
  EXPECT_EQ(clock.edge_ps(15), 20'000u);
  EXPECT_EQ(clock.edge_ps(16), 21'000u);
}

TEST(ClockDomain, ZeroIsOurOwnBug) {
  EXPECT_THROW(ClockDomain("core", 0, 1.1), std::logic_error);
  EXPECT_THROW(ClockDomain("core", 1, 0.0), std::logic_error);
  ClockDomain clock("core", 1, 1.0);
  EXPECT_THROW(clock.set_operating_point(0, 1.0, 0), std::logic_error);
}

}  // namespace
}  // namespace ganglion
