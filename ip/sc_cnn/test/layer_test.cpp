#include "ip/sc_cnn/model/layer.h"

#include <gtest/gtest.h>

#include <functional>

#include "ip/sc_cnn/test/random_job.h"

namespace ganglion::sc_cnn {
namespace {

Layer legal_layer() {
  Layer layer;
  layer.in_c = 3;
  layer.in_h = layer.in_w = 28;
  layer.kh = layer.kw = 5;
  layer.out_c = 6;
  layer.pool = 1;
  layer.hi = 127;
  complete_geometry(Config{}, layer);
  layer.pool = 1;
  complete_geometry(Config{}, layer);
  return layer;
}

struct BadJob {
  const char* what;
  Fault fault;
  std::string message;
  std::function<void(Layer&)> spoil;
};

TEST(ScLayer, TheLegalJobIsLegal) { EXPECT_FALSE(find_job_fault(Config{}, legal_layer())); }

TEST(ScLayer, EveryRuleHasItsFaultAndItsMessage) {
  const std::vector<BadJob> jobs{
      {"kind", Fault::kKind, "KIND = 2: must be 0 (convolution) or 1 (fully connected)",
       [](Layer& l) { l.kind = 2; }},
      {"no input", Fault::kDimension, "IN_H = 0: must be 1 to 65535", [](Layer& l) { l.in_h = 0; }},
      {"too many maps", Fault::kDimension, "OUT_C = 65536: must be 1 to 65535",
       [](Layer& l) { l.out_c = 65536; }},
      {"kernel", Fault::kKernel, "KERNEL_W = 33: must be 1 to 32", [](Layer& l) { l.kw = 33; }},
      {"no stride", Fault::kKernel, "STRIDE = 0: must be 1 to 32", [](Layer& l) { l.stride = 0; }},
      {"padding", Fault::kKernel, "PAD = 32: must be 0 to 31", [](Layer& l) { l.pad = 32; }},
      {"rows", Fault::kGeometry, "OUT_H = 25: must be 24 = floor((28 + 2*0 - 5) / 1) + 1",
       [](Layer& l) { l.out_h = 25; }},
      {"pool", Fault::kPool, "POOL = 2: must be 0 (none) or 1 (2x2 maximum)", [](Layer& l) { l.pool = 2; }},
      {"pool of one row", Fault::kPool, "POOL = 1: 2x2 pooling needs at least 2x2 outputs, there are 1x24",
       [](Layer& l) {
         l.in_h = 5;
         l.out_h = 1;
       }},
      {"pool of a fully connected layer", Fault::kPool, "POOL = 1: must be 0 for a fully connected layer",
       [](Layer& l) {
         l.kind = 1;
         l.out_h = l.out_w = 1;
       }},
      {"map of a fully connected layer", Fault::kGeometry,
       "OUT_H = 24: must be 1 for a fully connected layer", [](Layer& l) { l.kind = 1; }},
      {"row stride", Fault::kStride,
       "IN_ROW_STRIDE = 27: must be at least 28 bytes and a multiple of the 1-byte element",
       [](Layer& l) { l.in_row_stride = 27; }},
      {"plane stride", Fault::kStride,
       "OUT_PLANE_STRIDE = 143: must be at least rows * row stride = 144 bytes and a multiple of the 1-byte "
       "element",
       [](Layer& l) { l.out_plane_stride = 143; }},
      {"precision", Fault::kPrecision, "WEIGHT_BITS = 9: must be 2 to N = 8",
       [](Layer& l) { l.weight_bits = 9; }},
      {"guard bits", Fault::kGuardBits, "GUARD_BITS = 9: must be 0 to ACC_MAX - N = 8",
       [](Layer& l) { l.guard_bits = 9; }},
      {"zero skip", Fault::kZeroSkip, "ZERO_SKIP = 2: must be 0 or 1", [](Layer& l) { l.zero_skip = 2; }},
      {"out of N bits", Fault::kClamp, "OUT_MAX = 128: must be -128 to 127", [](Layer& l) { l.hi = 128; }},
      {"empty range", Fault::kClamp, "OUT_MIN = 5: must not exceed OUT_MAX = 4",
       [](Layer& l) {
         l.lo = 5;
         l.hi = 4;
       }},
      {"weights", Fault::kWeightsTooLarge,
       "IN_C = 300: the 45000 bytes of weights of a group of maps must fit half the weight buffer, 32768",
       [](Layer& l) { l.in_c = 300; }},
      {"misaligned", Fault::kMisaligned, "BIAS = 0x3000000000000004: must be a multiple of 8",
       [](Layer& l) { l.bias += 4; }},
      {"beyond the end", Fault::kAddressRange,
       "OUT = 0xfffffffffffffff8: its 864 bytes must not reach beyond the 64-bit address space",
       [](Layer& l) { l.out = ~uint64_t{7}; }},
      {"overlap", Fault::kOverlap, "OUT = 0x1000000000000928: its 864 bytes must not overlap IN",
       [](Layer& l) { l.out = l.in + 3 * 28 * 28 - 8; }},
  };
  for (const BadJob& job : jobs) {
    Layer layer = legal_layer();
    job.spoil(layer);
    const auto fault = find_job_fault(Config{}, layer);
    ASSERT_TRUE(fault) << job.what;
    EXPECT_EQ(fault->fault, job.fault) << job.what;
    EXPECT_EQ(fault->to_string(), job.message);
  }
}

TEST(ScLayer, BuffersThatAreTooSmall) {
  Config config;
  config.input_buffer_bytes = 1024;
  Layer deep = legal_layer();
  deep.in_c = 8;
  const auto input = find_job_fault(config, deep);
  ASSERT_TRUE(input);
  EXPECT_EQ(input->fault, Fault::kInputTooLarge);

  config = Config{};
  config.lanes = 4;
  config.output_buffer_bytes = 1024;
  Layer wide = legal_layer();
  wide.in_w = 600;
  wide.pool = 0;
  complete_geometry(config, wide);
  const auto output = find_job_fault(config, wide);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->fault, Fault::kOutputTooLarge);

