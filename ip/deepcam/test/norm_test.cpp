#include "ip/deepcam/model/norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ganglion::deepcam {
namespace {

/// Value of a code by the definition of E4M3.
long double value_of(uint32_t code) {
  const uint32_t exponent = code / 8, mantissa = code % 8;
  return exponent == 0 ? std::ldexp(static_cast<long double>(mantissa), -9)
                       : std::ldexp(8.0L + mantissa, static_cast<int>(exponent) - 10);
}

/// Nearest code, ties to even, by searching all codes.
uint32_t nearest_code(long double norm) {
  uint32_t best = 0;
  for (uint32_t code = 1; code <= kLargestNorm; ++code) {
    const long double now = std::abs(value_of(code) - norm), before = std::abs(value_of(best) - norm);
    if (now < before || (now == before && code % 2 == 0)) best = code;
  }
  return best;
}

TEST(DeepcamNorm, UnitsAreTheValuesOfE4M3) {
  for (uint32_t code = 0; code <= kLargestNorm; ++code) {
    EXPECT_EQ(std::ldexp(static_cast<long double>(norm_units(static_cast<NormCode>(code))), -9),
              value_of(code));
  }
  EXPECT_EQ(value_of(kLargestNorm), 448.0L);
}

// Rounding changes only where the sum of squares passes a squared midpoint: all sums beside one, at all
// shifts.
TEST(DeepcamNorm, RoundsEverySumBesideAMidpointToTheNearestEven) {
  for (uint32_t shift = 0; shift <= kMaxNormShift; ++shift) {
    for (uint32_t code = 0; code < kLargestNorm; ++code) {
      const long double midpoint =
          (value_of(code) + value_of(code + 1)) / 2 * std::ldexp(1.0L, static_cast<int>(shift));
      const auto around = static_cast<int64_t>(std::floor(midpoint * midpoint));
      if (around >= int64_t{1} << 40) continue;
      for (int64_t sum = std::max<int64_t>(0, around - 2); sum <= around + 2; ++sum) {
        const long double norm =
            std::sqrt(static_cast<long double>(sum)) / std::ldexp(1.0L, static_cast<int>(shift));
        const Norm rounded = norm_of(static_cast<uint64_t>(sum), shift);
        ASSERT_EQ(rounded.code, nearest_code(norm)) << "sum " << sum << ", shift " << shift;
        ASSERT_FALSE(rounded.saturated);
      }
    }
  }
}

TEST(DeepcamNorm, RoundsEverySmallSum) {
  for (uint32_t shift = 0; shift <= 6; ++shift) {
    for (uint64_t sum = 0; sum < 20000; ++sum) {
      const long double norm =
          std::sqrt(static_cast<long double>(sum)) / std::ldexp(1.0L, static_cast<int>(shift));
      ASSERT_EQ(norm_of(sum, shift).code, nearest_code(norm)) << "sum " << sum << ", shift " << shift;
    }
  }
}

TEST(DeepcamNorm, TiesGoToTheEvenCode) {
  // 17 lies between 16 (code 0x58) and 18 (0x59), 19 between 18 and 20 (0x5A).
  EXPECT_EQ(norm_of(17 * 17, 0).code, 0x58);
  EXPECT_EQ(norm_of(19 * 19, 0).code, 0x5A);
  EXPECT_EQ(norm_of(17 * 17 + 1, 0).code, 0x59);
}

TEST(DeepcamNorm, SaturatesAboveTheMidpointTo480) {
  EXPECT_EQ(norm_of(464 * 464, 0).code, kLargestNorm);
  EXPECT_FALSE(norm_of(464 * 464, 0).saturated) << "the tie goes to the even 448";
  EXPECT_TRUE(norm_of(464 * 464 + 1, 0).saturated);
  EXPECT_EQ(norm_of(464 * 464 + 1, 0).code, kLargestNorm);
  EXPECT_TRUE(norm_of(uint64_t{128} * 128 * 4608, 4).saturated);
  EXPECT_FALSE(norm_of(uint64_t{128} * 128 * 4608, 5).saturated) << "8,689 / 32 = 271.5";
}

TEST(DeepcamNorm, SumsOfSquaresAreExact) {
  const std::vector<int8_t> extreme(200'000, -128);
  EXPECT_EQ(sum_of_squares(extreme), uint64_t{200'000} * 16384);
  EXPECT_EQ(sum_of_squares(std::vector<int8_t>{3, -4, 12}), 169u);
}

}  // namespace
}  // namespace ganglion::deepcam
