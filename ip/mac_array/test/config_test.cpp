#include "ip/mac_array/model/config.h"

#include <gtest/gtest.h>

#include "ip/mac_array/test/random_job.h"

namespace ganglion::mac_array {
namespace {

TEST(MacArrayConfig, WhatCannotBeBuiltIsNamed) {
  const auto error = [](auto&& spoil) {
    Config config;
    spoil(config);
    const auto fault = find_config_fault(config);
    return fault ? fault->to_string() : "fine";
  };
  EXPECT_EQ(error([](Config&) {}), "fine");
  EXPECT_EQ(error([](Config& c) { c.operand_bits = 17; }), "operand_bits = 17: must be 4..16");
  EXPECT_EQ(error([](Config& c) { c.macs_per_lane = 3; }), "macs_per_lane = 3: must be 1, 2, 4 or 8");
  EXPECT_EQ(error([](Config& c) { c.accumulator_bits = 15; }),
            "accumulator_bits = 15: must be 2 * operand_bits (16) to 48");
  EXPECT_EQ(error([](Config& c) { c.accumulator_bits = 49; }),
            "accumulator_bits = 49: must be 2 * operand_bits (16) to 48");
  EXPECT_EQ(error([](Config& c) { c.lanes = 0; }), "lanes = 0: must be 1..1024");
}

TEST(MacArrayLayer, RulesAreThoseOfEveryLayerArray) {
  const Config config;
  Layer layer;
  layer.in_c = 3;
  layer.in_h = layer.in_w = 28;
  layer.kh = layer.kw = 5;
  layer.out_c = 6;
  layer.hi = 127;
  complete_geometry(config, layer);
  ASSERT_FALSE(find_job_fault(config, layer));
  const auto message = [&](auto&& spoil) {
    Layer bad = layer;
    spoil(bad);
    return find_job_fault(config, bad)->to_string();
  };
  EXPECT_EQ(message([](Layer& l) { l.out_h = 25; }),
            "OUT_H = 25: must be 24 = floor((28 + 2*0 - 5) / 1) + 1");
  EXPECT_EQ(message([](Layer& l) { l.in_row_stride = 27; }),
            "IN_ROW_STRIDE = 27: must be at least 28 bytes and a multiple of the 1-byte element");
  EXPECT_EQ(message([](Layer& l) { l.hi = 128; }), "OUT_MAX = 128: must be -128 to 127");
  EXPECT_EQ(
      message([](Layer& l) { l.in_c = 300; }),
      "IN_C = 300: the 45000 bytes of weights of a group of maps must fit half the weight buffer, 32768");
  EXPECT_EQ(message([](Layer& l) { l.bias += 4; }), "BIAS = 0x3000000000000004: must be a multiple of 8");
}

}  // namespace
}  // namespace ganglion::mac_array
