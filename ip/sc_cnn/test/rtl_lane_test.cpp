#include <gtest/gtest.h>

#include <memory>

#include "VScMvmSerial_model.h"
#include "VScMvm_model.h"
#include "ganglion_vectors.h"
#include "ip/sc_cnn/model/multiplier.h"

// The arithmetic of the RTL alone: products of one lane over all operands.

namespace ganglion::sc_cnn {
namespace {

constexpr int kBits = 8, kAccumulatorMax = 12;

/// One MVM of one lane, N = 8, without platform and bench.
template <class Model>
class Lane {
 public:
  Lane() {
    dut_.low = 1 << (kAccumulatorMax - 1);  // the lowest, as bits
    dut_.high = (1 << (kAccumulatorMax - 1)) - 1;
  }
  /// Adds a product to the accumulator, which is cleared before when asked; its rows.
  int add(int32_t x, uint32_t count, bool negative, bool clear) {
    dut_.clear = clear;
    dut_.load = dut_.load_operand = 1;
    dut_.count_in = static_cast<uint8_t>(count);
    dut_.negative_in = negative;
    dut_.operands = static_cast<uint8_t>(to_offset_binary(x, kBits));
    dut_.run = 0;
    tick();
    dut_.clear = dut_.load = dut_.load_operand = 0;
    dut_.run = 1;
    int rows = 0;
    for (bool last = false; !last; ++rows) {
      dut_.eval();
      last = dut_.last;
      tick();
    }
    dut_.run = 0;
    return rows;
  }
  [[nodiscard]] int32_t accumulator() const {
    return static_cast<int32_t>(static_cast<uint32_t>(dut_.acc) << (32 - kAccumulatorMax)) >>
           (32 - kAccumulatorMax);
  }

 private:
  void tick() {
    dut_.clk = 0;
    dut_.eval();
    dut_.clk = 1;
    dut_.eval();
  }
  VerilatedContext context_;
  Model dut_{&context_};
};

template <class Model>
void expect_all_products(int parallel_log2) {
  auto lane = std::make_unique<Lane<Model>>();
  for (int32_t x = -128; x < 128; ++x) {
    for (uint32_t k = 0; k <= 128; ++k) {
      for (const bool negative : {false, true}) {
        const int rows = lane->add(x, k, negative, true);
        ASSERT_EQ(lane->accumulator(), signed_product(x, k, negative, kBits))
            << x << " * " << k << (negative ? " < 0" : "");
        ASSERT_EQ(static_cast<uint32_t>(rows), mac_cycles(k, parallel_log2, false));
      }
    }
  }
}

TEST(ScCnnRtlLane, EightBitsACycleGiveEveryProduct) { expect_all_products<VScMvm>(3); }
TEST(ScCnnRtlLane, OneBitACycleGivesEveryProduct) { expect_all_products<VScMvmSerial>(0); }

TEST(ScCnnRtlLane, SharedVectors) {
  Lane<VScMvm> lane;
  int tested = 0;
  for (const auto& v : ganglion_sc_product_vectors) {
    if (v.bits != kBits) continue;
    lane.add(v.x, v.k, v.w < 0, true);
    EXPECT_EQ(lane.accumulator(), v.product) << v.x << " * " << v.w << " at " << v.weight_bits << " bits";
    ++tested;
  }
  EXPECT_GE(tested, 90);
}

TEST(ScCnnRtlLane, ClampsAtTheEndOfAProduct) {
  Lane<VScMvm> lane;
  lane.add(127, 120, false, true);
  for (int i = 1; i < 40; ++i) lane.add(127, 120, false, false);
  EXPECT_EQ(lane.accumulator(), 2047);
  lane.add(127, 128, true, false);
  EXPECT_EQ(lane.accumulator(), 2047 + signed_product(127, 128, true, kBits));
}

}  // namespace
}  // namespace ganglion::sc_cnn
