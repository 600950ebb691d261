#include "platform/kernel/node_scaling.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ganglion {
namespace {

TEST(NodeScaling, TabulatedNodesFollowTheirPolynomial) {
  // a2 V^2 + a1 V + a0 by hand, Stillmaker and Baas 2017.
  EXPECT_NEAR(energy_factor(65, 1.1).high_performance, 3.755 * 1.21 - 4.398 * 1.1 + 1.975, 1e-12);
  EXPECT_NEAR(energy_factor(45, 0.9).high_performance, 1.018 * 0.81 - 0.3107 * 0.9 + 0.1539, 1e-12);
  EXPECT_NEAR(energy_factor(45, 0.9).low_power, 1.103 * 0.81 - 0.362 * 0.9 + 0.2767, 1e-12);
  EXPECT_NEAR(energy_factor(7, 0.7).high_performance, 0.1776 * 0.49 - 0.09097 * 0.7 + 0.02447, 1e-12);
  EXPECT_NEAR(energy_factor(180, 1.8).high_performance, 24.64 * 1.8 - 17.98, 1e-12);
}

TEST(NodeScaling, BetweenNodesItIsLinear) {
  const double at45 = energy_factor(45, 1.1).high_performance;
  const double at32 = energy_factor(32, 1.1).high_performance;

  EXPECT_NEAR(energy_factor(40, 1.1).high_performance, at45 + (at32 - at45) * 5.0 / 13.0, 1e-12);
}

TEST(NodeScaling, SmallerNodesAndLowerVoltagesCostLess) {
  for (const double volt : {0.9, 1.0, 1.1}) {
    for (int nm = 8; nm <= 180; ++nm) {
      EXPECT_GT(energy_factor(nm, volt).high_performance, energy_factor(nm - 1, volt).high_performance) << nm;
      EXPECT_GT(energy_factor(nm, volt + 0.05).low_power, energy_factor(nm, volt).low_power) << nm;
      EXPECT_GT(area_factor(nm), area_factor(nm - 1)) << nm;
    }
  }
}

TEST(NodeScaling, AreaFollowsTheTable) {
  EXPECT_NEAR(area_factor(45), 17, 1e-9);
  EXPECT_NEAR(area_factor(7), 1, 1e-12);
  EXPECT_NEAR(area_factor(180), 320, 1e-9);
}

TEST(NodeScaling, RefusesWhatTheEquationsDoNotCover) {
  EXPECT_THROW((void)energy_factor(250, 1.1), std::invalid_argument);
  EXPECT_THROW((void)energy_factor(5, 0.7), std::invalid_argument);
  EXPECT_THROW((void)energy_factor(180, 0.7), std::invalid_argument);  // the line is below zero there
  EXPECT_THROW((void)energy_factor(65, 0.4), std::invalid_argument);   // the parabola rises to the left there
  EXPECT_THROW((void)area_factor(6.9), std::invalid_argument);
}

}  // namespace
}  // namespace ganglion
