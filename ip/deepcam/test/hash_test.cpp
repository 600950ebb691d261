#include "ip/deepcam/model/hash.h"

#include <gtest/gtest.h>

#include <bit>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

#include "ip/deepcam/model/normal_table.h"

namespace ganglion::deepcam {
namespace {

const Noise kIdeal({}, 1, "cam");

std::vector<int8_t> random_vector(std::mt19937& random, std::size_t length) {
  std::vector<int8_t> vector(length);
  for (int8_t& x : vector) x = static_cast<int8_t>(random());
  return vector;
}

uint32_t distance(std::span<const uint64_t> a, std::span<const uint64_t> b) {
  int sum = 0;
  for (std::size_t w = 0; w < a.size(); ++w) sum += std::popcount(a[w] ^ b[w]);
  return static_cast<uint32_t>(sum);
}

TEST(DeepcamProjection, TheTableIsTheNormalDistribution) {
  double squares = 0;
  for (std::size_t i = 0; i < 256; ++i) {
    EXPECT_EQ(kNormalTable[i], -kNormalTable[255 - i]);
    EXPECT_GE(kNormalTable[i], kNormalTable[i == 0 ? 0 : i - 1]);
    // Phi(T/32) must come back to the step it stands for, up to the rounding of T.
    const double back = 0.5 * std::erfc(-kNormalTable[i] / 32.0 / std::numbers::sqrt2);
    EXPECT_NEAR(back, (static_cast<double>(i) + 0.5) / 256, 0.5 / 32 * 0.4);
    squares += kNormalTable[i] * kNormalTable[i];
  }
  EXPECT_EQ(kNormalTable[255], 92);
  EXPECT_NEAR(squares / 256 / 1024, 0.999, 0.001);
}

TEST(DeepcamProjection, AnElementIsItsPhiloxByte) {
  const uint64_t seed = 0x123456789abcdef0;
  const auto words = philox4x32({5, 77, 3, 0x4D414344}, {0x9abcdef0, 0x12345678});
  for (uint32_t i = 0; i < 16; ++i) {
    const auto byte = static_cast<uint8_t>(words[i / 4] >> (8 * (i % 4)));
    EXPECT_EQ(projection_value(seed, 3, 77, 80 + i), kNormalTable[byte]);
  }
}

TEST(DeepcamHash, ColumnSumsAreExactOnEveryKernelAndForEveryShape) {
  std::mt19937 random(1);
  for (const uint32_t inputs : {1u, 2u, 3u, 25u, 150u, 401u}) {
    for (const std::size_t count : {1u, 2u, 3u, 4u, 7u}) {
      const Projection projection(1, 2, inputs, 256, kIdeal);
      const auto x = random_vector(random, inputs * count);
      const uint32_t begin = inputs > 20 ? 16 : 0, rows = inputs - begin;
      std::vector<int32_t> fast(count * 256), portable(count * 256);
      projection.column_sums(x, inputs, count, begin, rows, fast);
      projection.column_sums(x, inputs, count, begin, rows, portable, Projection::Kernel::kPortable);
      EXPECT_EQ(fast, portable);
      for (std::size_t v = 0; v < count; ++v) {
        for (uint32_t column = 0; column < 256; ++column) {
          int32_t sum = 0;
          for (uint32_t row = begin; row < inputs; ++row)
            sum += x[v * inputs + row] * projection_value(1, 2, row, column);
          ASSERT_EQ(fast[v * 256 + column], sum) << inputs << " inputs, vector " << v;
        }
      }
    }
  }
}

TEST(DeepcamHash, ABitIsOneWhenTheSumIsNotNegative) {
  std::mt19937 random(2);
  const Projection projection(1, 0, 30, 512, kIdeal);
  const auto x = random_vector(random, 30);
  std::vector<uint64_t> words(8);
  hash_vectors(projection, {30, 30}, x, 1, kIdeal, {}, words);
  std::vector<int32_t> sums(512);
  projection.column_sums(x, 30, 1, 0, 30, sums);
  for (uint32_t j = 0; j < 512; ++j) EXPECT_EQ(words[j / 64] >> (j % 64) & 1, sums[j] >= 0 ? 1u : 0u);

  const std::vector<int8_t> zero(30, 0);
  hash_vectors(projection, {30, 30}, zero, 1, kIdeal, {}, words);
  EXPECT_EQ(words, std::vector<uint64_t>(8, ~uint64_t{0})) << "a sum of 0 gives a 1";
}

TEST(DeepcamHash, ATileIsHashedByItsRowsOfTheProjection) {
  std::mt19937 random(3);
  constexpr uint32_t kInputs = 53;
  const HashTiling tiling{kInputs, 16};
  ASSERT_EQ(tiling.tiles(), 4u);
  EXPECT_EQ(tiling.length(3), 5u);
  const Projection projection(1, 4, kInputs, 256, kIdeal);
  const auto x = random_vector(random, kInputs * 2);
  std::vector<uint64_t> tiled(2 * 4 * 4);
  hash_vectors(projection, tiling, x, 2, kIdeal, {}, tiled);
  for (std::size_t v = 0; v < 2; ++v) {
    for (uint32_t tile = 0; tile < 4; ++tile) {
      std::vector<int8_t> masked(kInputs, 0);  // the tile's elements, everything else 0
      for (uint32_t i = 0; i < tiling.length(tile); ++i)
        masked[tiling.begin(tile) + i] = x[v * kInputs + tiling.begin(tile) + i];
      std::vector<uint64_t> expected(4);
      hash_vectors(projection, {kInputs, kInputs}, masked, 1, kIdeal, {}, expected);
      EXPECT_TRUE(std::equal(expected.begin(), expected.end(), &tiled[(v * 4 + tile) * 4]));
    }
  }
}

// C5: the distance of two vectors at angle theta is Binomial(k, theta/pi). Projections of many layers are the
// independent draws; chi-square over up to 20 bins of about equal probability.
TEST(DeepcamHash, HammingDistanceFollowsTheBinomialLaw) {
  constexpr uint32_t kInputs = 128;
  for (const uint32_t bits : {256u, 1024u}) {
    for (const double degrees : {30.0, 60.0, 90.0, 135.0}) {
      std::mt19937 random(static_cast<unsigned>(degrees));
      std::normal_distribution<double> normal;
      std::vector<double> a(kInputs), b(kInputs);
      for (double& x : a) x = normal(random);
      for (double& x : b) x = normal(random);
      const double aa = std::inner_product(a.begin(), a.end(), a.begin(), 0.0);
      const double ab = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
      for (uint32_t i = 0; i < kInputs; ++i) b[i] -= ab / aa * a[i];
      const double bb = std::inner_product(b.begin(), b.end(), b.begin(), 0.0);
      const double angle = degrees * std::numbers::pi / 180;
      std::vector<int8_t> x(2 * kInputs);
      for (uint32_t i = 0; i < kInputs; ++i) {
        x[i] = static_cast<int8_t>(std::lround(40 * a[i] / std::sqrt(aa / kInputs)));
        x[kInputs + i] =
            static_cast<int8_t>(std::lround(40 * (std::cos(angle) * a[i] / std::sqrt(aa / kInputs) +
                                                  std::sin(angle) * b[i] / std::sqrt(bb / kInputs))));
      }
      double xx = 0, yy = 0, xy = 0;  // the angle after rounding to int8
      for (uint32_t i = 0; i < kInputs; ++i) {
        xx += x[i] * x[i];
        yy += x[kInputs + i] * x[kInputs + i];
        xy += x[i] * x[kInputs + i];
      }
      const boost::math::binomial law(bits, std::acos(xy / std::sqrt(xx * yy)) / std::numbers::pi);

      constexpr int kDraws = 1000, kBins = 20;
      std::vector<uint32_t> upper;  // largest distance of each bin
      for (int bin = 1; bin < kBins; ++bin)
        upper.push_back(static_cast<uint32_t>(quantile(law, static_cast<double>(bin) / kBins)));
      upper.erase(std::unique(upper.begin(), upper.end()), upper.end());  // a narrow law has fewer quantiles
      upper.push_back(bits);
      const std::size_t bins = upper.size();
      std::vector<double> observed(bins), expected(bins);
      double below = 0;
      for (std::size_t bin = 0; bin < bins; ++bin) {
        const double up_to = cdf(law, upper[bin]);
        expected[bin] = kDraws * (up_to - below);
        below = up_to;
      }
      std::vector<uint64_t> words(2 * bits / 64);
      for (uint32_t layer = 0; layer < kDraws; ++layer) {
        const Projection projection(5, layer, kInputs, bits, kIdeal);
        hash_vectors(projection, {kInputs, kInputs}, x, 2, kIdeal, {}, words);
        const uint32_t h = distance(std::span(words).first(bits / 64), std::span(words).last(bits / 64));
        const auto bin = static_cast<std::size_t>(std::ranges::lower_bound(upper, h) - upper.begin());
        ++observed[bin];
      }
      double chi_square = 0;
      for (std::size_t bin = 0; bin < bins; ++bin)
        chi_square += (observed[bin] - expected[bin]) * (observed[bin] - expected[bin]) / expected[bin];
      // Eight tests at fixed seeds: a p-value below 1e-4 would mean another law.
      const double p = cdf(complement(boost::math::chi_squared(static_cast<double>(bins - 1)), chi_square));
      EXPECT_GT(p, 1e-4) << bits << " bits, " << degrees << " degrees, chi-square " << chi_square;
      RecordProperty("p_" + std::to_string(bits) + "_" + std::to_string(static_cast<int>(degrees)),
                     std::to_string(p));
    }
  }
}

TEST(DeepcamHash, ConductanceVariationFlipsBitsNearTheThresholdOnly) {
  std::mt19937 random(6);
  NoiseLevels levels;
  levels.conductance_sixteenths = 16 * 4;  // 4 LSB of cells whose sd is 32
  const Noise varied(levels, 1, "cam"), elsewhere(levels, 1, "another");
  const auto x = random_vector(random, 300);
  const auto hash_by = [&](const Noise& noise) {
    std::vector<uint64_t> words(16);
    hash_vectors(Projection(1, 0, 300, 1024, noise), {300, 300}, x, 1, noise, {}, words);
    return words;
  };
  const auto ideal = hash_by(kIdeal), real = hash_by(varied);
  EXPECT_EQ(real, hash_by(Noise(levels, 1, "cam"))) << "the same device twice";
  EXPECT_NE(real, hash_by(elsewhere));
  // The varied column is the ideal one turned by atan(4/31.8): expected share of flips 0.0398.
  EXPECT_NEAR(distance(ideal, real) / 1024.0, 0.0398, 5 * std::sqrt(0.0398 / 1024));
}

TEST(DeepcamHash, ReadNoiseIsReproducibleAndDiffersBetweenJobs) {
  std::mt19937 random(7);
  NoiseLevels levels;
  levels.read = 5000;
  const Noise noise(levels, 1, "cam");
  const Projection projection(1, 0, 64, 1024, noise);
  const auto x = random_vector(random, 64 * 3);
  const auto hash_in = [&](uint32_t job) {
    std::vector<uint64_t> words(3 * 16);
    hash_vectors(projection, {64, 64}, x, 3, noise, {job, 0}, words);
    return words;
  };
  EXPECT_EQ(hash_in(1), hash_in(1));
  EXPECT_NE(hash_in(1), hash_in(2));
  // Vectors hashed one by one meet the same noise.
  std::vector<uint64_t> third(16);
  hash_vectors(projection, {64, 64}, std::span(x).subspan(128), 1, noise, {1, 2}, third);
  EXPECT_TRUE(std::equal(third.begin(), third.end(), hash_in(1).begin() + 32));
}

TEST(DeepcamProjection, TheStoreGivesWhatWasAskedFor) {
  ProjectionStore store(9);
  const auto first = store.get(1, 10, 256, kIdeal);
  EXPECT_EQ(store.get(1, 10, 256, kIdeal), first);
  EXPECT_NE(store.get(2, 10, 256, kIdeal), first);
  EXPECT_EQ(store.get(1, 10, 512, kIdeal)->bits(), 512u);
  for (uint32_t layer = 10; layer < 60; ++layer) EXPECT_EQ(store.get(layer, 10, 256, kIdeal)->inputs(), 10u);
}

}  // namespace
}  // namespace ganglion::deepcam
