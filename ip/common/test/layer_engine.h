#pragma once

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "ip/common/test/layer_bench.h"
#include "ip/common/tlm/latched_layer.h"
#include "platform/accel/tile_pipeline.h"

// What every block that computes layers must do with good jobs: outputs, cycles and counts of its model. A
// block's test says INSTANTIATE_TYPED_TEST_SUITE_P(MyBlock, LayerEngine, my_block::Traits).

namespace ganglion::layers {

template <class Traits>
class LayerEngine : public testing::Test {};
TYPED_TEST_SUITE_P(LayerEngine);

/// JOB_CYCLES by the documented formula, with the bench's memory.
template <class Bench, class BlockLayer, class Result>
uint64_t expected_cycles(const Bench& bench, const BlockLayer& layer, const Result& model) {
  const auto transfer = [&bench](uint64_t address, uint64_t bytes) {
    uint64_t cycles = 0;
    while (bytes > 0) {
      const uint64_t burst = burst_bytes(address, bytes);
      cycles += bench.clock.cycles_for(bench.memory.delay_ps(address, burst));
      address += burst;
      bytes -= burst;
    }
    return cycles;
  };
  std::vector<uint64_t> load, compute, store;
  for (const Tile& tile : make_tiles(bench.array, layer)) {
    uint64_t in = 0, out = 0;
    for (const ByteRun& run : load_runs(bench.array, layer, tile))
      in += transfer(address_of(layer, run.operand) + run.offset, run.bytes);
    for (const ByteRun& run : store_runs(bench.array, layer, tile))
      out += transfer(layer.out + run.offset, run.bytes);
    compute.push_back(model.tiles[load.size()].compute_cycles);
    load.push_back(in);
    store.push_back(out);
  }
  return pipeline_cycles(bench.array.first_tile_cycles(), load, compute, store);
}

/// Runs `owned` on the block through the driver and compares everything with the model.
template <class Traits>
void expect_block_equals_model(LayerBench<Traits>& bench, const OwnedJob<typename Traits::Layer>& owned,
                               const std::string& what) {
  const auto model = Traits::run(bench.array, owned.job());
  ASSERT_FALSE(model.fault) << what;
  const auto layer = bench.place(owned);
  const auto before = bench.memory.bytes;
  const auto counts_before = bench.energy.counts(bench.dut->id());

  ASSERT_EQ(bench.submit(layer), 0) << what;
  ASSERT_EQ(bench.wait(), 0) << what;

  const FeatureMapLayout out = layer.output_layout(bench.array.element_bytes());
  auto expected = before;
  for (uint32_t c = 0; c < out.channels; ++c) {
    for (uint32_t y = 0; y < out.height; ++y) {
      const uint64_t row = out.offset(c, y, 0), bytes = uint64_t{out.width} * out.element_bytes;
      std::copy_n(model.output.begin() + static_cast<std::ptrdiff_t>(row), bytes,
                  expected.begin() + static_cast<std::ptrdiff_t>(layer.out - test::MemoryStub::kBase + row));
    }
  }
  ASSERT_TRUE(bench.memory.bytes == expected) << what << ": outputs, and nothing beside them";
  EXPECT_EQ(bench.read_wide("JOB_SATURATIONS_LO"), model.saturations) << what;
  EXPECT_EQ(bench.read_register("JOB_TILES"), model.tiles.size()) << what;
  EXPECT_EQ(bench.read_wide("JOB_CYCLES_LO"), expected_cycles(bench, layer, model)) << what;

  auto counts = bench.energy.counts(bench.dut->id());
  for (auto& [key, count] : counts) count -= counts_before.at(key);
  const auto& a = model.actions;
  for (const auto& [key, count] : Traits::lane_counts(bench.array, a))
    EXPECT_EQ(counts.at(key), count) << key;
  EXPECT_EQ(counts.at("input_read"), a.input_reads);
  EXPECT_EQ(counts.at("weight_read"), a.weight_reads);
  EXPECT_EQ(counts.at("buffer_write"), a.buffer_writes);
  EXPECT_EQ(counts.at("requantise"), a.requantisations);
  EXPECT_EQ(counts.at("pool_compare"), a.pool_compares);
  EXPECT_EQ(counts.at("output_write"), a.output_writes);
  EXPECT_EQ(counts.at("output_read"), a.output_reads);
}

/// 25 random jobs on a block built as `scenario` says: outputs, cycles, action counts and books.
template <class Traits>
void expect_random_jobs_equal_the_model(const std::string& scenario, unsigned seed) {
  LayerBench<Traits> bench(scenario);
  std::mt19937 random(seed);
  bench.run([&] {
    bench.init();
    int done = 0;
    for (int i = 0; i < 60 && done < 25; ++i) {
      const auto layer = Traits::random_layer(bench.array, i % 3 == 0, random);
      const auto owned = with_random_operands(bench.array, layer, random);
      if (find_job_fault(bench.array, layer) || owned.weights.size() > 0x10000) continue;
      expect_block_equals_model(bench, owned, "job " + std::to_string(i));
      if (testing::Test::HasFatalFailure()) return;
      ++done;
    }
    EXPECT_EQ(done, 25);
  });
  EXPECT_TRUE(bench.energy.traffic_balance().holds());
  EXPECT_EQ(bench.time.total(bench.dut->id()), bench.energy.powered_ps(bench.dut->id()));
}

TYPED_TEST_P(LayerEngine, TransfersOverlapTheComputation) {
  using Bench = LayerBench<TypeParam>;
  using BlockLayer = typename TypeParam::Layer;
  using Owned = OwnedJob<BlockLayer>;
  Bench bench("{mvms: 4}");
  std::mt19937 random(5);
  BlockLayer layer;
  layer.in_c = 4;
  layer.in_h = layer.in_w = 16;
  layer.kh = layer.kw = 3;
  layer.out_c = 16;
  layer.hi = 127;
  complete_geometry(bench.array, layer);
  const Owned owned = with_random_operands(bench.array, layer, random);
  bench.run([&] {
    bench.init();
    expect_block_equals_model<TypeParam>(bench, owned, "four groups");
    uint64_t transfers = 0;
    for (const auto& burst : bench.memory.bursts) {
      transfers += bench.clock.cycles_for(bench.memory.delay_ps(burst.address, burst.bytes));
    }
    const uint64_t serial =
        TypeParam::run(bench.array, owned.job()).compute_cycles + transfers + bench.array.first_tile_cycles();
    EXPECT_LT(bench.read_wide("JOB_CYCLES_LO"), serial - transfers / 3);
  });
}

TYPED_TEST_P(LayerEngine, CyclesAndEnergyOfAJobDoNotDependOnWhatCameBefore) {
  using Bench = LayerBench<TypeParam>;
  using BlockLayer = typename TypeParam::Layer;
  using Owned = OwnedJob<BlockLayer>;
  Bench bench;
  std::mt19937 random(6);
  const Owned first =
      with_random_operands(bench.array, TypeParam::random_layer(bench.array, false, random), random);
  const Owned other =
      with_random_operands(bench.array, TypeParam::random_layer(bench.array, true, random), random);
  bench.run([&] {
    bench.init();
    std::array<uint64_t, 2> cycles{};
    std::array<std::map<std::string, uint64_t>, 2> counts;
    for (std::size_t round = 0; round < 2; ++round) {
      auto before = bench.energy.counts(bench.dut->id());
      const BlockLayer layer = bench.place(first);
      ASSERT_EQ(bench.submit(layer), 0);
      ASSERT_EQ(bench.wait(), 0);
      cycles[round] = bench.read_wide("JOB_CYCLES_LO");
      counts[round] = bench.energy.counts(bench.dut->id());
      for (auto& [key, count] : counts[round]) count -= before.at(key);
      const BlockLayer between = bench.place(other);
      ASSERT_EQ(bench.submit(between), 0);
      ASSERT_EQ(bench.wait(), 0);
      Bench::wait_cycles(17);
    }
    EXPECT_EQ(cycles[0], cycles[1]);
    EXPECT_EQ(counts[0], counts[1]);
    EXPECT_GT(bench.read_wide("JOB_ENERGY_FJ_LO"), 0u);
  });
}

TYPED_TEST_P(LayerEngine, RefusesAnotherDevice) {
  using Bench = LayerBench<TypeParam>;
  Bench bench;
  EXPECT_EQ(TypeParam::probe(Bench::kBase), 0);
  EXPECT_EQ(TypeParam::probe(Bench::kBase + Bench::reg("IRQ_ENABLE")), ACCELERATOR_ENODEV) << "no ID there";
}

TYPED_TEST_P(LayerEngine, SleepsUntilTheInterrupt) {
  using Bench = LayerBench<TypeParam>;
  using BlockLayer = typename TypeParam::Layer;
  using Owned = OwnedJob<BlockLayer>;
  Bench bench;
  std::mt19937 random(2);
  BlockLayer layer;
  layer.in_h = layer.in_w = 16;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  layer.hi = 127;
  complete_geometry(bench.array, layer);
  const Owned owned = with_random_operands(bench.array, layer, random);
  struct Sleeper {
    sc_core::sc_event wake;
    int times = 0;
    uint64_t last_wake_ps = 0;
  } sleeper;
  bench.dut->interrupt().connect([&](bool level) {
    if (level) sleeper.wake.notify(sc_core::SC_ZERO_TIME);
  });
  bench.run([&] {
    bench.init();
    accelerator_interrupt(&bench.driver, 1);
    const BlockLayer programmed = bench.place(owned);
    const auto sleep = [](void* context) {
      auto* s = static_cast<Sleeper*>(context);
      ++s->times;
      sc_core::wait(s->wake);
      s->last_wake_ps = Bench::now();
    };
    for (uint32_t job = 1; job <= 3; ++job) {
      const uint64_t begin = Bench::now();
      ASSERT_EQ(bench.submit(programmed), 0);
      ASSERT_EQ(accelerator_wait(&bench.driver, job, sleep, &sleeper), 0);
      EXPECT_EQ(sleeper.last_wake_ps - begin, bench.read_wide("JOB_CYCLES_LO") * Bench::kCyclePs);
      EXPECT_FALSE(bench.dut->interrupt().level());
    }
    EXPECT_EQ(sleeper.times, 3) << "once a job";
  });
}

TYPED_TEST_P(LayerEngine, StridesOfZeroMeanDense) {
  using Bench = LayerBench<TypeParam>;
  Bench bench("{operand_bits: 9}");
  std::mt19937 random(1);
  typename TypeParam::Layer layer;
  layer.in_c = 2;
  layer.in_h = 9;
  layer.in_w = 7;
  layer.kh = layer.kw = 2;
  layer.out_c = 3;
  layer.hi = 255;
  layer.pool = 1;
  complete_geometry(bench.array, layer);
  const auto owned = with_random_operands(bench.array, layer, random);
  bench.run([&] {
    bench.init();
    auto placed = bench.place(owned);
    placed.in_row_stride = placed.in_plane_stride = 0;
    placed.out_row_stride = placed.out_plane_stride = 0;
    ASSERT_EQ(bench.submit(placed), 0);
    ASSERT_EQ(bench.wait(), 0);
    EXPECT_EQ(bench.read_register("OUT_ROW_STRIDE"), 6u);
    EXPECT_TRUE(bench.holds(placed, TypeParam::run(bench.array, owned.job())));
  });
}

REGISTER_TYPED_TEST_SUITE_P(LayerEngine, StridesOfZeroMeanDense, TransfersOverlapTheComputation,
                            CyclesAndEnergyOfAJobDoNotDependOnWhatCameBefore, RefusesAnotherDevice,
                            SleepsUntilTheInterrupt);

}  // namespace ganglion::layers
