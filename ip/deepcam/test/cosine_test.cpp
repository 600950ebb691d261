#include "ip/deepcam/model/cosine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace ganglion::deepcam {
namespace {

constexpr uint32_t kLengths[] = {256, 512, 768, 1024};

TEST(DeepcamCosine, IsAntisymmetricAroundARightAngle) {
  for (const CosineUnit unit : {CosineUnit::kTable, CosineUnit::kPiecewiseLinear}) {
    for (const uint32_t bits : kLengths) {
      const Cosine cosine(unit, bits);
      EXPECT_EQ(cosine[0], kCosineOne);
      EXPECT_EQ(cosine[bits / 2], 0);
      EXPECT_EQ(cosine[bits], -kCosineOne);
      for (uint32_t h = 0; h <= bits; ++h) ASSERT_EQ(cosine[bits - h], -cosine[h]) << bits << ", " << h;
    }
  }
}

TEST(DeepcamCosine, TheTableIsWithinHalfAnLsbAndFarFromTies) {
  for (const uint32_t bits : kLengths) {
    const Cosine cosine(CosineUnit::kTable, bits);
    for (uint32_t h = 0; h < bits / 2; ++h) {
      const double exact = kCosineOne * std::cos(std::numbers::pi * h / bits);
      ASSERT_LE(std::abs(cosine[h] - exact), 0.5);
      // Another library's cosine, an ulp off, must not round otherwise.
      if (h == 0) continue;
      ASSERT_GT(std::abs(exact - std::floor(exact) - 0.5), 1e-6) << bits << ", " << h;
    }
  }
}

TEST(DeepcamCosine, ChordsFallMonotonicallyAndStayWithinTheirBound) {
  for (const uint32_t bits : kLengths) {
    const Cosine chords(CosineUnit::kPiecewiseLinear, bits), table(CosineUnit::kTable, bits);
    int32_t worst = 0;
    for (uint32_t h = 0; h <= bits; ++h) {
      worst = std::max(worst, std::abs(chords[h] - table[h]));
      ASSERT_LE(chords[h], chords[h == 0 ? 0 : h - 1]);
    }
    // A chord over an arc of pi/16 is off by 1 - cos(pi/32) = 0.0048 of the radius.
    EXPECT_LE(worst, 81) << bits;
    EXPECT_GE(worst, 70) << bits;
  }
}

}  // namespace
}  // namespace ganglion::deepcam
