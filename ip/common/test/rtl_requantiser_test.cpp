#include <gtest/gtest.h>

#include "VRequantiser_model.h"
#include "ganglion_vectors.h"

// Requantisation in RTL by the shared vectors.

namespace ganglion::layers {
namespace {

TEST(RequantiserRtl, SharedVectors) {
  VerilatedContext context;
  VRequantiser dut(&context);
  for (const auto& v : ganglion_requantise_vectors) {
    dut.acc = static_cast<uint32_t>(v.acc);
    dut.bias = 0;
    dut.multiplier = v.mult;
    dut.shift = static_cast<uint8_t>(v.shift);
    dut.low = static_cast<uint32_t>(v.lo);
    dut.high = static_cast<uint32_t>(v.hi);
    for (int stage = 0; stage < 3; ++stage) {
      dut.clk = 0;
      dut.eval();
      dut.clk = 1;
      dut.eval();
    }
    ASSERT_EQ(static_cast<int32_t>(dut.value), v.expected) << v.acc << " * " << v.mult << " >> " << v.shift;
  }
}

TEST(RequantiserRtl, BiasSaturates) {
  VerilatedContext context;
  VRequantiser dut(&context);
  const auto value = [&](int32_t acc, int32_t bias) {
    dut.acc = static_cast<uint32_t>(acc);
    dut.bias = static_cast<uint32_t>(bias);
    dut.multiplier = 1u << 30;
    dut.shift = 30;
    dut.low = static_cast<uint32_t>(INT32_MIN);
    dut.high = static_cast<uint32_t>(INT32_MAX);
    for (int stage = 0; stage < 3; ++stage) {
      dut.clk = 0;
      dut.eval();
      dut.clk = 1;
      dut.eval();
    }
    return static_cast<int32_t>(dut.value);
  };
  EXPECT_EQ(value(500, INT32_MAX), INT32_MAX);
  EXPECT_EQ(value(-500, INT32_MIN), INT32_MIN);
  EXPECT_EQ(value(500, INT32_MIN), INT32_MIN + 500);
}

}  // namespace
}  // namespace ganglion::layers
