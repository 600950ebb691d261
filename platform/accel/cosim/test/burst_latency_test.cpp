#include "platform/accel/cosim/burst_latency.h"

#include <gtest/gtest.h>

namespace ganglion {
namespace {

TEST(BurstLatency, IsThatOfTheLastBurstOfAsManyBeats) {
  BurstLatency latency;
  latency.learn(8, 20);
  latency.learn(8, 24);
  EXPECT_EQ(latency.cycles(8), 24U);
}

TEST(BurstLatency, LiesOnTheLineThroughTheNearestLengths) {
  BurstLatency latency;
  latency.learn(4, 10);
  latency.learn(8, 18);
  latency.learn(16, 26);
  EXPECT_EQ(latency.cycles(6), 14U);
  EXPECT_EQ(latency.cycles(12), 22U);
  EXPECT_EQ(latency.cycles(32), 42U);
  EXPECT_EQ(latency.cycles(2), 6U);
}

TEST(BurstLatency, TakesACycleABeatAroundTheOnlyLength) {
  BurstLatency latency;
  latency.learn(8, 20);
  EXPECT_EQ(latency.cycles(10), 22U);
  EXPECT_EQ(latency.cycles(1), 13U);
}

TEST(BurstLatency, IsNeverShorterThanTheBurst) {
  BurstLatency latency;
  latency.learn(64, 64);
  latency.learn(128, 65);
  EXPECT_EQ(latency.cycles(256), 256U);
  EXPECT_GE(BurstLatency().cycles(16), 16U);
}

}  // namespace
}  // namespace ganglion
