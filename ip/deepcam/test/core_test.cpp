#include "ip/deepcam/model/core.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "ip/deepcam/model/product.h"
#include "ip/deepcam/test/random_job.h"

namespace ganglion::deepcam {
namespace {

const Noise kIdeal({}, 1, "cam");

/// A layer written apart: bit by bit, tap by tap, in the order of the outputs, without tiles or folds.
std::vector<uint8_t> naive_output(const Config& config, const OwnedJob& owned) {
  const Layer& l = owned.layer;
  const HashTiling tiling = l.tiling();
  const FeatureMapLayout in = l.input_layout(), out = l.output_layout();
  const auto word_at = [](const std::vector<uint8_t>& bytes, std::size_t i) {
    return static_cast<uint32_t>(bytes[4 * i] | bytes[4 * i + 1] << 8 | bytes[4 * i + 2] << 16 |
                                 bytes[4 * i + 3] << 24);
  };
  const auto input_at = [&](uint32_t oy, uint32_t ox, uint32_t tap) -> int32_t {
    if (l.fully_connected()) {
      return static_cast<int8_t>(
          owned.in[in.offset(tap / (l.in_h * l.in_w), tap / l.in_w % l.in_h, tap % l.in_w)]);
    }
    const int64_t y = int64_t{oy} * l.stride - l.pad + tap / l.kw % l.kh;
    const int64_t x = int64_t{ox} * l.stride - l.pad + tap % l.kw;
    if (y < 0 || x < 0 || y >= l.in_h || x >= l.in_w) return 0;
    return static_cast<int8_t>(
        owned.in[in.offset(tap / (l.kh * l.kw), static_cast<uint32_t>(y), static_cast<uint32_t>(x))]);
  };
  std::vector<int8_t> cells(std::size_t{tiling.inputs} * l.hash_bits);
  for (uint32_t row = 0; row < tiling.inputs; ++row) {
    for (uint32_t j = 0; j < l.hash_bits; ++j)
      cells[std::size_t{row} * l.hash_bits + j] =
          projection_value(config.projection_seed, l.hash_layer, row, j);
  }
  std::vector<uint8_t> result(out.span_bytes(), 0);
  for (uint32_t sy = 0; sy < out.height; ++sy) {
    for (uint32_t sx = 0; sx < out.width; ++sx) {
      for (uint32_t corner = 0; corner < l.window(); ++corner) {
        const uint32_t oy = sy * l.pool_step() + corner / 2, ox = sx * l.pool_step() + corner % 2;
        std::vector<int64_t> sums(l.out_c, 0);
        for (uint32_t t = 0; t < tiling.tiles(); ++t) {
          uint64_t squares = 0;
          std::vector<int64_t> columns(l.hash_bits, 0);
          for (uint32_t i = tiling.begin(t); i < tiling.begin(t) + tiling.length(t); ++i) {
            const int32_t x = input_at(oy, ox, i);
            squares += static_cast<uint64_t>(x * x);
            for (uint32_t j = 0; j < l.hash_bits; ++j)
              columns[j] += x * cells[std::size_t{i} * l.hash_bits + j];
          }
          const NormCode norm = norm_of(squares, l.norm_shift).code;
          for (uint32_t m = 0; m < l.out_c; ++m) {
            uint32_t distance = 0;
            for (uint32_t j = 0; j < l.hash_bits; ++j) {
              const std::size_t bit = (std::size_t{m} * tiling.tiles() + t) * l.hash_bits + j;
              distance += (owned.weights[bit / 8] >> (bit % 8) & 1) != (columns[j] >= 0 ? 1 : 0);
            }
            const auto cosine = 2 * distance == l.hash_bits
                                    ? 0
                                    : static_cast<int32_t>(std::lround(
                                          16384 * std::cos(std::numbers::pi * distance / l.hash_bits)));
            const double exact = std::ldexp(static_cast<double>(norm_units(norm)) *
                                                norm_units(owned.norms[m * tiling.tiles() + t]) * cosine,
                                            -static_cast<int>(l.product_shift));
            sums[m] = std::clamp<int64_t>(sums[m] + static_cast<int64_t>(std::floor(exact + 0.5)), INT32_MIN,
                                          INT32_MAX);
          }
        }
        for (uint32_t m = 0; m < l.out_c; ++m) {
          const auto acc = static_cast<int32_t>(std::clamp<int64_t>(
              sums[m] + static_cast<int32_t>(word_at(owned.bias, m)), INT32_MIN, INT32_MAX));
          const auto y = static_cast<int8_t>(
              requantise(acc, {word_at(owned.mult, m), word_at(owned.shift, m)}, l.lo, l.hi));
          uint8_t& place = result[out.offset(m, sy, sx)];
          place = static_cast<uint8_t>(corner == 0 ? y : std::max(static_cast<int8_t>(place), y));
        }
      }
    }
  }
  return result;
}

void expect_random_layers_equal_naive(const Config& config, unsigned seed, int layers) {
  ASSERT_FALSE(find_config_fault(config));
  std::mt19937 random(seed);
  std::size_t most_tiles = 0;
  for (int done = 0; done < layers;) {
    const Layer layer = random_layer(config, random);
    if (layer.taps() * layer.patches() > 4000) continue;
    if (const auto fault = find_job_fault(config, layer)) {
      ASSERT_TRUE(fault->fault == Fault::kHashTile || fault->fault == Fault::kInputTooLarge)
          << fault->to_string();
      continue;
    }
    const OwnedJob owned = with_random_operands(config, layer, random);
    const Result result = run(config, owned.job(), kIdeal);
    ASSERT_FALSE(result.fault) << result.fault->to_string();
    ASSERT_EQ(result.output, naive_output(config, owned)) << "layer " << done;
    most_tiles = std::max(most_tiles, result.tiles.size());
    ++done;
  }
  EXPECT_GT(most_tiles, 1u) << "no job was folded";
}

TEST(DeepcamCore, RandomLayersEqualNaiveLoops) {
  Config config;
  config.rows = 64;
  expect_random_layers_equal_naive(config, 1, 40);
}

TEST(DeepcamCore, RandomLayersOnASmallArrayEqualNaiveLoops) {
  Config config;
  config.rows = 64;
  config.segments = 1;
  config.projection_seed = 77;
  config.crossbar_rows = 16;
  config.input_buffer_bytes = 1024;
  config.key_buffer_bytes = 16 * 1024;
  config.output_buffer_bytes = 1024;
  expect_random_layers_equal_naive(config, 2, 40);
}

TEST(DeepcamCore, RandomLayersFoldedOverThreeSegmentsEqualNaiveLoops) {
  Config config;
  config.rows = 128;
  config.segments = 3;
  config.output_buffer_bytes = 2048;
  expect_random_layers_equal_naive(config, 3, 30);
}

TEST(DeepcamCore, BothDataflowsGiveTheSameOutputs) {
  std::mt19937 random(4);
  Config config;
  config.rows = 64;
  for (int i = 0; i < 10; ++i) {
    Layer layer = random_layer(config, random);
    if (find_job_fault(config, layer)) continue;
    OwnedJob owned = with_random_operands(config, layer, random);
    owned.layer.dataflow = Layer::kActivationStationary;
    const Result as = run(config, owned.job(), kIdeal);
    owned.layer.dataflow = Layer::kWeightStationary;
    const Result ws = run(config, owned.job(), kIdeal);
    EXPECT_EQ(as.output, ws.output);
    EXPECT_EQ(as.product_saturations, ws.product_saturations);
    EXPECT_EQ(as.norm_saturations, ws.norm_saturations);
    EXPECT_EQ(as.actions.requantisations, ws.actions.requantisations);
  }
}

// Fact sheet: x = [.6012 .8383 .6859 .5712], y = [.9044 .5352 .8110 .9243]. Norms 1.36415 and 1.61754, in
// E4M3 1.375 and 1.625; distances 92, 112 and 132 of 1024 give 2.1460, 2.1038 and 2.0536.
TEST(DeepcamProduct, TheWorkedExampleOfTheFactSheet) {
  // 1.375 = 11/8, 1.625 = 13/8: mantissas 11 and 13, exponent field 7.
  constexpr NormCode kX = 7 * 8 + 3, kY = 7 * 8 + 5;
  EXPECT_EQ(norm_units(kX), 704u);  // 1.375 * 2^9
  EXPECT_EQ(norm_units(kY), 832u);
  const auto code_of = [](double norm) {  // norm in units of 2^-10, squared
    const auto scaled = static_cast<uint64_t>(std::llround(norm * 1024));
    return norm_of(scaled * scaled, 10).code;
  };
  EXPECT_EQ(code_of(1.36415), kX);
  EXPECT_EQ(code_of(1.61754), kY);

  const Cosine cosine(CosineUnit::kTable, 1024);
  const auto product = [&](uint32_t distance) {  // 32 - 20 = 12: y in units of 2^-20
    return std::ldexp(static_cast<double>(estimate(kX, kY, cosine[distance], 12)), -20);
  };
  EXPECT_NEAR(product(92), 2.1460, 1.2e-4);
  EXPECT_NEAR(product(112), 2.1038, 1.2e-4);
  EXPECT_NEAR(product(132), 2.0536, 1.2e-4);
  EXPECT_NEAR(1.36415 * 1.61754 * cosine[92] / kCosineOne, 2.1193, 1.2e-4) << "with exact norms";
  EXPECT_NEAR(1.36415 * 1.61754 * cosine[112] / kCosineOne, 2.0776, 1.2e-4);
  EXPECT_NEAR(1.36415 * 1.61754 * cosine[132] / kCosineOne, 2.0281, 1.2e-4);
}

// The same vectors in int8 through the whole path: E[HD] = 112.4 at k = 1024, sd 10.
TEST(DeepcamProduct, TheWorkedExampleThroughHashAndSearch) {
  const std::vector<int8_t> vectors{76, 106, 87, 72, 115, 68, 103, 117};  // times about 127
  double sum = 0;
  constexpr uint32_t kLayers = 200;
  for (uint32_t layer = 0; layer < kLayers; ++layer) {
    const Projection projection(1, layer, 4, 1024, kIdeal);
    std::vector<uint64_t> words(32);
    hash_vectors(projection, {4, 4}, vectors, 2, kIdeal, {}, words);
    for (std::size_t w = 0; w < 16; ++w) sum += std::popcount(words[w] ^ words[16 + w]);
  }
  EXPECT_NEAR(sum / kLayers, 112.4, 4 * 10.0 / std::sqrt(kLayers));
}

TEST(DeepcamProduct, RoundsHalfUpAndKeepsTheSign) {
  constexpr NormCode kOne = 7 * 8;  // 1.0
  EXPECT_EQ(estimate(kOne, kOne, kCosineOne, 32), 1);
  EXPECT_EQ(estimate(kOne, kOne, kCosineOne / 2, 32), 1) << "0.5 rounds up";
  EXPECT_EQ(estimate(kOne, kOne, kCosineOne / 2 - 1, 32), 0);
  EXPECT_EQ(estimate(kOne, kOne, -kCosineOne / 2, 32), 0) << "-0.5 rounds up, too";
  EXPECT_EQ(estimate(kOne, kOne, -kCosineOne / 2 - 1, 32), -1);
  EXPECT_EQ(estimate(kLargestNorm, kLargestNorm, kCosineOne, 32), 448 * 448);
  EXPECT_EQ(estimate(kLargestNorm, kLargestNorm, -kCosineOne, 1), -(int64_t{448 * 448} << 31));
  EXPECT_EQ(estimate(1, 1, kCosineOne, 14), 1) << "the smallest subnormals: 2^-18";
}

TEST(DeepcamCore, SaturationsAreCounted) {
  Config config;
  std::mt19937 random(5);
  Layer layer;
  layer.in_c = 4;
  layer.in_h = layer.in_w = 6;
  layer.kh = layer.kw = 3;
  layer.out_c = 5;
  layer.hi = 127;
  layer.norm_shift = 0;
  layer.product_shift = 2;
  complete_geometry(layer);
  OwnedJob owned = with_random_operands(config, layer, random);
  std::ranges::fill(owned.in, uint8_t{100});
  std::ranges::fill(owned.bias, uint8_t{0});  // every addition that clamps counts, the bias would be another
  for (const uint32_t dataflow : {0u, 1u}) {
    owned.layer.dataflow = dataflow;
    const Result result = run(config, owned.job(), kIdeal);
    EXPECT_EQ(result.norm_saturations, 16u) << "every patch has norm 600";
    EXPECT_EQ(result.product_saturations, 16u * 5);
    EXPECT_EQ(result.output, naive_output(config, owned));
  }
}

TEST(DeepcamCore, SenseNoiseChangesOutputsReproducibly) {
  Config config;
  config.noise.sense_sixteenths = 16 * 20;
  const Noise noise(config.noise, 1, "cam");
  std::mt19937 random(6);
  Layer layer;
  layer.in_c = 3;
  layer.in_h = layer.in_w = 8;
  layer.kh = layer.kw = 3;
  layer.out_c = 8;
  layer.hi = 127;
  layer.lo = -128;
  layer.product_shift = 30;
  complete_geometry(layer);
  const OwnedJob owned = with_random_operands(config, layer, random);
  const auto output = [&](uint32_t number) { return run(config, owned.job(number), noise).output; };
  EXPECT_EQ(output(1), output(1));
  EXPECT_NE(output(1), output(2)) << "another job, other draws";
  EXPECT_NE(output(1), run(config, owned.job(), kIdeal).output);
}

TEST(DeepcamCore, BadConstantsInMemoryAreNamed) {
  const Config config;
  std::mt19937 random(7);
  Layer layer;
  layer.kind = Layer::kFullyConnected;
  layer.in_c = 9;
  layer.out_c = 3;
  layer.hi = 127;
  complete_geometry(layer);
  const OwnedJob good = with_random_operands(config, layer, random);
  OwnedJob bad = good;
  bad.norms[2] = 127;
  Result result = run(config, bad.job(), kIdeal);
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->to_string(), "NORMS + 2 bytes = 127: must be an unsigned E4M3 number, 0 to 126");
  bad = good;
  bad.shift[4] = 63;
  result = run(config, bad.job(), kIdeal);
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->to_string(), "SHIFT + 4 bytes = 63: must be 1 to 62");
}

}  // namespace
}  // namespace ganglion::deepcam
