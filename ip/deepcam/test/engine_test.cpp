#include <gtest/gtest.h>

#include "ip/deepcam/model/technology.h"
#include "ip/deepcam/test/bench.h"
#include "ip/deepcam/tlm/latched_job.h"
#include "platform/accel/tile_pipeline.h"

namespace ganglion::deepcam {
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
  std::vector<uint64_t> load, compute, store;
  const Schedule schedule(bench.array, layer);
  for (uint64_t i = 0; i < schedule.tiles(); ++i) {
    const Tile tile = schedule.tile(i);
    uint64_t in = 0, out = 0;
    for (const ByteRun& run : schedule.loads(tile))
      in += transfer(address_of(layer, run.operand) + run.offset, run.bytes);
    for (const ByteRun& run : schedule.stores(tile)) out += transfer(layer.out + run.offset, run.bytes);
    compute.push_back(model.tiles[load.size()].compute_cycles);
    load.push_back(in);
    store.push_back(out);
  }
  return pipeline_cycles(bench.array.start_cycles, load, compute, store);
}

/// Runs `owned` on the block through the driver and compares everything with the model.
void expect_block_equals_model(Bench& bench, const OwnedJob& owned, const std::string& what) {
  const Result model = run(bench.array, owned.job(bench.driver.submitted + 1), bench.noise);
  ASSERT_FALSE(model.fault) << what;
  const Layer layer = bench.place(owned);
  const auto before = bench.memory.bytes;
  const uint64_t wear_before = deepcam_wear(&bench.driver);
  const auto counts_before = bench.energy.counts(bench.dut->id());
  const deepcam_layer_t programmed = Bench::driver_layer(layer);

  ASSERT_EQ(deepcam_submit(&bench.driver, &programmed), 0) << what;
  ASSERT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0) << what;

  const FeatureMapLayout out = layer.output_layout();
  auto expected = before;
  for (uint32_t c = 0; c < out.channels; ++c) {
    for (uint32_t y = 0; y < out.height; ++y) {
      const uint64_t row = out.offset(c, y, 0), bytes = out.width;
      std::copy_n(model.output.begin() + static_cast<std::ptrdiff_t>(row), bytes,
                  expected.begin() + static_cast<std::ptrdiff_t>(layer.out - test::MemoryStub::kBase + row));
    }
  }
  ASSERT_TRUE(bench.memory.bytes == expected) << what << ": outputs, and nothing beside them";
  deepcam_figures_t figures;
  deepcam_figures(&bench.driver, &figures);
  EXPECT_EQ(figures.cycles, expected_cycles(bench, layer, model)) << what;
  EXPECT_EQ(figures.searches, model.actions.searches) << what;
  EXPECT_EQ(figures.row_writes, model.actions.row_writes) << what;
  EXPECT_EQ(figures.norm_saturations, model.norm_saturations) << what;
  EXPECT_EQ(figures.saturations, model.product_saturations) << what;
  EXPECT_EQ(bench.read(DEEPCAM_REG_JOB_TILES), model.tiles.size()) << what;
  const uint64_t wear = deepcam_wear(&bench.driver) - wear_before;
  EXPECT_GE(wear * bench.array.rows, model.actions.row_writes) << what;
  EXPECT_LE(wear, model.actions.row_writes) << what;

  auto counts = bench.energy.counts(bench.dut->id());
  for (auto& [key, count] : counts) count -= counts_before.at(key);
  const Actions& a = model.actions;
  const std::string cells = cells_key(bench.array.technology, bench.array.rows);
  EXPECT_EQ(counts.at("search"), a.searches);
  EXPECT_EQ(counts.at("segment_search" + cells), a.segment_searches);
  EXPECT_EQ(counts.at("segment_write" + cells), a.row_segment_writes);
  EXPECT_EQ(counts.at("distance_sense"), a.distance_senses);
  EXPECT_EQ(counts.at("hash_cell"), a.hash_cells);
  EXPECT_EQ(counts.at("sense_bit"), a.sense_bits);
  EXPECT_EQ(counts.at("partial_sum_add"), a.partial_sum_adds);
  EXPECT_EQ(counts.at("norm_square"), a.norm_squares);
  EXPECT_EQ(counts.at("product"), a.products);
  EXPECT_EQ(counts.at("requantise"), a.requantisations);
  EXPECT_EQ(counts.at("pool_compare"), a.pool_compares);
  EXPECT_EQ(counts.at("input_read"), a.input_reads);
  EXPECT_EQ(counts.at("key_write"), a.key_writes);
  EXPECT_EQ(counts.at("key_read"), a.key_reads);
  EXPECT_EQ(counts.at("buffer_write"), a.buffer_writes);
  EXPECT_EQ(counts.at("output_write"), a.output_writes);
  EXPECT_EQ(counts.at("output_read"), a.output_reads);
}

void expect_random_jobs_equal_the_model(const std::string& scenario, unsigned seed) {
  Bench bench(scenario);
  std::mt19937 random(seed);
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    int done = 0;
    for (int i = 0; i < 200 && done < 25; ++i) {
      const Layer layer = random_layer(bench.array, random);
      if (find_job_fault(bench.array, layer) || layer.out_c * layer.key_bytes() > 0xe000 ||
          layer.out_c * layer.tiling().tiles() > 0x1000 || layer.out_c * layer.patches() > 0x8000) {
        continue;
      }
      const OwnedJob owned = with_random_operands(bench.array, layer, random);
      expect_block_equals_model(bench, owned, "job " + std::to_string(i));
      if (testing::Test::HasFatalFailure()) return;
      ++done;
    }
    EXPECT_EQ(done, 25);
  });
  EXPECT_TRUE(bench.energy.traffic_balance().holds());
  EXPECT_EQ(bench.time.total(bench.dut->id()), bench.energy.powered_ps(bench.dut->id()));
}

