#include "ip/common/test/layer_engine.h"
#include "ip/sc_cnn/test/bench.h"

namespace ganglion {
namespace layers {

INSTANTIATE_TYPED_TEST_SUITE_P(ScCnn, LayerEngine, sc_cnn::Traits);

}  // namespace layers

namespace sc_cnn {
namespace {

TEST(ScCnnBlock, RandomJobsEqualTheModel) { layers::expect_random_jobs_equal_the_model<Traits>("{}", 1); }

TEST(ScCnnBlock, RandomJobsWithManyTilesEqualTheModel) {
  layers::expect_random_jobs_equal_the_model<Traits>(
      "{lanes: 4, mvms: 3, bit_parallel: 2, input_buffer: 1 KiB, weight_buffer: 2 KiB, output_buffer: 1 KiB}",
      2);
}

TEST(ScCnnBlock, RandomJobsOfSixteenBitElementsEqualTheModel) {
  layers::expect_random_jobs_equal_the_model<Traits>(
      "{operand_bits: 10, lanes: 8, mvms: 4, scheduling: fifo, accumulator_max_bits: 18, input_buffer: 2 "
      "KiB}",
      3);
}

TEST(ScCnnBlock, RandomJobsOnANarrowSerialArrayEqualTheModel) {
  layers::expect_random_jobs_equal_the_model<Traits>(
      "{operand_bits: 5, bit_parallel: 1, lanes: 1, mvms: 1, requantisers: 1, zero_skip: false}", 4);
}

TEST(ScCnnBlock, StatesWhatItWasBuiltWith) {
  Bench bench(
      "{operand_bits: 9, bit_parallel: 32, lanes: 24, mvms: 5, accumulator_max_bits: 17, zero_skip: false, "
      "scheduling: fifo, requantisers: 7, input_buffer: 3 KiB}");
  EXPECT_EQ(sc_cnn_probe(Bench::kBase), 0);
  const uint32_t arithmetic = bench.read(SC_CNN_REG_CAPS_ARITHMETIC);
  EXPECT_EQ(arithmetic, 9u | 32u << 8 | 17u << 16 | 0u << 24 | 1u << 25);
  EXPECT_EQ(bench.read(SC_CNN_REG_CAPS_ARRAY), 24u | 5u << 16);
  EXPECT_EQ(bench.read(SC_CNN_REG_CAPS_REQUANTISERS), 7u);
  EXPECT_EQ(bench.read(SC_CNN_REG_CAPS_INPUT_BUFFER), 3072u);
  bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_RESET_MASK);
  EXPECT_EQ(bench.read(SC_CNN_REG_CAPS_ARITHMETIC), arithmetic) << "a reset does not change the silicon";
}

TEST(ScCnnBlock, EveryParameterIsPriced) {
  ComponentRegistry registry;
  register_sc_cnn(registry);
  const ComponentType& type = registry.find("sc_cnn", {});
  const CostTable costs = cost_table_of(type);
  for (const int b : {1, 2, 4, 8, 16, 32}) {
    EXPECT_GT(costs.action("lane_cycle_b" + std::to_string(b)).value, 0);
    EXPECT_TRUE(costs.area.contains("lane_b" + std::to_string(b))) << b;
  }
  EXPECT_LT(costs.action("lane_cycle_b1").value, costs.action("lane_cycle_b32").value);
  EXPECT_EQ(type.device_tree_compatible, "ganglion,sc-cnn");
}

TEST(ScCnnBlock, ParametersThatCannotBeBuiltAreNamed) {
  try {
    Bench bench("operand_bits: 4\nbit_parallel: 16\n");
    FAIL() << "built";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("test:2"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("bit_parallel"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace sc_cnn
}  // namespace ganglion
