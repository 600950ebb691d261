#include "ip/common/test/layer_engine.h"
#include "ip/mac_array/test/bench.h"

namespace ganglion {
namespace layers {

INSTANTIATE_TYPED_TEST_SUITE_P(MacArray, LayerEngine, mac_array::Traits);

}  // namespace layers

namespace mac_array {
namespace {

TEST(MacArrayBlock, RandomJobsEqualTheModel) { layers::expect_random_jobs_equal_the_model<Traits>("{}", 1); }

TEST(MacArrayBlock, RandomJobsWithManyTilesEqualTheModel) {
  layers::expect_random_jobs_equal_the_model<Traits>(
      "{lanes: 4, mvms: 3, macs_per_lane: 4, input_buffer: 1 KiB, weight_buffer: 2 KiB, output_buffer: 1 "
      "KiB}",
      2);
}

TEST(MacArrayBlock, RandomJobsOfSixteenBitElementsEqualTheModel) {
  layers::expect_random_jobs_equal_the_model<Traits>(
      "{operand_bits: 16, lanes: 8, mvms: 4, macs_per_lane: 2, accumulator_bits: 33, input_buffer: 2 KiB}",
      3);
}

TEST(MacArrayBlock, RandomJobsOnANarrowArrayEqualTheModel) {
  layers::expect_random_jobs_equal_the_model<Traits>(
      "{operand_bits: 5, accumulator_bits: 10, lanes: 1, mvms: 1, requantisers: 1}", 4);
}

TEST(MacArrayBlock, StatesWhatItWasBuiltWith) {
  Bench bench("{operand_bits: 9, macs_per_lane: 4, accumulator_bits: 37, lanes: 24, mvms: 5}");
  EXPECT_EQ(mac_array_probe(Bench::kBase), 0);
  const uint32_t arithmetic = bench.read_register("CAPS_ARITHMETIC");
  EXPECT_EQ(arithmetic, 9u | 4u << 8 | 37u << 16);
  EXPECT_EQ(bench.read_register("CAPS_ARRAY"), 24u | 5u << 16);
  bench.write_register("CTRL", ACCELERATOR_COMMON_CTRL_RESET_MASK);
  EXPECT_EQ(bench.read_register("CAPS_ARITHMETIC"), arithmetic) << "a reset does not change the silicon";
}

TEST(MacArrayBlock, TheDriverReadsTheFiguresOfTheLastJob) {
  Bench bench("{accumulator_bits: 16}");
  std::mt19937 random(7);
  Layer layer;
  layer.in_c = 8;
  layer.in_h = layer.in_w = 6;
  layer.kh = layer.kw = 5;
  layer.hi = 127;
  complete_geometry(bench.array, layer);
  const OwnedJob owned = with_random_operands(bench.array, layer, random, 0.9);
  bench.run([&] {
    bench.init();
    ASSERT_EQ(bench.submit(bench.place(owned)), 0);
    ASSERT_EQ(bench.wait(), 0);
    mac_array_figures_t figures;
    mac_array_figures(&bench.driver, &figures);
    EXPECT_EQ(figures.cycles, bench.read_wide("JOB_CYCLES_LO"));
    EXPECT_EQ(figures.saturations, run(bench.array, owned.job()).saturations);
    EXPECT_GT(figures.saturations, 0u);
    EXPECT_GT(figures.energy_fj, 0u);
    EXPECT_EQ(mac_array_operand_bits(&bench.driver), 8u);
  });
}

TEST(MacArrayBlock, ParametersThatCannotBeBuiltAreNamed) {
  try {
    Bench bench("operand_bits: 8\naccumulator_bits: 15\n");
    FAIL() << "built";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("test:2"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("accumulator_bits"), std::string::npos) << error.what();
  }
}

TEST(MacArrayCosts, EveryWidthIsPricedAndTheSynthesisedMacComesOut) {
  const CostTable costs = Bench::costs();
  for (const char* key :
       {"product_8", "product_16", "tree_add", "accumulate_20", "accumulate_32", "accumulate_48"})
    EXPECT_GT(costs.action(key).value, 0) << key;
  EXPECT_NEAR(costs.action("product_8").value + costs.action("accumulate_20").value, 0.662, 1e-3);
  EXPECT_NEAR(costs.area.at("multiplier_8").value + costs.area.at("accumulator_20").value, 598.88, 0.2);
}

TEST(MacArrayCosts, LeakageFollowsLanesMultipliersAndBuffers) {
  const CostTable costs = Bench::costs();
  EXPECT_DOUBLE_EQ(leakage_scale(Config{}, costs), 1.0);
  // 256 lanes, 16 controls, 4 requantisers at 0.14 nW a um2; 144 KiB at 0.01 nW a bit.
  const auto um2 = [&costs](const char* part) { return costs.area.at(part).value; };
  const double lane = um2("multiplier_8") + um2("accumulator_32");
  const double nw = (256 * lane + 16 * um2("mvm_control") + 4 * 9500.0) * 0.14 + 144.0 * 1024 * 8 * 0.01;
  EXPECT_NEAR(costs.leakage->value, nw, 0.02 * nw);
  Config twice;
  twice.macs_per_lane = 2;
  EXPECT_NEAR(leakage_scale(twice, costs), 1.0 + 256 * (um2("multiplier_8") + um2("tree_adder")) * 0.14 / nw,
              1e-9);
  Config wide;
  wide.operand_bits = 16;
  wide.accumulator_bits = 48;
  EXPECT_GT(leakage_scale(wide, costs), 3.0);
}

}  // namespace
}  // namespace mac_array
}  // namespace ganglion
