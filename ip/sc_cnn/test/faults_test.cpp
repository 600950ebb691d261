#include <gtest/gtest.h>

#include <cmath>

#include "ip/sc_cnn/test/random_job.h"

namespace ganglion::sc_cnn {
namespace {

using layers::FaultInjector;
using layers::FaultPlan;
using layers::FaultSite;

constexpr std::array kLaneSites{FaultSite::kWeightRegister, FaultSite::kCounter, FaultSite::kStreamBit,
                                FaultSite::kProduct, FaultSite::kAccumulator};

/// Several groups, stripes and chunks a layer.
Config small_config(Scheduling scheduling) {
  Config config;
  config.bit_parallel = 4;
  config.lanes = 4;
  config.mvms = 3;
  config.requantisers = 2;
  config.scheduling = scheduling;
  config.input_buffer_bytes = 1024;
  config.weight_buffer_bytes = 2048;
  config.output_buffer_bytes = 1024;
  return config;
}

Layer random_layer(const Config& config, bool dense, std::mt19937& random) {
  return dense ? random_fully_connected(config, random) : random_convolution(config, random);
}

TEST(ScFaults, WithoutAFlipTheFaultPathIsTheFastPathBitCycleAndAction) {
  int compared = 0;
  for (const Scheduling scheduling : {Scheduling::kBarrier, Scheduling::kFifo}) {
    const Config config = small_config(scheduling);
    std::mt19937 random(1);
    for (int i = 0; i < 40; ++i) {
      const Layer layer = random_layer(config, i % 3 == 0, random);
      if (find_job_fault(config, layer)) continue;
      const OwnedJob owned = with_random_operands(config, layer, random);
      const Result clean = run(config, owned.job());
      FaultInjector faults({kLaneSites[static_cast<std::size_t>(i) % kLaneSites.size()], 1e-300, 1}, "dut");
      const Result faulty = run(config, owned.job(), &faults);
      ASSERT_EQ(faulty.output, clean.output) << i;
      ASSERT_EQ(faulty.saturations, clean.saturations) << i;
      ASSERT_EQ(faulty.compute_cycles, clean.compute_cycles) << i;
      ASSERT_EQ(faulty.actions, clean.actions) << i;
      EXPECT_EQ(faults.injected(), 0u);
      ++compared;
    }
  }
  EXPECT_GE(compared, 50);
}

TEST(ScFaults, EverySiteChangesOutputsAndIsRepeatable) {
  const Config config;
  std::mt19937 random(2);
  Layer layer;
  layer.in_c = 4;
  layer.in_h = layer.in_w = 10;
  layer.kh = layer.kw = 3;
  layer.out_c = 20;
  layer.lo = -128;
  layer.hi = 127;
  layer.guard_bits = 6;
  complete_geometry(config, layer);
  const OwnedJob owned = with_random_operands(config, layer, random);
  const Result clean = run(config, owned.job());
  for (const FaultSite site : {FaultSite::kBuffer, FaultSite::kWeightRegister, FaultSite::kCounter,
                               FaultSite::kStreamBit, FaultSite::kProduct, FaultSite::kAccumulator}) {
    FaultInjector first({site, 0.01, 1}, "dut"), again({site, 0.01, 1}, "dut"), other({site, 0.01, 2}, "dut");
    const Result a = run(config, owned.job(), &first), b = run(config, owned.job(), &again);
    EXPECT_NE(a.output, clean.output) << name_of(site);
    EXPECT_EQ(a.output, b.output) << name_of(site);
    EXPECT_EQ(first.injected(), again.injected()) << name_of(site);
    EXPECT_GT(first.injected(), 0u) << name_of(site);
    EXPECT_NE(a.output, run(config, owned.job(), &other).output) << name_of(site);
    const bool counts =
        site == FaultSite::kCounter || site == FaultSite::kWeightRegister || site == FaultSite::kBuffer;
    EXPECT_EQ(a.compute_cycles != clean.compute_cycles, counts)
        << name_of(site) << ": a flipped count takes another time";
  }
}

TEST(ScFaults, TilesDoNotMoveTheFaultsOfProductsAndBuffers) {
  Config small = small_config(Scheduling::kBarrier), large = small;
  large.mvms = large.lanes = 16;
  large.input_buffer_bytes = large.weight_buffer_bytes = large.output_buffer_bytes = 1024 * 1024;
  std::mt19937 random(3);
  int compared = 0;
  for (int i = 0; i < 30; ++i) {
    const Layer layer = random_layer(small, i % 2 == 0, random);
    if (find_job_fault(small, layer)) continue;
    const OwnedJob owned = with_random_operands(small, layer, random);
    for (const FaultSite site :
         {FaultSite::kBuffer, FaultSite::kStreamBit, FaultSite::kProduct, FaultSite::kAccumulator}) {
      FaultInjector a({site, 0.003, 1}, "dut"), b({site, 0.003, 1}, "dut");
      EXPECT_EQ(run(small, owned.job(), &a).output, run(large, owned.job(), &b).output) << name_of(site);
      ++compared;
    }
  }
  EXPECT_GE(compared, 40);
}

/// RMS error of single products, LSB 2^-(N-1), for weights of sd 0.1 of full scale.
double product_rms(FaultSite site, double rate) {
  const Config config;
  std::mt19937 random(4);
  Layer layer;
  layer.in_h = layer.in_w = 16;
  layer.out_c = 1024;
  layer.lo = -128;
  layer.hi = 127;
  layer.guard_bits = 8;
  complete_geometry(config, layer);
  OwnedJob owned = with_random_operands(config, layer, random, 0.1);
  owned.bias.assign(owned.bias.size(), 0);
  owned.mult.clear();
  owned.shift.clear();
  for (uint32_t o = 0; o < layer.out_c; ++o) {
    layers::append_le32(owned.mult, 1u << 30);
    layers::append_le32(owned.shift, 30);  // outputs are products
  }
  FaultInjector faults({site, rate, 1}, "dut");
  const Result clean = run(config, owned.job()), faulty = run(config, owned.job(), &faults);
  double squares = 0;
  for (std::size_t i = 0; i < clean.output.size(); ++i) {
    const double error = static_cast<int8_t>(faulty.output[i]) - static_cast<int8_t>(clean.output[i]);
    squares += error * error;
  }
  return std::sqrt(squares / static_cast<double>(clean.output.size()));
}

TEST(ScFaults, ErrorOfAProductIsTheFactSheets) {
  // Stream bits: table of the fact sheet. 262144 products.
  EXPECT_NEAR(product_rms(FaultSite::kStreamBit, 1e-4), .067, .012);
  EXPECT_NEAR(product_rms(FaultSite::kStreamBit, 1e-3), .203, .02);
  EXPECT_NEAR(product_rms(FaultSite::kStreamBit, 1e-2), .655, .04);
}

}  // namespace
}  // namespace ganglion::sc_cnn
