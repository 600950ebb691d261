#include "platform/bus/axi/stall.h"

#include <gtest/gtest.h>

#include <bit>

namespace ganglion::axi {
namespace {

int proceeding(const Stalls& stalls) {
  return std::popcount(stalls.awready) + std::popcount(stalls.wready) + std::popcount(stalls.arready) +
         std::popcount(stalls.bvalid) + std::popcount(stalls.rvalid);
}

TEST(Stalls, AShareOfZeroHoldsNothingBack) { EXPECT_EQ(random_stalls(0, 1, "core"), Stalls{}); }

TEST(Stalls, TheShareIsThatOfHeldBackEdges) {
  int edges = 0;
  for (uint64_t seed = 1; seed <= 50; ++seed) edges += proceeding(random_stalls(0.25, seed, "core"));
  EXPECT_NEAR(edges / (50.0 * 5 * 64), 0.75, 0.02);
}

TEST(Stalls, EveryChannelProceedsSometimes) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Stalls stalls = random_stalls(0.999, seed, "core");
    for (const uint64_t pattern :
         {stalls.awready, stalls.wready, stalls.arready, stalls.bvalid, stalls.rvalid})
      EXPECT_NE(pattern, 0U);
  }
}

TEST(Stalls, DependOnSeedAndInstanceAlone) {
  EXPECT_EQ(random_stalls(0.5, 1, "core"), random_stalls(0.5, 1, "core"));
  EXPECT_NE(random_stalls(0.5, 1, "core"), random_stalls(0.5, 2, "core"));
  EXPECT_NE(random_stalls(0.5, 1, "core"), random_stalls(0.5, 1, "array"));
}

}  // namespace
}  // namespace ganglion::axi
