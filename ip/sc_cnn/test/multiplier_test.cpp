#include "ip/sc_cnn/model/multiplier.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace ganglion::sc_cnn {
namespace {

TEST(ScMultiplier, GoldenProductsOfTheFactSheet) {
  struct Golden {
    int32_t x, w, product;
    uint32_t cycles;
  };
  for (const Golden& g : {Golden{100, 57, 45, 57},
                          {-128, -128, 128, 128},
                          {127, 127, 127, 127},
                          {-1, 1, -1, 1},
                          {64, -64, -32, 64},
                          {-77, 33, -21, 33},
                          {5, -3, -1, 3},
                          {127, -128, -128, 128}}) {
    EXPECT_EQ(product(g.x, g.w, 8), g.product) << g.x << " * " << g.w;
    EXPECT_EQ(mac_cycles(counter_start(g.w, 8, 8), 0, true), g.cycles) << g.w;
  }
}

TEST(ScMultiplier, ClosedFormEqualsTheStreamForAllOperands) {
  for (int n = kMinOperandBits; n <= kMaxOperandBits; ++n) {
    for (uint32_t x = 0; x < 1u << n; ++x) {
      uint32_t ones = 0;  // the stream, run once over all counts
      for (uint32_t k = 0; k < 1u << n; ++k) {
        if (k > 0) ones += stream_bit(x, k, n);
        ASSERT_EQ(closed_product(x, k, n), ones) << "N=" << n << " x=" << x << " k=" << k;
      }
    }
  }
}

TEST(ScMultiplier, StreamProductCountsTheSelectedBits) {
  // N=4, x=1010: bits x3 x2 x3 x1 x3 x2 x3 x0 = 1 0 1 1 1 0 1 0.
  const uint32_t prefix[] = {0, 1, 1, 2, 3, 4, 4, 5, 5};
  for (uint32_t k = 0; k <= 8; ++k) EXPECT_EQ(stream_product(0b1010, k, 4), prefix[k]);
  EXPECT_EQ(stream_bit(0b1111, 16, 4), 0u) << "nothing is selected at t = 2^N";
}

TEST(ScMultiplier, EveryBitParallelFormEqualsTheSerialOne) {
  for (int n = kMinOperandBits; n <= 9; ++n) {
    for (int m = 0; m <= 5 && m <= n - 1; ++m) {
      for (uint32_t x = 0; x < 1u << n; ++x) {
        for (uint32_t k = 0; k <= 1u << (n - 1); ++k) {
          ASSERT_EQ(row_product(x, k, n, m), closed_product(x, k, n))
              << "N=" << n << " b=" << (1 << m) << " x=" << x << " k=" << k;
        }
      }
    }
  }
}

TEST(ScMultiplier, IsNotCommutative) {
  int differing = 0, largest = 0;
  for (int32_t x = -128; x < 128; ++x) {
    for (int32_t w = -128; w < 128; ++w) {
      const int difference = std::abs(product(x, w, 8) - product(w, x, 8));
      differing += difference != 0;
      largest = std::max(largest, difference);
    }
  }
  EXPECT_EQ(differing, 38624);
  EXPECT_EQ(largest, 2);
}

TEST(ScMultiplier, DynamicPrecisionShortensTheCountAndKeepsTheValue) {
  EXPECT_EQ(counter_start(-100, 8, 8), 100u);
  EXPECT_EQ(counter_start(-100, 8, 6), 25u);
  EXPECT_EQ(counter_start(-128, 8, 5), 16u);
  EXPECT_EQ(counter_start(3, 8, 5), 0u);
  EXPECT_EQ(counter_start(4, 8, 5), 1u) << "rounds half up";
  for (int n_w = 2; n_w <= 8; ++n_w) {
    for (int32_t w = -128; w < 128; ++w) {
      const uint32_t k = counter_start(w, 8, n_w);
      EXPECT_LE(k, 1u << (n_w - 1));
      EXPECT_NEAR(static_cast<double>(k << (8 - n_w)), std::abs(w), (1 << (8 - n_w)) / 2.0);
    }
  }
}

TEST(ScMultiplier, CyclesOfAProduct) {
  EXPECT_EQ(mac_cycles(0, 3, true), 0u);
  EXPECT_EQ(mac_cycles(0, 3, false), 1u);
  EXPECT_EQ(mac_cycles(1, 3, false), 1u);
  EXPECT_EQ(mac_cycles(8, 3, false), 1u);
  EXPECT_EQ(mac_cycles(9, 3, false), 2u);
  EXPECT_EQ(mac_cycles(128, 5, true), 4u);
}

TEST(ScMultiplier, TableHoldsTheClosedForm) {
  for (const int n : {4, 8, 10}) {
    const ProductTable& table = ProductTable::of(n);
    for (uint32_t k = 0; k <= 1u << (n - 1); ++k) {
      for (int32_t x = -(1 << (n - 1)); x < 1 << (n - 1); ++x) {
        ASSERT_EQ(table.row(k)[to_offset_binary(x, n)], signed_product(x, k, false, n));
      }
    }
  }
}

}  // namespace
}  // namespace ganglion::sc_cnn
