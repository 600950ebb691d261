#include <gtest/gtest.h>

#include <string>

#include "ip/sc_cnn/test/naive.h"

namespace ganglion::sc_cnn {
namespace {

void expect_equals_naive(const Config& config, const OwnedJob& owned, const std::string& what) {
  const Result result = run(config, owned.job());
  ASSERT_FALSE(result.fault) << what << ": " << result.fault->to_string();
  const NaiveResult naive = naive_run(config, owned);
  ASSERT_EQ(result.output, naive.output) << what;
  ASSERT_EQ(result.saturations, naive.saturations) << what;
}

/// Small array and buffers, so that small layers take several groups, stripes and chunks.
Config small_config(int operand_bits) {
  Config config;
  config.operand_bits = operand_bits;
  config.bit_parallel = 4;
  config.lanes = 4;
  config.mvms = 3;
  config.input_buffer_bytes = 1024;
  config.weight_buffer_bytes = 2048;
  config.output_buffer_bytes = 1024;
  return config;
}

class ScCore : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(OperandBits, ScCore, testing::Range(kMinOperandBits, kMaxOperandBits + 1));

TEST_P(ScCore, ConvolutionEqualsNaiveLoops) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const Config config = small_config(GetParam());
  int multi_tile = 0, pooled = 0, striped = 0;
  for (int i = 0; i < 60; ++i) {
    const Layer layer = random_convolution(config, random);
    if (find_job_fault(config, layer)) continue;  // too large for these buffers
    const OwnedJob owned = with_random_operands(config, layer, random);
    expect_equals_naive(config, owned, "job " + std::to_string(i));
    if (HasFatalFailure()) return;
    multi_tile += make_tiles(config, layer).size() > 1;
    striped += !input_resident(config, layer);
    pooled += layer.pool != 0;
  }
  EXPECT_GE(multi_tile, 20);
  EXPECT_GE(pooled, 8);
  if (config.element_bytes() == 2) {
    EXPECT_GE(striped, 2);
  }
}

TEST_P(ScCore, FullyConnectedEqualsNaiveLoops) {
  std::mt19937 random(100 + static_cast<unsigned>(GetParam()));
  const Config config = small_config(GetParam());
  int chunked = 0;
  for (int i = 0; i < 40; ++i) {
    const Layer layer = random_fully_connected(config, random);
    if (find_job_fault(config, layer)) continue;
    const OwnedJob owned = with_random_operands(config, layer, random);
    expect_equals_naive(config, owned, "job " + std::to_string(i));
    if (HasFatalFailure()) return;
    chunked += taps_per_tile(config, layer) < layer.taps();
  }
  EXPECT_GE(chunked, 5);
}

TEST_P(ScCore, LargeBuffersGiveTheSameBits) {
  std::mt19937 random(200 + static_cast<unsigned>(GetParam()));
  const Config small = small_config(GetParam());
  Config large = small;
  large.mvms = 16;
  large.lanes = 16;
  large.input_buffer_bytes = large.weight_buffer_bytes = large.output_buffer_bytes = 1024 * 1024;
  int compared = 0;
  for (int i = 0; i < 30; ++i) {
    const Layer layer =
        i % 2 == 0 ? random_convolution(small, random) : random_fully_connected(small, random);
    if (find_job_fault(small, layer)) continue;
    const OwnedJob owned = with_random_operands(small, layer, random);
    const Result a = run(small, owned.job()), b = run(large, owned.job());
    EXPECT_EQ(a.output, b.output);
    EXPECT_EQ(a.saturations, b.saturations);
    EXPECT_EQ(a.actions.requantisations, b.actions.requantisations);
    EXPECT_EQ(a.actions.lane_cycles, b.actions.lane_cycles) << "work does not depend on the tiles";
    ++compared;
  }
  EXPECT_GE(compared, 10);
}

TEST(ScCoreRules, ClampsOncePerProductNotPerStreamBit) {
  // Rail of N=8, A=0: 127. 120 + prod(x=100, w=57) = 165 -> 127, then - 32 -> 95; bit by bit would differ
  // near it.
  Config config;
  Layer layer;
  layer.in_c = 3;
  layer.weight_bits = 8;
  layer.guard_bits = 0;
  layer.lo = -128;
  layer.hi = 127;
  complete_geometry(config, layer);
  OwnedJob owned{layer, {127, 100, 64}, {120, 57, static_cast<uint8_t>(-64)}, {}, {}, {}};
  append_le32(owned.bias, 0);
  append_le32(owned.mult, 1u << 30);
  append_le32(owned.shift, 30);

  const Result result = run(config, owned.job());

  ASSERT_FALSE(result.fault);
  EXPECT_EQ(product(127, 120, 8), 120);
  EXPECT_EQ(product(100, 57, 8), 45);
  EXPECT_EQ(product(64, -64, 8), -32);
  EXPECT_EQ(static_cast<int8_t>(result.output[0]), 95);
  EXPECT_EQ(result.saturations, 1u);
}

TEST(ScCoreRules, ClampingEveryStreamBitWouldGiveOtherBits) {
  // The rule is worth a test of its own: near the rail the two differ in about a tenth of random products.
  std::mt19937 random(7);
  std::uniform_int_distribution<int> uniform(-128, 127);
  int differing = 0;
  const int trials = 20000;
  for (int i = 0; i < trials; ++i) {
    const int32_t start = 127 - static_cast<int32_t>(random() % 64), x = uniform(random), w = uniform(random);
    const int32_t once = std::clamp(start + product(x, w, 8), -128, 127);
    int32_t each = start;
    for (int32_t t = 1; t <= std::abs(w); ++t) {
      const bool up = (stream_bit(to_offset_binary(x, 8), static_cast<uint32_t>(t), 8) != 0) != (w < 0);
      each = std::clamp(each + (up ? 1 : -1), -128, 127);
    }
    differing += once != each;
  }
  EXPECT_GT(differing, trials / 100);
}

TEST(ScCoreRules, FullyConnectedDiffersFromTheSameShapeAsOneByOneConvolution) {
  Config config;
  std::mt19937 random(3);
  Layer layer;
  layer.in_c = 64;
  layer.out_c = 10;
  layer.lo = -128;
  layer.hi = 127;
  layer.guard_bits = 6;
  complete_geometry(config, layer);
  OwnedJob convolution = with_random_operands(config, layer, random);
  OwnedJob fully_connected = convolution;
  fully_connected.layer.kind = Layer::kFullyConnected;

  const Result a = run(config, convolution.job());
  const Result b = run(config, fully_connected.job());

  EXPECT_NE(a.output, b.output) << "the product is not commutative";
  EXPECT_EQ(b.output, naive_run(config, fully_connected).output);
}

TEST(ScCoreRules, FullyConnectedCyclesDependOnTheImage) {
  Config config;
  std::mt19937 random(4);
  Layer layer;
  layer.kind = Layer::kFullyConnected;
  layer.in_c = 32;
  layer.out_c = 10;
  layer.zero_skip = 1;
  complete_geometry(config, layer);
  OwnedJob owned = with_random_operands(config, layer, random);
  const uint64_t full = run(config, owned.job()).compute_cycles;
  std::ranges::fill(owned.in, uint8_t{0});
  EXPECT_LT(run(config, owned.job()).compute_cycles, full);
}

TEST(ScCoreRules, PaddingStreamsOperandZero) {
  // prod(0, w) is +-1 for odd counts: padding is no silence, and the model must not skip it.
  Config config;
  Layer layer;
  layer.in_h = layer.in_w = 1;
  layer.kh = layer.kw = 3;
  layer.pad = 1;
  layer.lo = -128;
  layer.hi = 127;
  complete_geometry(config, layer);
  OwnedJob owned{layer, {0}, {1, 3, 5, 7, 2, 4, 6, 8, 9}, {}, {}, {}};
  append_le32(owned.bias, 0);
  append_le32(owned.mult, 1u << 30);
  append_le32(owned.shift, 30);
  EXPECT_EQ(run(config, owned.job()).output, std::vector<uint8_t>{5});
}

TEST(ScCoreRules, LargestKernelStrideAndPadding) {
  Config config;
  config.weight_buffer_bytes = 256 * 1024;
  std::mt19937 random(5);
  Layer layer;
  layer.in_c = 2;
  layer.in_h = 40;
  layer.in_w = 33;
  layer.kh = layer.kw = 32;
  layer.stride = 32;
  layer.pad = 31;
  layer.out_c = 3;
  layer.lo = -128;
  layer.hi = 127;
  complete_geometry(config, layer);
  expect_equals_naive(config, with_random_operands(config, layer, random), "32x32 kernel");
}

TEST(ScCoreRules, LargestSizes) {
  Config config;
  config.input_buffer_bytes = config.weight_buffer_bytes = config.output_buffer_bytes = 2 * 1024 * 1024;
  std::mt19937 random(10);
  Layer wide;
  wide.in_w = layers::kMaxDimension;
  wide.hi = 127;
  complete_geometry(config, wide);
  expect_equals_naive(config, with_random_operands(config, wide, random), "65535 columns");
  Layer many;
  many.out_c = layers::kMaxDimension;
  many.hi = 127;
  complete_geometry(config, many);
  expect_equals_naive(config, with_random_operands(config, many, random), "65535 maps");
  Layer deep;
  deep.in_c = layers::kMaxDimension;
  deep.guard_bits = 8;
  deep.hi = 127;
  complete_geometry(config, deep);
  expect_equals_naive(config, with_random_operands(config, deep, random), "65535 channels");
  deep.kind = Layer::kFullyConnected;
  expect_equals_naive(config, with_random_operands(config, deep, random), "65535 inputs");
}

TEST(ScCoreRules, CountsMoreSaturationsThanSixteenBitsHold) {
  Config config;
  config.input_buffer_bytes = config.weight_buffer_bytes = 1024 * 1024;
  std::mt19937 random(11);
  Layer layer;
  layer.in_c = 8000;
  layer.in_h = layer.in_w = layer.kh = layer.kw = 3;
  layer.guard_bits = 0;
  layer.hi = 127;
  complete_geometry(config, layer);
  OwnedJob owned = with_random_operands(config, layer, random);
  std::ranges::fill(owned.in, uint8_t{127});
  std::ranges::fill(owned.weights, uint8_t{127});
  expect_equals_naive(config, owned, "72000 products");
  EXPECT_EQ(run(config, owned.job()).saturations, 71999u) << "every product but the first";
}

TEST(ScCoreRules, WideAccumulatorsAndExtremeConstants) {
  Config config;
  config.accumulator_max_bits = 20;
  std::mt19937 random(6);
  Layer layer;
  layer.in_c = 80;
  layer.in_h = layer.in_w = 6;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  layer.lo = -128;
  layer.hi = 127;
  layer.guard_bits = 12;
  complete_geometry(config, layer);
  OwnedJob owned = with_random_operands(config, layer, random, 0.9);
  owned.bias.clear();
  owned.mult.clear();
  owned.shift.clear();
  for (const auto& [bias, mult, shift] :
       {std::tuple{1000000, 0x7fffffffu, 62u}, std::tuple{-1000000, 0x7fffffffu, 1u}, std::tuple{0, 0u, 1u},
        std::tuple{77, 1u << 20, 24u}}) {
    append_le32(owned.bias, static_cast<uint32_t>(bias));
    append_le32(owned.mult, mult);
    append_le32(owned.shift, shift);
  }
  expect_equals_naive(config, owned, "20-bit accumulators");

  // Everything positive: 16-bit accumulators run into their rail.
  owned.layer.guard_bits = 8;
  std::ranges::fill(owned.in, uint8_t{127});
  for (uint8_t& weight : owned.weights) weight &= 0x7f;
  expect_equals_naive(config, owned, "16-bit accumulators");
  EXPECT_GT(run(config, owned.job()).saturations, 0u);
}

TEST(ScCoreRules, BiasNearTheEndOfInt32Saturates) {
  Layer layer;
  EXPECT_EQ(layers::post_process(layer, 500 << 6, INT32_MAX, 1, 31), 0) << "clamped to lo = hi = 0";
  layer.lo = -128;
  layer.hi = 127;
  EXPECT_EQ(layers::post_process(layer, 500 << 6, INT32_MAX, 1, 25), 64);
  EXPECT_EQ(layers::post_process(layer, -500 * 64, INT32_MIN, 1, 25), -64);
  EXPECT_EQ(layers::post_process(layer, 3 << 6, -64, 1, 3), 16) << "128 >> 3";
}

TEST(ScCoreRules, TwoRunsGiveTheSameResult) {
  const Config config = small_config(8);
  std::mt19937 random(8);
  const OwnedJob owned = with_random_operands(config, random_convolution(config, random), random);
  const Result a = run(config, owned.job()), b = run(config, owned.job());
  EXPECT_EQ(a.output, b.output);
  EXPECT_EQ(a.actions, b.actions);
  EXPECT_EQ(a.compute_cycles, b.compute_cycles);
}

TEST(ScCoreRules, OperandsThatDoNotFitAreFaults) {
  Config config;
  config.operand_bits = 6;
  std::mt19937 random(9);
  Layer layer;
  layer.in_h = layer.in_w = 4;
  layer.hi = 31;
  layer.weight_bits = 6;
  complete_geometry(config, layer);
  const OwnedJob good = with_random_operands(config, layer, random);

  OwnedJob bad = good;
  bad.in[5] = 32;
  Result result = run(config, bad.job());
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->fault, Fault::kOperandRange);
  EXPECT_EQ(result.fault->to_string(), "IN + 5 bytes = 32: must be -32 to 31 for N = 6");

  bad = good;
  bad.shift[0] = 63;
  result = run(config, bad.job());
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->to_string(), "SHIFT + 0 bytes = 63: must be 1 to 62");

  bad.shift[0] = 0;
  result = run(config, bad.job());
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->to_string(), "SHIFT + 0 bytes = 0: must be 1 to 62");

  bad = good;
  bad.mult[3] = 0x80;
  result = run(config, bad.job());
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->fault, Fault::kRequantisation);
  EXPECT_EQ(result.fault->register_name, "MULT_LO");
}

}  // namespace
}  // namespace ganglion::sc_cnn
