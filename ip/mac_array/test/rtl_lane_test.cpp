#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "VMacMvm_model.h"

// The binary lane in RTL: every product, and sums at the rails.

namespace ganglion::mac_array {
namespace {

constexpr int kAccumulatorBits = 20;

class MacLaneRtl : public testing::Test {
 protected:
  /// Adds x * w to the accumulator, which is cleared before when asked; whether it clamped.
  bool add(int x, int w, bool clear) {
    dut_.clear = clear;
    dut_.load = dut_.load_operand = 1;
    dut_.weight_in = static_cast<uint8_t>(w);
    dut_.operands = static_cast<uint8_t>(x);
    dut_.run = 0;
    tick();
    dut_.clear = dut_.load = dut_.load_operand = 0;
    dut_.run = 1;
    dut_.eval();
    const bool clamped = dut_.clamped != 0;
    tick();
    dut_.run = 0;
    return clamped;
  }
  [[nodiscard]] int accumulator() const {
    constexpr int kUp = 32 - kAccumulatorBits;
    return static_cast<int>(static_cast<uint32_t>(dut_.acc) << kUp) >> kUp;
  }

 private:
  void tick() {
    dut_.clk = 0;
    dut_.eval();
    dut_.clk = 1;
    dut_.eval();
  }
  VerilatedContext context_;
  VMacMvm dut_{&context_};
};

TEST_F(MacLaneRtl, GivesEveryProduct) {
  for (int x = -128; x < 128; ++x) {
    for (int w = -128; w < 128; ++w) {
      EXPECT_FALSE(add(x, w, true));
      ASSERT_EQ(accumulator(), x * w) << x << " * " << w;
    }
  }
}

TEST_F(MacLaneRtl, SaturatesAtTheRails) {
  std::mt19937 random(1);
  constexpr int kRail = 1 << (kAccumulatorBits - 1);
  int expected = 0, clamps = 0;
  add(0, 0, true);
  for (int i = 0; i < 3000; ++i) {
    const int x = static_cast<int>(random() % 128) * (i / 500 % 2 != 0 ? -1 : 1), w = 127;
    const int sum = expected + x * w;
    expected = std::clamp(sum, -kRail, kRail - 1);
    ASSERT_EQ(add(x, w, false), sum != expected);
    ASSERT_EQ(accumulator(), expected);
    clamps += sum != expected;
  }
  EXPECT_GE(clamps, 500);
}

}  // namespace
}  // namespace ganglion::mac_array
