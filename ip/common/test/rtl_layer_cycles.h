#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "ip/common/test/rtl_layer_bench.h"
#include "platform/accel/tile_pipeline.h"

// JOB_CYCLES of the RTL against the model's formula. A block's test says
//   INSTANTIATE_TYPED_TEST_SUITE_P(MyBlock, LayerRtlCycles, my_block::RtlBlock);

namespace ganglion::layers {

/// JOB_CYCLES by the documented formula, with the bench's memory.
template <class Bench, class Result>
uint64_t formula(const Bench& bench, const typename Bench::Layer& layer, const Result& model) {
  const auto transfer = [&bench](uint64_t address, uint64_t bytes, bool write) {
    uint64_t cycles = 0;
    for (uint64_t part = 0; bytes > 0; address += part, bytes -= part) {
      part = burst_bytes(address, bytes);
      cycles += bench.burst_cycles(address, part, write);
    }
    return cycles;
  };
  std::vector<uint64_t> load, compute, store;
  for (const Tile& tile : make_tiles(bench.config, layer)) {
    uint64_t in = 0, out = 0;
    for (const ByteRun& run : load_runs(bench.config, layer, tile))
      in += transfer(address_of(layer, run.operand) + run.offset, run.bytes, false);
    for (const ByteRun& run : store_runs(bench.config, layer, tile))
      out += transfer(layer.out + run.offset, run.bytes, true);
    compute.push_back(model.tiles[load.size()].compute_cycles);
    load.push_back(in);
    store.push_back(out);
  }
  return pipeline_cycles(bench.config.first_tile_cycles(), load, compute, store);
}

struct Errors {
  double p50 = 0, p95 = 0, max = 0, total = 0;  // of the formula, relative to the RTL
};

/// Errors over random jobs, every one with a memory latency of its own.
template <class Block, class Array>
Errors measure(unsigned seed, int jobs) {
  RtlLayerBench<Block, Array> bench(seed);
  const auto& config = bench.config;
  std::mt19937 random(seed);
  std::vector<double> errors;
  double by_formula = 0, by_rtl = 0;
  while (static_cast<int>(errors.size()) < jobs) {
    auto layer = Block::random_convolution(config, random);
    if (random() % 3 == 0) layer = as_fully_connected(config, layer, random);
    if (Block::find_job_fault(config, layer)) continue;
    bench.read_latency = 1 + random() % 20;
    bench.write_latency = 1 + random() % 10;
    const auto owned = Block::with_random_operands(config, layer, random);
    const auto placed = bench.place(owned);
    EXPECT_EQ(bench.submit(placed), 0);
    bench.finish();
    const auto rtl = static_cast<double>(bench.read64(LAYER_CORE_REG_JOB_CYCLES_LO));
    const auto expected = static_cast<double>(formula(bench, placed, Block::run(config, owned.job())));
    errors.push_back(std::abs(expected - rtl) / rtl);
    by_formula += expected;
    by_rtl += rtl;
  }
  std::ranges::sort(errors);
  const Errors result{errors[errors.size() / 2], errors[errors.size() * 95 / 100], errors.back(),
                      std::abs(by_formula - by_rtl) / by_rtl};
  std::cout << jobs << " jobs: error p50 " << 100 * result.p50 << " %, p95 " << 100 * result.p95 << " %, max "
            << 100 * result.max << " %, of all cycles " << 100 * result.total << " %\n";
  return result;
}

template <class Block>
class LayerRtlCycles : public testing::Test {};
TYPED_TEST_SUITE_P(LayerRtlCycles);

TYPED_TEST_P(LayerRtlCycles, FormulaOfTheDefaultArray) {
  const Errors errors = measure<TypeParam, typename TypeParam::Default>(21, 80);
  EXPECT_LE(errors.p95, 0.02);
  EXPECT_LE(errors.total, 0.01);
}

TYPED_TEST_P(LayerRtlCycles, FormulaOfASmallArray) {
  const Errors errors = measure<TypeParam, typename TypeParam::Small>(22, 200);
  EXPECT_LE(errors.p95, 0.03);
  EXPECT_LE(errors.total, 0.02);
}

REGISTER_TYPED_TEST_SUITE_P(LayerRtlCycles, FormulaOfTheDefaultArray, FormulaOfASmallArray);

}  // namespace ganglion::layers
