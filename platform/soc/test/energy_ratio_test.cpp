#include "platform/soc/energy_ratio.h"

#include <gtest/gtest.h>

namespace ganglion {
namespace {

using nlohmann::json;

json region(double pj, const json& by_action) { return {{"energy_pj", pj}, {"energy_by_action", by_action}}; }

json cost(double pj, double low, double high) { return {{"pj", pj}, {"low_pj", low}, {"high_pj", high}}; }

TEST(EnergyRatio, OfTheSameCostIsExactHoweverWideItsBounds) {
  const EnergyRatio ratio = energy_ratio(region(40, {{"memory", {{"read", cost(40, 10, 400)}}}}),
                                         region(10, {{"memory", {{"read", cost(10, 2.5, 100)}}}}));

  EXPECT_DOUBLE_EQ(ratio.value, 4.0);
  EXPECT_DOUBLE_EQ(ratio.low, 4.0);
  EXPECT_DOUBLE_EQ(ratio.high, 4.0);
}

TEST(EnergyRatio, OfDifferentCostsSetsEachAgainstTheOthersOppositeBound) {
  const EnergyRatio ratio = energy_ratio(region(40, {{"cpu", {{"alu", cost(40, 20, 80)}}}}),
                                         region(10, {{"core", {{"mac", cost(10, 5, 40)}}}}));

  EXPECT_DOUBLE_EQ(ratio.low, 20.0 / 40.0);
  EXPECT_DOUBLE_EQ(ratio.high, 80.0 / 5.0);
}

TEST(EnergyRatio, MixesSharedAndOwnCosts) {
  // a = 100 m + c with m in [1, 3], c in [10, 20]; b = 10 m: the ratio (100 m + c) / (10 m) is 10 + c / (10
  // m).
  const EnergyRatio ratio = energy_ratio(
      region(215, {{"memory", {{"read", cost(200, 100, 300)}}}, {"cpu", {{"alu", cost(15, 10, 20)}}}}),
      region(20, {{"memory", {{"read", cost(20, 10, 30)}}}}));

  EXPECT_DOUBLE_EQ(ratio.value, 10.75);
  EXPECT_DOUBLE_EQ(ratio.low, 10.0 + 10.0 / 30.0);
  EXPECT_DOUBLE_EQ(ratio.high, 10.0 + 20.0 / 10.0);
}

TEST(EnergyRatio, OverNothingIsZero) {
  EXPECT_DOUBLE_EQ(energy_ratio(region(1, json::object()), region(0, json::object())).value, 0.0);
}

}  // namespace
}  // namespace ganglion
