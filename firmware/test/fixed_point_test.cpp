#include <ganglion/fixed_point.h>
#include <ganglion_vectors.h>
#include <gtest/gtest.h>

namespace {

TEST(FirmwareFixedPoint, RequantiseAgreesWithTheSharedVectors) {
  static_assert(GANGLION_REQUANTISE_VECTOR_COUNT > 1000);
  for (const auto& v : ganglion_requantise_vectors) {
    ASSERT_EQ(gn_requantise(v.acc, v.mult, v.shift, v.lo, v.hi), v.expected)
        << "acc " << v.acc << ", M " << v.mult << ", s " << v.shift << ", clamp " << v.lo << ".." << v.hi;
  }
}

TEST(FirmwareFixedPoint, AddRequantisedAgreesWithTheSharedVectors) {
  static_assert(GANGLION_ADD_REQUANTISED_VECTOR_COUNT > 1000);
  for (const auto& v : ganglion_add_requantised_vectors) {
    ASSERT_EQ(gn_add_requantised(v.a, v.b, v.mult_a, v.mult_b, v.shift, v.lo, v.hi), v.expected)
        << v.a << " * " << v.mult_a << " + " << v.b << " * " << v.mult_b << ", s " << v.shift;
  }
}

TEST(FirmwareFixedPoint, SaturateAgreesWithTheSharedVectors) {
  static_assert(GANGLION_SATURATE_VECTOR_COUNT > 50);
  for (const auto& v : ganglion_saturate_vectors) {
    ASSERT_EQ(gn_saturate(v.value, v.bits), v.expected) << v.value << " to " << v.bits << " bits";
  }
}

TEST(FirmwareFixedPoint, RequantiseNeverDecreasesSoThatAPoolMayComeFirst) {
  for (const auto& v : ganglion_requantise_vectors) {
    if (v.acc == INT32_MAX) continue;
    ASSERT_LE(gn_requantise(v.acc, v.mult, v.shift, v.lo, v.hi),
              gn_requantise(v.acc + 1, v.mult, v.shift, v.lo, v.hi));
  }
}

}  // namespace
