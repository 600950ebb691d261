#include "platform/base/fixed_point.h"

#include <ganglion_vectors.h>
#include <gtest/gtest.h>

#include <limits>

namespace ganglion {
namespace {

TEST(FixedPoint, RequantiseAgreesWithTheSharedVectors) {
  ASSERT_GT(GANGLION_REQUANTISE_VECTOR_COUNT, 1000);
  for (const auto& v : ganglion_requantise_vectors) {
    EXPECT_EQ(requantise(v.acc, {v.mult, v.shift}, v.lo, v.hi), v.expected)
        << "acc " << v.acc << " M " << v.mult << " s " << v.shift << " range " << v.lo << ".." << v.hi;
  }
}

TEST(FixedPoint, SaturateAgreesWithTheSharedVectors) {
  ASSERT_GT(GANGLION_SATURATE_VECTOR_COUNT, 50);
  for (const auto& v : ganglion_saturate_vectors) {
    EXPECT_EQ(saturate(v.value, static_cast<int>(v.bits)), v.expected)
        << v.value << " in " << v.bits << " bits";
  }
}

TEST(FixedPoint, RequantiseRoundsHalfUpOnBothSidesOfZero) {
  const Requantisation half{1, 1};
  EXPECT_EQ(requantise(1, half, -128, 127), 1);    // 0.5 -> 1
  EXPECT_EQ(requantise(-1, half, -128, 127), 0);   // -0.5 -> 0
  EXPECT_EQ(requantise(-3, half, -128, 127), -1);  // -1.5 -> -1
}

TEST(FixedPoint, LowerBoundZeroIsRelu) {
  const Requantisation one{1u << 30, 30};
  for (int acc = -300; acc <= 300; ++acc) {
    EXPECT_EQ(requantise(acc, one, 0, 127), std::clamp(acc, 0, 127));
  }
}

TEST(FixedPoint, RequantiseNeverOverflows) {
  constexpr uint32_t kLargest = (1u << 31) - 1;
  // (2^31 - 1)^2 + 2^61 and its mirror stay inside int64.
  EXPECT_EQ(requantise(std::numeric_limits<int32_t>::max(), {kLargest, 62}, -128, 127), 1);
  EXPECT_EQ(requantise(std::numeric_limits<int32_t>::min(), {kLargest, 62}, -128, 127), -1);
}

TEST(FixedPoint, ElementsTakeOneByteUpToEightBits) {
  EXPECT_EQ(element_bytes(4), 1);
  EXPECT_EQ(element_bytes(8), 1);
  EXPECT_EQ(element_bytes(9), 2);
  EXPECT_EQ(element_bytes(16), 2);
}

}  // namespace
}  // namespace ganglion