TEST(DeepcamBlock, RandomJobsEqualTheModel) { expect_random_jobs_equal_the_model("{}", 1); }

TEST(DeepcamBlock, RandomJobsWithManyTilesEqualTheModel) {
  expect_random_jobs_equal_the_model(
      "{rows: 64, segments: 1, technology: cmos16t, crossbar_rows: 16, post_lanes: 8, input_buffer: 1 KiB, "
      "key_buffer: 16 KiB, output_buffer: 1 KiB}",
      2);
}

TEST(DeepcamBlock, RandomJobsOfAnImperfectArrayEqualTheModel) {
  expect_random_jobs_equal_the_model(
      "{rows: 128, segments: 3, cosine: piecewise_linear, projection_seed: 9, conductance_sigma: 40, "
      "read_sigma: 900, sense_sigma: 100, sense_step_log2: 2}",
      3);
}

TEST(DeepcamBlock, StatesWhatItWasBuiltWith) {
  Bench bench(
      "{rows: 512, segments: 2, technology: cmos16t, cosine: piecewise_linear, projection_inputs: 1152, "
      "projection_seed: 4000000000, input_buffer: 3 KiB, key_buffer: 17 KiB, output_buffer: 5 KiB}");
  EXPECT_EQ(deepcam_probe(Bench::kBase), 0);
  const uint32_t caps = bench.read(DEEPCAM_REG_CAPS_ARRAY);
  EXPECT_EQ(caps, 512u | 2u << 16 | 1u << 24 | 1u << 25);
  deepcam_array_t array;
  deepcam_init(&bench.driver, Bench::kBase);
  deepcam_array(&bench.driver, &array);
  EXPECT_EQ(array.rows, 512u);
  EXPECT_EQ(array.segments, 2u);
  EXPECT_EQ(array.projection_inputs, 1152u);
  EXPECT_EQ(array.projection_seed, 4000000000u);
  EXPECT_EQ(bench.read(DEEPCAM_REG_CAPS_INPUT_BUFFER), 3072u);
  EXPECT_EQ(bench.read(DEEPCAM_REG_CAPS_KEY_BUFFER), 17u * 1024);
  EXPECT_EQ(bench.read(DEEPCAM_REG_CAPS_OUTPUT_BUFFER), 5u * 1024);
  bench.write(DEEPCAM_REG_CTRL, DEEPCAM_CTRL_RESET_MASK);
  EXPECT_EQ(bench.read(DEEPCAM_REG_CAPS_ARRAY), caps) << "a reset does not change the silicon";
}

OwnedJob convolution_job(const Config& array, unsigned seed) {
  std::mt19937 random(seed);
  Layer layer;
  layer.in_c = 4;
  layer.in_h = layer.in_w = 18;
  layer.kh = layer.kw = 3;
  layer.out_c = 16;
  layer.hi = 127;
  layer.hash_bits = 256;
  complete_geometry(layer);
  return with_random_operands(array, layer, random);
}

TEST(DeepcamBlock, TransfersOverlapTheComputation) {
  Bench bench("{rows: 64}");
  const OwnedJob owned = convolution_job(bench.array, 5);
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    expect_block_equals_model(bench, owned, "four chunks of patches");
    uint64_t transfers = 0;
    for (const auto& burst : bench.memory.bursts) {
      transfers += bench.clock.cycles_for(bench.memory.delay_ps(burst.address, burst.bytes));
    }
    const Result model = run(bench.array, owned.job(), bench.noise);
    ASSERT_EQ(model.tiles.size(), 4u);
    deepcam_figures_t figures;
    deepcam_figures(&bench.driver, &figures);
    EXPECT_LT(figures.cycles, model.compute_cycles + transfers + bench.array.start_cycles - transfers / 4);
  });
}

TEST(DeepcamBlock, CyclesAndEnergyOfAJobDoNotDependOnWhatCameBefore) {
  Bench bench;
  const OwnedJob first = convolution_job(bench.array, 6);
  OwnedJob other = convolution_job(bench.array, 7);
  other.layer.dataflow = Layer::kWeightStationary;
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    std::array<uint64_t, 2> cycles{};
    std::array<std::map<std::string, uint64_t>, 2> counts;
    for (std::size_t round = 0; round < 2; ++round) {
      auto before = bench.energy.counts(bench.dut->id());
      const deepcam_layer_t layer = Bench::driver_layer(bench.place(first));
      ASSERT_EQ(deepcam_submit(&bench.driver, &layer), 0);
      ASSERT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
      deepcam_figures_t figures;
      deepcam_figures(&bench.driver, &figures);
      cycles[round] = figures.cycles;
      EXPECT_GT(figures.energy_fj, 0u);
      counts[round] = bench.energy.counts(bench.dut->id());
      for (auto& [key, count] : counts[round]) count -= before.at(key);
      const deepcam_layer_t between = Bench::driver_layer(bench.place(other));
      ASSERT_EQ(deepcam_submit(&bench.driver, &between), 0);
      ASSERT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
      Bench::wait_cycles(17);
    }
    EXPECT_EQ(cycles[0], cycles[1]);
    EXPECT_EQ(counts[0], counts[1]);
  });
}

TEST(DeepcamBlock, ParametersThatCannotBeBuiltAreNamed) {
  try {
    Bench bench("projection_inputs: 5000\nconductance_sigma: 16\n");
    FAIL() << "built";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("test:1"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("projection_inputs"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace ganglion::deepcam
