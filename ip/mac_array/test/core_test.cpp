#include <gtest/gtest.h>

#include <string>

#include "ip/mac_array/test/random_job.h"

namespace ganglion::mac_array {
namespace {

void expect_equals_naive(const Config& config, const OwnedJob& owned, const std::string& what) {
  const Result result = run(config, owned.job());
  ASSERT_FALSE(result.fault) << what << ": " << result.fault->to_string();
  const layers::NaiveResult naive = naive_run(config, owned);
  ASSERT_EQ(result.output, naive.output) << what;
  ASSERT_EQ(result.saturations, naive.saturations) << what;
}

/// Small array and buffers, so that small layers take several groups, stripes and chunks.
Config small_config(int operand_bits) {
  Config config;
  config.operand_bits = operand_bits;
  config.accumulator_bits = std::max(2 * operand_bits, 32);
  config.lanes = 4;
  config.mvms = 3;
  config.input_buffer_bytes = 1024;
  config.weight_buffer_bytes = 2048;
  config.output_buffer_bytes = 1024;
  return config;
}

class MacCore : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(OperandBits, MacCore, testing::Values(4, 8, 9, 16));

TEST_P(MacCore, RandomLayersEqualNaiveLoops) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const Config config = small_config(GetParam());
  int done = 0, multi_tile = 0, pooled = 0, dense = 0;
  for (int i = 0; i < 80; ++i) {
    const Layer layer = random_layer(config, i % 3 == 0, random);
    if (find_job_fault(config, layer)) continue;  // too large for these buffers
    expect_equals_naive(config, with_random_operands(config, layer, random), "job " + std::to_string(i));
    if (HasFatalFailure()) return;
    ++done;
    multi_tile += make_tiles(config, layer).size() > 1;
    pooled += layer.pool != 0;
    dense += layer.fully_connected();
  }
  EXPECT_GE(done, 40);
  EXPECT_GE(multi_tile, 20);
  EXPECT_GE(pooled, 8);
  EXPECT_GE(dense, 10);
}

TEST_P(MacCore, NarrowAccumulatorsSaturateAsNaiveLoopsDo) {
  std::mt19937 random(100 + static_cast<unsigned>(GetParam()));
  Config config = small_config(GetParam());
  config.accumulator_bits = 2 * config.operand_bits;
  int saturating = 0;
  for (int i = 0; i < 60; ++i) {
    const Layer layer = random_layer(config, i % 3 == 0, random);
    if (find_job_fault(config, layer)) continue;
    const OwnedJob owned = with_random_operands(config, layer, random, 0.9);
    expect_equals_naive(config, owned, "job " + std::to_string(i));
    if (HasFatalFailure()) return;
    saturating += run(config, owned.job()).saturations > 0;
  }
  EXPECT_GE(saturating, 15);
}

TEST_P(MacCore, MacsPerLaneAndTilesDoNotChangeSumsWithinTheRails) {
  std::mt19937 random(200 + static_cast<unsigned>(GetParam()));
  Config one = small_config(GetParam());
  one.accumulator_bits = 48;
  Config eight = one;
  eight.macs_per_lane = 8;
  eight.lanes = eight.mvms = 16;
  eight.input_buffer_bytes = eight.weight_buffer_bytes = eight.output_buffer_bytes = 1024 * 1024;
  int compared = 0;
  for (int i = 0; i < 30; ++i) {
    const Layer layer = random_layer(one, i % 2 == 0, random);
    if (find_job_fault(one, layer)) continue;
    const OwnedJob owned = with_random_operands(one, layer, random);
    const Result a = run(one, owned.job()), b = run(eight, owned.job());
    EXPECT_EQ(a.output, b.output);
    EXPECT_EQ(a.actions.macs, b.actions.macs) << "work does not depend on the tiles";
    EXPECT_GE(a.actions.accumulator_writes, b.actions.accumulator_writes);
    ++compared;
  }
  EXPECT_GE(compared, 10);
}

/// One output of a fully connected layer with one-byte operands.
OwnedJob dot_product(std::vector<uint8_t> in, std::vector<uint8_t> weights) {
  Layer layer;
  layer.kind = Layer::kFullyConnected;
  layer.in_c = static_cast<uint32_t>(in.size());
  layer.lo = -128;
  layer.hi = 127;
  complete_geometry(Config{}, layer);
  OwnedJob owned{layer, std::move(in), std::move(weights), {}, {}, {}};
  layers::append_le32(owned.bias, 0);
  layers::append_le32(owned.mult, 1u << 30);
  layers::append_le32(owned.shift, 38);  // 2^-8
  return owned;
}

TEST(MacCoreRules, ProductsAreExact) {
  const OwnedJob owned = dot_product({100, static_cast<uint8_t>(-128)}, {57, static_cast<uint8_t>(-128)});
  const Result result = run(Config{}, owned.job());
  ASSERT_FALSE(result.fault);
  EXPECT_EQ(static_cast<int8_t>(result.output[0]), (100 * 57 + 128 * 128 + 128) >> 8);
  EXPECT_EQ(result.saturations, 0u);
}

TEST(MacCoreRules, ALaneClampsOnceACycleAfterItsAdderTree) {
  // 2 * 128 * 128 = 2^15 is beyond 16 bits; with -128 * 127 in the same cycle the sum is not.
  const uint8_t low = static_cast<uint8_t>(-128);
  const OwnedJob owned = dot_product({low, low, low}, {low, low, 127});
  Config config;
  config.accumulator_bits = 16;
  EXPECT_EQ(run(config, owned.job()).saturations, 1u) << "one product a cycle";
  config.macs_per_lane = 4;
  EXPECT_EQ(run(config, owned.job()).saturations, 0u) << "all three in one cycle";
}

TEST(MacCoreRules, WideAccumulatorsMeetInt32AtTheBias) {
  Config config;
  config.operand_bits = 16;
  config.accumulator_bits = 48;
  Layer layer;
  layer.kind = Layer::kFullyConnected;
  layer.in_c = 8;
  layer.lo = -32768;
  layer.hi = 32767;
  complete_geometry(config, layer);
  OwnedJob owned{layer, {}, {}, {}, {}, {}};
  for (int i = 0; i < 8; ++i) {
    owned.in.insert(owned.in.end(), {0x00, 0x80});  // -32768
    owned.weights.insert(owned.weights.end(), {0x00, 0x80});
  }
  layers::append_le32(owned.bias, 0);
  layers::append_le32(owned.mult, 1u << 30);
  layers::append_le32(owned.shift, 46);  // 2^-16
  const Result result = run(config, owned.job());
  EXPECT_EQ(result.saturations, 0u) << "2^33 fits 48 bits";
  EXPECT_EQ(layers::element_at(result.output, 0, 2), 32767) << "int32 does not hold it";
}

TEST(MacCoreRules, BadOperandsAreFoundWhenTheyAreLoaded) {
  Config config;
  config.operand_bits = 6;
  OwnedJob owned = dot_product({1, 2, 32}, {1, 2, 3});
  owned.layer.lo = -32;
  owned.layer.hi = 31;
  const Result result = run(config, owned.job());
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->to_string(), "IN + 2 bytes = 32: must be -32 to 31 for N = 6");
}

TEST(MacCoreRules, TwoRunsGiveTheSameResult) {
  const Config config = small_config(8);
  std::mt19937 random(8);
  const OwnedJob owned = with_random_operands(config, random_layer(config, false, random), random);
  const Result a = run(config, owned.job()), b = run(config, owned.job());
  EXPECT_EQ(a.output, b.output);
  EXPECT_EQ(a.actions, b.actions);
}

}  // namespace
}  // namespace ganglion::mac_array
