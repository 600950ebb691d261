#include <gtest/gtest.h>

#include "ip/sc_cnn/test/bench.h"
#include "platform/accel/tile_pipeline.h"

namespace ganglion::sc_cnn {
namespace {

/// JOB_CYCLES by the documented formula, with the bench's memory.
uint64_t expected_cycles(const Bench& bench, const Layer& layer, const Result& model) {
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
  const auto base = [&layer](Operand operand) {
    switch (operand) {
      case Operand::kInput:
        return layer.in;
      case Operand::kWeights:
        return layer.weights;
      case Operand::kBias:
        return layer.bias;
      case Operand::kMult:
        return layer.mult;
      case Operand::kShift:
        return layer.shift;
      default:
        return layer.out;
    }
  };
  std::vector<uint64_t> load, compute, store;
  for (const Tile& tile : make_tiles(bench.array, layer)) {
    uint64_t in = 0, out = 0;
    for (const ByteRun& run : load_runs(bench.array, layer, tile))
      in += transfer(base(run.operand) + run.offset, run.bytes);
    for (const ByteRun& run : store_runs(bench.array, layer, tile))
      out += transfer(layer.out + run.offset, run.bytes);
    compute.push_back(model.tiles[load.size()].compute_cycles);
    load.push_back(in);
    store.push_back(out);
  }
  return pipeline_cycles(bench.array.start_cycles, load, compute, store);
}

/// Runs `owned` on the block through the driver and compares everything with the model.
void expect_block_equals_model(Bench& bench, const OwnedJob& owned, const std::string& what) {
  const Result model = run(bench.array, owned.job());
  ASSERT_FALSE(model.fault) << what;
  const Layer layer = bench.place(owned);
  const auto before = bench.memory.bytes;
  const auto counts_before = bench.energy.counts(bench.dut->id());
  const sc_cnn_layer_t programmed = Bench::driver_layer(layer);

  ASSERT_EQ(sc_cnn_submit(&bench.driver, &programmed), 0) << what;
  ASSERT_EQ(sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0) << what;

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
  EXPECT_EQ(sc_cnn_job_saturations(&bench.driver), model.saturations) << what;
  EXPECT_EQ(bench.read(SC_CNN_REG_JOB_TILES), model.tiles.size()) << what;
  EXPECT_EQ(sc_cnn_job_cycles(&bench.driver), expected_cycles(bench, layer, model)) << what;

  auto counts = bench.energy.counts(bench.dut->id());
  for (auto& [key, count] : counts) count -= counts_before.at(key);
  const Actions& a = model.actions;
  EXPECT_EQ(counts.at("lane_cycle_b" + std::to_string(bench.array.bit_parallel)), a.lane_cycles);
  EXPECT_EQ(counts.at("counter_cycle"), a.counter_cycles);
  EXPECT_EQ(counts.at("input_read"), a.input_reads);
  EXPECT_EQ(counts.at("weight_read"), a.weight_reads);
  EXPECT_EQ(counts.at("buffer_write"), a.buffer_writes);
  EXPECT_EQ(counts.at("requantise"), a.requantisations);
  EXPECT_EQ(counts.at("pool_compare"), a.pool_compares);
  EXPECT_EQ(counts.at("output_write"), a.output_writes);
  EXPECT_EQ(counts.at("output_read"), a.output_reads);
}

void expect_random_jobs_equal_the_model(const std::string& scenario, unsigned seed) {
  Bench bench(scenario);
  std::mt19937 random(seed);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    int done = 0;
    for (int i = 0; i < 60 && done < 25; ++i) {
      const Layer layer =
          i % 3 == 0 ? random_fully_connected(bench.array, random) : random_convolution(bench.array, random);
      const OwnedJob owned = with_random_operands(bench.array, layer, random);
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

TEST(ScCnnBlock, RandomJobsEqualTheModel) { expect_random_jobs_equal_the_model("{}", 1); }

TEST(ScCnnBlock, RandomJobsWithManyTilesEqualTheModel) {
  expect_random_jobs_equal_the_model(
      "{lanes: 4, mvms: 3, bit_parallel: 2, input_buffer: 1 KiB, weight_buffer: 2 KiB, output_buffer: 1 KiB}",
      2);
}

TEST(ScCnnBlock, RandomJobsOfSixteenBitElementsEqualTheModel) {
  expect_random_jobs_equal_the_model(
      "{operand_bits: 10, lanes: 8, mvms: 4, scheduling: fifo, accumulator_max_bits: 18, input_buffer: 2 "
      "KiB}",
      3);
}

TEST(ScCnnBlock, RandomJobsOnANarrowSerialArrayEqualTheModel) {
  expect_random_jobs_equal_the_model(
      "{operand_bits: 5, bit_parallel: 1, lanes: 1, mvms: 1, requantisers: 1, zero_skip: false}", 4);
}

TEST(ScCnnBlock, StatesWhatItWasBuiltWith) {
  Bench bench(
      "{operand_bits: 9, bit_parallel: 32, lanes: 24, mvms: 5, accumulator_max_bits: 17, zero_skip: false, "
      "scheduling: fifo, requantisers: 7, input_buffer: 3 KiB}");
  EXPECT_EQ(sc_cnn_probe(Bench::kBase), 0);
  const uint32_t arithmetic = bench.read(SC_CNN_REG_CAPS_ARITHMETIC);
  EXPECT_EQ(arithmetic, 9u | 32u << 8 | 17u << 16 | 0u << 24 | 1u << 25);
  EXPECT_EQ(bench.read(SC_CNN_REG_CAPS_ARRAY), 24u | 5u << 16);
  EXPECT_EQ(bench.read(SC_CNN_REG_CAPS_REQUANTISERS), 7u);
  EXPECT_EQ(bench.read(SC_CNN_REG_CAPS_INPUT_BUFFER), 3072u);
  bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_RESET_MASK);
  EXPECT_EQ(bench.read(SC_CNN_REG_CAPS_ARITHMETIC), arithmetic) << "a reset does not change the silicon";
}

TEST(ScCnnBlock, TransfersOverlapTheComputation) {
  Bench bench("{mvms: 4}");
  std::mt19937 random(5);
  Layer layer;
  layer.in_c = 4;
  layer.in_h = layer.in_w = 16;
  layer.kh = layer.kw = 3;
  layer.out_c = 16;
  layer.hi = 127;
  complete_geometry(bench.array, layer);
  const OwnedJob owned = with_random_operands(bench.array, layer, random);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    expect_block_equals_model(bench, owned, "four groups");
    uint64_t transfers = 0;
    for (const auto& burst : bench.memory.bursts) {
      transfers += bench.clock.cycles_for(bench.memory.delay_ps(burst.address, burst.bytes));
    }
    const uint64_t serial =
        run(bench.array, owned.job()).compute_cycles + transfers + bench.array.start_cycles;
    EXPECT_LT(sc_cnn_job_cycles(&bench.driver), serial - transfers / 3);
  });
}

TEST(ScCnnBlock, CyclesAndEnergyOfAJobDoNotDependOnWhatCameBefore) {
  Bench bench;
  std::mt19937 random(6);
  const OwnedJob first = with_random_operands(bench.array, random_convolution(bench.array, random), random);
  const OwnedJob other =
      with_random_operands(bench.array, random_fully_connected(bench.array, random), random);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    std::array<uint64_t, 2> cycles{};
    std::array<std::map<std::string, uint64_t>, 2> counts;
    for (std::size_t round = 0; round < 2; ++round) {
      auto before = bench.energy.counts(bench.dut->id());
      const sc_cnn_layer_t layer = Bench::driver_layer(bench.place(first));
      ASSERT_EQ(sc_cnn_submit(&bench.driver, &layer), 0);
      ASSERT_EQ(sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
      cycles[round] = sc_cnn_job_cycles(&bench.driver);
      counts[round] = bench.energy.counts(bench.dut->id());
      for (auto& [key, count] : counts[round]) count -= before.at(key);
      const sc_cnn_layer_t between = Bench::driver_layer(bench.place(other));
      ASSERT_EQ(sc_cnn_submit(&bench.driver, &between), 0);
      ASSERT_EQ(sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
      Bench::wait_cycles(17);
    }
    EXPECT_EQ(cycles[0], cycles[1]);
    EXPECT_EQ(counts[0], counts[1]);
    EXPECT_GT(sc_cnn_job_energy_fj(&bench.driver), 0u);
  });
}

TEST(ScCnnBlock, EveryParameterIsPriced) {
  ComponentRegistry registry;
  register_sc_cnn(registry);
  const ComponentType& type = registry.find("sc_cnn", {});
  const CostTable costs = parse_cost_table(type.cost_yaml, "ip/sc_cnn/cost.yaml");
  for (const int b : {1, 2, 4, 8, 16, 32}) {
    EXPECT_GT(costs.action("lane_cycle_b" + std::to_string(b)).value, 0);
    EXPECT_TRUE(costs.area.contains("lane_b" + std::to_string(b))) << b;
  }
  EXPECT_LT(costs.action("lane_cycle_b1").value, costs.action("lane_cycle_b32").value);
  EXPECT_EQ(type.device_tree_compatible, "ganglion,sc-cnn");
}

TEST(ScCnnBlock, ParametersThatCannotBeBuiltAreNamed) {
  try {
    Bench bench("operand_bits: 4\nbit_parallel: 16\n");
    FAIL() << "built";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("test:2"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("bit_parallel"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace ganglion::sc_cnn
