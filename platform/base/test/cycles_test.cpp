#include "platform/base/cycles.h"

#include <gtest/gtest.h>

#include <random>

namespace ganglion {
namespace {

TEST(Cycles, AnEdgeIsTheFloorOfTheExactTime) {
  EXPECT_EQ(cycles_to_ps(1, 3), 333'333'333'333u);
  EXPECT_EQ(cycles_to_ps(3, 3), kPicosecondsPerSecond);
  EXPECT_EQ(cycles_to_ps(200'000'000, 200'000'000), kPicosecondsPerSecond);
}

TEST(Cycles, NoRoundingErrorGathersOverHours) {
  constexpr uint64_t kFrequency = 333'333'333;  // period 3.000000003 ns
  constexpr uint64_t kSeconds = 100'000;

  EXPECT_EQ(cycles_to_ps(kFrequency * kSeconds, kFrequency), kPicosecondsPerSecond * kSeconds);
}

TEST(Cycles, CeilAndFloorInvertTheEdges) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 50'000; ++i) {
    const uint64_t frequency = 1 + random() % 5'000'000'000;
    const uint64_t cycle = random() >> (24 + random() % 30);
    const uint64_t edge = cycles_to_ps(cycle, frequency);

    EXPECT_EQ(ps_to_cycles_ceil(edge, frequency), cycle);
    EXPECT_EQ(ps_to_cycles_floor(edge, frequency), cycle);
    EXPECT_EQ(ps_to_cycles_ceil(edge + 1, frequency), cycle + 1);
    if (edge > 0) {
      EXPECT_EQ(ps_to_cycles_floor(edge - 1, frequency), cycle - 1);
    }
  }
}

TEST(Cycles, CeilIsTheFewestCyclesThatLastThatLong) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 50'000; ++i) {
    const uint64_t frequency = 1 + random() % 5'000'000'000;
    const uint64_t ps = random() >> (4 + random() % 50);
    const uint64_t cycles = ps_to_cycles_ceil(ps, frequency);

    EXPECT_GE(cycles_to_ps(cycles, frequency), ps);
    if (cycles > 0) {
      EXPECT_LT(cycles_to_ps(cycles - 1, frequency), ps);
    }
  }
}

}  // namespace
}  // namespace ganglion
