#pragma once

#include <gtest/gtest.h>

#include "ip/common/test/rtl_layer_bench.h"

// A block in RTL against its model: outputs bit for bit, and nothing written beside them. A block's test says
//   INSTANTIATE_TYPED_TEST_SUITE_P(MyBlock, LayerRtl, my_block::RtlBlock);

namespace ganglion::layers {

template <class Bench>
void expect_memory(const Bench& bench, const std::vector<uint8_t>& expected, const std::string& what) {
  const auto [found, wanted] = std::ranges::mismatch(bench.memory, expected);
  if (found == bench.memory.end()) return;
  FAIL() << what << ": byte " << std::hex
         << Bench::kBase + static_cast<uint64_t>(found - bench.memory.begin()) << " is " << int{*found}
         << ", not " << int{*wanted};
}

/// Runs a legal job and compares all it leaves behind.
template <class Block, class Bench>
void expect_equals_model(Bench& bench, const typename Bench::Owned& owned, const std::string& what) {
  const auto model = Block::run(bench.config, owned.job());
  const auto layer = bench.place(owned);
  const Outcome expected = expected_outcome<Block>(bench, owned, layer);
  const uint32_t done = bench.read(LAYER_CORE_REG_JOBS_DONE);

  ASSERT_EQ(bench.submit(layer), 0) << what;
  bench.finish();

  expect_memory(bench, expected.memory, what);
  ASSERT_EQ(bench.read(LAYER_CORE_REG_ERROR), static_cast<uint32_t>(expected.code) | expected.reg << 16)
      << what;
  if (expected.code != AcceleratorError::kNone) {
    EXPECT_EQ(bench.read(LAYER_CORE_REG_ERROR_VALUE), expected.value) << what;
    EXPECT_EQ(bench.read64(LAYER_CORE_REG_ERROR_ADDRESS_LO), expected.address) << what;
    EXPECT_EQ(bench.read(LAYER_CORE_REG_IRQ_STATUS), LAYER_CORE_IRQ_STATUS_ERROR_MASK) << what;
    EXPECT_EQ(bench.read(LAYER_CORE_REG_JOBS_DONE), done) << what;
    bench.write(LAYER_CORE_REG_CTRL, LAYER_CORE_CTRL_FLUSH_MASK);
    bench.write(LAYER_CORE_REG_IRQ_STATUS, LAYER_CORE_IRQ_STATUS_ERROR_MASK);
    return;
  }
  EXPECT_EQ(bench.read(LAYER_CORE_REG_IRQ_STATUS), LAYER_CORE_IRQ_STATUS_DONE_MASK) << what;
  bench.write(LAYER_CORE_REG_IRQ_STATUS, LAYER_CORE_IRQ_STATUS_DONE_MASK);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOBS_DONE), done + 1) << what;
  EXPECT_EQ(bench.read64(LAYER_CORE_REG_JOB_SATURATIONS_LO), model.saturations) << what;
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOB_TILES), model.tiles.size()) << what;
}

struct Mix {
  int fully_connected = 0, pooled = 0, many_tiles = 0, striped = 0, saturated = 0, failed = 0;
};

/// Random legal jobs on a memory of random latency; `spoil` may make a job's end a bad one.
template <class Block, class Array, class Spoil>
Mix run_random_jobs(unsigned seed, int jobs, const Spoil& spoil) {
  RtlLayerBench<Block, Array> bench(seed);
  const auto& config = bench.config;
  std::mt19937 random(seed);
  Mix mix;
  for (int done = 0; done < jobs && !testing::Test::HasFailure();) {
    auto layer = Block::random_convolution(config, random);
    if (random() % 4 == 0) {  // a map that the input buffer may not hold
      layer.in_h += random() % 20;
      layer.in_w += random() % 20;
      complete_geometry(config, layer);
    }
    if (random() % 3 == 0) layer = as_fully_connected(config, layer, random);
    if (Block::find_job_fault(config, layer)) continue;
    bench.read_latency = 1 + random() % 20;
    bench.write_latency = 1 + random() % 10;
    bench.stall_percent = random() % 3 == 0 ? random() % 60 : 0;
    auto owned = Block::with_random_operands(config, layer, random);
    spoil(bench, owned, random);
    expect_equals_model<Block>(bench, owned, "job " + std::to_string(done) + ": " + text_of<Block>(layer));
    const auto model = Block::run(config, owned.job());
    mix.fully_connected += layer.fully_connected();
    mix.pooled += layer.pool != 0;
    mix.many_tiles += make_tiles(config, layer).size() > 2;
    mix.striped += !layer.fully_connected() && !input_resident(config, layer);
    mix.saturated += model.saturations > 0;
    mix.failed += model.fault.has_value() || !bench.faults.empty();
    ++done;
  }
  return mix;
}