  Layer fully_connected = legal_layer();
  fully_connected.kind = Layer::kFullyConnected;
  fully_connected.pool = 0;
  fully_connected.in_c = 65535;
  complete_geometry(Config{}, fully_connected);
  const auto vector = find_job_fault(Config{}, fully_connected);
  ASSERT_TRUE(vector);
  EXPECT_EQ(vector->fault, Fault::kInputTooLarge);
}

TEST(ScLayer, ZeroSkipNeedsTheArray) {
  Config config;
  config.zero_skip = false;
  Layer layer = legal_layer();
  layer.zero_skip = 1;
  const auto fault = find_job_fault(config, layer);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->to_string(), "ZERO_SKIP = 1: must be 0: this array cannot skip zeros");
}

TEST(ScLayer, SixteenBitElementsNeedEvenStrides) {
  Config config;
  config.operand_bits = 9;
  Layer layer = legal_layer();
  complete_geometry(config, layer);
  ASSERT_FALSE(find_job_fault(config, layer));
  layer.in_row_stride += 1;
  layer.in_plane_stride += 28;
  const auto fault = find_job_fault(config, layer);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->register_name, "IN_ROW_STRIDE");
}

TEST(ScConfig, WhatCannotBeBuiltIsNamed) {
  const auto error = [](auto&& spoil) {
    Config config;
    spoil(config);
    const auto fault = find_config_fault(config);
    return fault ? fault->to_string() : "fine";
  };
  EXPECT_EQ(error([](Config&) {}), "fine");
  EXPECT_EQ(error([](Config& c) { c.operand_bits = 11; }), "operand_bits = 11: must be 4..10");
  EXPECT_EQ(error([](Config& c) { c.bit_parallel = 3; }), "bit_parallel = 3: must be 1, 2, 4, 8, 16 or 32");
  EXPECT_EQ(error([](Config& c) { c.operand_bits = 4, c.bit_parallel = 16; }),
            "bit_parallel = 16: must not exceed 2^(operand_bits - 1) = 8");
  EXPECT_EQ(error([](Config& c) { c.accumulator_max_bits = 7; }),
            "accumulator_max_bits = 7: must be operand_bits (8) to 20");
  EXPECT_EQ(error([](Config& c) { c.requantisers = 0; }),
            "requantisers = 0: must be 1 to lanes * mvms = 256");
  EXPECT_EQ(error([](Config& c) { c.input_buffer_bytes = 100; }),
            "input_buffer = 100: must be 1 KiB to 16 MiB and a multiple of 64 bytes");
  EXPECT_EQ(error([](Config& c) { c.lanes = 1024, c.mvms = 256; }),
            "weight_buffer = 65536: half of it must hold 8 weights of each of the lanes * mvms lanes");
}

}  // namespace
}  // namespace ganglion::sc_cnn
