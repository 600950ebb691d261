#include <gtest/gtest.h>

#include <cmath>

#include "ip/mac_array/test/random_job.h"

namespace ganglion::mac_array {
namespace {

using layers::FaultInjector;
using layers::FaultSite;

constexpr std::array kLaneSites{FaultSite::kWeightRegister, FaultSite::kProduct, FaultSite::kAccumulator};

Config small_config() {
  Config config;
  config.macs_per_lane = 2;
  config.lanes = 4;
  config.mvms = 3;
  config.input_buffer_bytes = 1024;
  config.weight_buffer_bytes = 2048;
  config.output_buffer_bytes = 1024;
  return config;
}

TEST(MacFaults, WithoutAFlipTheFaultPathIsTheFastPath) {
  int compared = 0;
  for (const int bits : {16, 32}) {
    Config config = small_config();
    config.accumulator_bits = bits;
    std::mt19937 random(1);
    for (int i = 0; i < 40; ++i) {
      const Layer layer = random_layer(config, i % 3 == 0, random);
      if (find_job_fault(config, layer)) continue;
      const OwnedJob owned = with_random_operands(config, layer, random, 0.5);
      const Result clean = run(config, owned.job());
      FaultInjector faults({kLaneSites[static_cast<std::size_t>(i) % kLaneSites.size()], 1e-300, 1}, "dut");
      const Result faulty = run(config, owned.job(), &faults);
      ASSERT_EQ(faulty.output, clean.output) << i;
      ASSERT_EQ(faulty.saturations, clean.saturations) << i;
      ASSERT_EQ(faulty.compute_cycles, clean.compute_cycles) << i;
      ASSERT_EQ(faulty.actions, clean.actions) << i;
      ++compared;
    }
  }
  EXPECT_GE(compared, 50);
}

TEST(MacFaults, EverySiteChangesOutputsAndIsRepeatable) {
  const Config config;
  std::mt19937 random(2);
  Layer layer;
  layer.in_c = 4;
  layer.in_h = layer.in_w = 10;
  layer.kh = layer.kw = 3;
  layer.out_c = 20;
  layer.lo = -128;
  layer.hi = 127;
  complete_geometry(config, layer);
  const OwnedJob owned = with_random_operands(config, layer, random);
  const Result clean = run(config, owned.job());
  for (const FaultSite site :
       {FaultSite::kBuffer, FaultSite::kWeightRegister, FaultSite::kProduct, FaultSite::kAccumulator}) {
    FaultInjector first({site, 0.01, 1}, "dut"), again({site, 0.01, 1}, "dut"), other({site, 0.01, 2}, "dut");
    const Result a = run(config, owned.job(), &first), b = run(config, owned.job(), &again);
    EXPECT_NE(a.output, clean.output) << name_of(site);
    EXPECT_EQ(a.output, b.output) << name_of(site);
    EXPECT_GT(first.injected(), 0u) << name_of(site);
    EXPECT_NE(a.output, run(config, owned.job(), &other).output) << name_of(site);
    EXPECT_EQ(a.compute_cycles, clean.compute_cycles) << "exact products take no other time";
  }
}

TEST(MacFaults, TheRateIsABitsOfEverySite) {
  // 1 map, 1 tap, 4096 pixels in runs of 16: 16-bit products, 32-bit accumulators, 8-bit weights once a run.
  Config config;
  std::mt19937 random(3);
  Layer layer;
  layer.in_h = layer.in_w = 64;
  complete_geometry(config, layer);
  const OwnedJob owned = with_random_operands(config, layer, random);
  const auto injected = [&](FaultSite site) {
    FaultInjector faults({site, 1.0, 1}, "dut");
    (void)run(config, owned.job(), &faults);
    return faults.injected();
  };
  EXPECT_EQ(injected(FaultSite::kProduct), 4096u * 16);
  EXPECT_EQ(injected(FaultSite::kAccumulator), 4096u * 32);
  EXPECT_EQ(injected(FaultSite::kWeightRegister), 4096u / 16 * 8);
  EXPECT_EQ(injected(FaultSite::kBuffer), (4096u + 1) * 8);
}

TEST(MacFaults, ErrorOfAProductIsTheFactSheets) {
  // 16-bit products, RMS in LSB 2^-7; outputs are products / 512, so that flips of the sign bit stay in
  // range.
  const Config config;
  std::mt19937 random(4);
  Layer layer;
  layer.in_h = layer.in_w = 16;
  layer.out_c = 1024;
  layer.lo = -128;
  layer.hi = 127;
  complete_geometry(config, layer);
  OwnedJob owned = with_random_operands(config, layer, random, 0.1);
  owned.bias.assign(owned.bias.size(), 0);
  owned.mult.clear();
  owned.shift.clear();
  for (uint32_t o = 0; o < layer.out_c; ++o) {
    layers::append_le32(owned.mult, 1u << 30);
    layers::append_le32(owned.shift, 39);
  }
  const Result clean = run(config, owned.job());
  const auto rms = [&](double rate) {
    FaultInjector faults({FaultSite::kProduct, rate, 1}, "dut");
    const Result faulty = run(config, owned.job(), &faults);
    double squares = 0;
    for (std::size_t i = 0; i < clean.output.size(); ++i) {
      const double error = static_cast<int8_t>(faulty.output[i]) - static_cast<int8_t>(clean.output[i]);
      squares += error * error;
    }
    return 4 * std::sqrt(squares / static_cast<double>(clean.output.size()));
  };
  EXPECT_NEAR(rms(1e-3), 9.4, .8);
  EXPECT_NEAR(rms(1e-2), 29, 2);
}

}  // namespace
}  // namespace ganglion::mac_array