constexpr auto kAsItIs = [](auto&, auto&, std::mt19937&) {};

template <class Block>
class LayerRtl : public testing::Test {};
TYPED_TEST_SUITE_P(LayerRtl);

TYPED_TEST_P(LayerRtl, DefaultArrayEqualsTheModel) {
  const Mix mix = run_random_jobs<TypeParam, typename TypeParam::Default>(2, 40, kAsItIs);
  EXPECT_GE(mix.fully_connected, 8);
  EXPECT_GE(mix.pooled, 8);
  EXPECT_GE(mix.saturated, TypeParam::Default::kSaturated);
}

TYPED_TEST_P(LayerRtl, SmallBuffersEqualTheModelOverManyTiles) {
  const Mix mix = run_random_jobs<TypeParam, typename TypeParam::Small>(3, 300, kAsItIs);
  EXPECT_GE(mix.fully_connected, 50);
  EXPECT_GE(mix.pooled, 50);
  EXPECT_GE(mix.many_tiles, 100);
  EXPECT_GE(mix.striped, 10);
  EXPECT_GE(mix.saturated, TypeParam::Small::kSaturated);
}

TYPED_TEST_P(LayerRtl, SixteenBitElementsEqualTheModel) {
  const Mix mix = run_random_jobs<TypeParam, typename TypeParam::Wide>(4, 200, kAsItIs);
  EXPECT_GE(mix.pooled, 30);
  EXPECT_GE(mix.many_tiles, 50);
  EXPECT_GE(mix.striped, 10);
}

TYPED_TEST_P(LayerRtl, BusErrorsEndAJobAsInTheModel) {
  const auto spoil = [](auto& bench, auto& owned, std::mt19937& random) {
    const auto layer = bench.place(owned);
    const FeatureMapLayout out = layer.output_layout(bench.config.element_bytes());
    const std::pair<uint64_t, std::size_t> regions[] = {
        {layer.in, owned.in.size()},       {layer.weights, owned.weights.size()},
        {layer.bias, owned.bias.size()},   {layer.mult, owned.mult.size()},
        {layer.shift, owned.shift.size()}, {layer.out, out.span_bytes()}};
    const auto& [base, bytes] = regions[random() % 6];
    bench.faults = {{base + random() % bytes, 1}};
  };
  const Mix mix = run_random_jobs<TypeParam, typename TypeParam::Small>(5, 150, spoil);
  EXPECT_EQ(mix.failed, 150);
}

TYPED_TEST_P(LayerRtl, BadOperandsEndAJobAsInTheModel) {
  const auto spoil = [](auto& bench, auto& owned, std::mt19937& random) {
    const int eb = bench.config.element_bytes();
    const auto element = [&](std::vector<uint8_t>& to) {
      put_element(to, random() % (to.size() / static_cast<std::size_t>(eb)),
                  random() % 2 != 0 ? 1 << (bench.config.operand_bits - 1)
                                    : -100 - (1 << (bench.config.operand_bits - 2)),
                  eb);
    };
    switch (random() % 4) {
      case 0:
        element(owned.in);
        break;
      case 1:
        element(owned.weights);
        break;
      case 2:
        owned.mult[random() % owned.mult.size() / 4 * 4 + 3] |= 0x80;
        break;
      default:
        owned.shift[random() % owned.shift.size() / 4 * 4] = random() % 2 != 0 ? 0 : 63;
    }
  };
  const Mix mix = run_random_jobs<TypeParam, typename TypeParam::Small>(6, 150, spoil);
  EXPECT_GE(mix.failed, 120) << "some fall into gaps";
}

TYPED_TEST_P(LayerRtl, LargestKernelStrideAndPadding) {
  RtlLayerBench<TypeParam, typename TypeParam::Default> bench;
  std::mt19937 random(7);
  typename TypeParam::Layer layer;
  layer.in_h = 40;
  layer.in_w = 33;
  layer.kh = layer.kw = 32;
  layer.stride = 32;
  layer.pad = 31;
  layer.out_c = 3;
  layer.lo = -128;
  layer.hi = 127;
  complete_geometry(bench.config, layer);
  expect_equals_model<TypeParam>(bench, TypeParam::with_random_operands(bench.config, layer, random),
                                 "32x32 kernel");
}

REGISTER_TYPED_TEST_SUITE_P(LayerRtl, DefaultArrayEqualsTheModel, SmallBuffersEqualTheModelOverManyTiles,
                            SixteenBitElementsEqualTheModel, BusErrorsEndAJobAsInTheModel,
                            BadOperandsEndAJobAsInTheModel, LargestKernelStrideAndPadding);

}  // namespace ganglion::layers
