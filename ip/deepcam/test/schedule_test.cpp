#include "ip/deepcam/model/schedule.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "ip/deepcam/model/cycles.h"
#include "ip/deepcam/test/networks.h"

namespace ganglion::deepcam {
namespace {

/// One row of the fact sheet's table: searches activation / weight stationary at R = 64, 128, 256, 512.
struct Golden {
  double macs, outputs, patch_inputs;  // in the printed precision
  uint64_t patches, maps;
  std::array<uint64_t, 4> activation, weight;
};
const std::array<Golden, 4> kGolden{
    {{0.417e6, 6518, 0.0352e6, 887, 236, {324, 272, 254, 242}, {889, 887, 887, 887}},
     {152.77e6, 151562, 0.544e6, 1449, 2762, {4106, 3338, 2954, 2826}, {2369, 1697, 1489, 1449}},
     {313.25e6, 276580, 1.669e6, 2813, 4324, {7012, 5476, 4708, 4452}, {4322, 3185, 2873, 2813}},
     {555.47e6, 614500, 4.22e6, 6801, 4900, {11620, 7780, 5860, 5220}, {9602, 7361, 6881, 6801}}}};
constexpr std::array<uint32_t, 4> kRows{64, 128, 256, 512};

TEST(DeepcamGolden, NetworksHaveTheSizesOfTheFactSheet) {
  const auto networks = paper_networks();
  for (std::size_t n = 0; n < networks.size(); ++n) {
    double macs = 0, outputs = 0, patch_inputs = 0;
    uint64_t patches = 0, maps = 0;
    for (const Layer& layer : networks[n].layers) {
      macs += static_cast<double>(layer.patches() * layer.out_c * layer.taps());
      outputs += static_cast<double>(layer.patches() * layer.out_c);
      patch_inputs += static_cast<double>(layer.patches() * layer.taps());
      patches += layer.patches();
      maps += layer.out_c;
    }
    EXPECT_NEAR(macs, kGolden[n].macs, kGolden[n].macs * 2e-3) << networks[n].name;
    EXPECT_EQ(outputs, kGolden[n].outputs) << networks[n].name;
    EXPECT_NEAR(patch_inputs, kGolden[n].patch_inputs, kGolden[n].patch_inputs * 2e-3) << networks[n].name;
    EXPECT_EQ(patches, kGolden[n].patches) << networks[n].name;
    EXPECT_EQ(maps, kGolden[n].maps) << networks[n].name;
  }
}

TEST(DeepcamGolden, SearchesOfAllThirtyTwoEntries) {
  const auto networks = paper_networks();
  for (std::size_t n = 0; n < networks.size(); ++n) {
    for (std::size_t r = 0; r < kRows.size(); ++r) {
      Config config;
      config.rows = kRows[r];
      for (const uint32_t dataflow : {Layer::kActivationStationary, Layer::kWeightStationary}) {
        Actions sum;
        uint64_t cycles = 0;
        for (Layer layer : networks[n].layers) {
          layer.dataflow = dataflow;
          layer.hash_bits = r % 2 == 0 ? 1024 : 256;  // does not matter: segments are searched together
          const auto fault = find_job_fault(config, layer);
          ASSERT_FALSE(fault) << fault->to_string();
          const TileCost cost = job_cost(config, layer);
          sum += cost.actions;
          cycles += cost.cycles;
        }
        const bool ws = dataflow == Layer::kWeightStationary;
        const Golden& g = kGolden[n];
        EXPECT_EQ(sum.searches, (ws ? g.weight : g.activation)[r])
            << networks[n].name << ", " << kRows[r] << " rows, " << (ws ? "WS" : "AS");
        EXPECT_EQ(sum.row_writes, ws ? g.maps : g.patches) << networks[n].name;
        EXPECT_EQ(static_cast<double>(sum.requantisations), g.outputs) << networks[n].name;
        EXPECT_EQ(sum.products, sum.requantisations);
        EXPECT_GE(cycles, sum.searches) << "one search a cycle at most";
      }
    }
  }
}

TEST(DeepcamSchedule, EveryOutputIsComputedStoredAndHashedOnce) {
  std::mt19937 random(1);
  for (int i = 0; i < 300; ++i) {
    Config config;
    config.rows = 64;
    config.segments = 1 + i % 4;
    if (i % 2 == 0) {
      config.input_buffer_bytes = config.output_buffer_bytes = 1024;
      config.key_buffer_bytes = 16 * 1024;
    }
    Layer layer = random_layer(config, random);
    if (i % 5 == 0) {
      layer.in_h = layer.in_w = 60;
      complete_geometry(layer);
    }
    if (find_job_fault(config, layer)) continue;
    const Schedule schedule(config, layer);
    std::map<std::pair<uint64_t, uint32_t>, int> computed;
    std::set<uint64_t> hashed;
    std::vector<int> stored(layer.output_layout().span_bytes(), 0);
    uint64_t filters = 0;
    for (uint64_t t = 0; t < schedule.tiles(); ++t) {
      const Tile tile = schedule.tile(t);
      ASSERT_LE(layer.weight_stationary() ? tile.map_count : tile.patch_count, config.rows);
      for (uint64_t p = tile.patch_begin; p < tile.patch_begin + tile.patch_count; ++p) {
        for (uint32_t m = tile.map_begin; m < tile.map_begin + tile.map_count; ++m) ++computed[{p, m}];
        if (tile.hash_patches) hashed.insert(p);
        ASSERT_TRUE(hashed.contains(p)) << "searched before it was hashed";
        if (!tile.hash_patches) continue;
        // The rows that the patch reads are on chip.
        const int64_t top = int64_t{place_of(layer, p).out_y} * layer.stride - layer.pad;
        for (int64_t y = std::max<int64_t>(0, top);
             !layer.fully_connected() && y < std::min<int64_t>(layer.in_h, top + layer.kh); ++y) {
          ASSERT_GE(y, tile.in_row_begin);
          ASSERT_LT(y, tile.in_row_begin + tile.in_row_count);
        }
      }
      if (tile.load_filters) filters += tile.map_count;
      uint64_t input_bytes = 0;
      for (const ByteRun& run : schedule.loads(tile)) {
        if (run.operand == Operand::kInput) input_bytes += run.bytes;
      }
      ASSERT_LE(input_bytes,
                schedule.input_resident() ? config.input_buffer_bytes : config.input_buffer_bytes / 2);
      ASSERT_LE(input_bytes, schedule.input_resident() ? ~uint64_t{0} : schedule.largest_stripe_bytes());
      for (const ByteRun& run : schedule.stores(tile)) {
        for (uint64_t b = run.offset; b < run.offset + run.bytes; ++b) ++stored[b];
      }
      ASSERT_LE(uint64_t{tile.map_count} * tile.patch_count / layer.window(), config.output_buffer_bytes / 2);
    }
    ASSERT_EQ(computed.size(), layer.patches() * layer.out_c);
    for (const auto& [what, times] : computed) ASSERT_EQ(times, 1);
    ASSERT_GE(filters, layer.out_c);
    const FeatureMapLayout out = layer.output_layout();
    uint64_t bytes = 0;
    for (const int times : stored) {
      ASSERT_LE(times, 1);
      bytes += static_cast<uint64_t>(times);
    }
    ASSERT_EQ(bytes, uint64_t{out.channels} * out.height * out.width);
  }
}

TEST(DeepcamSchedule, PatchesOfAPoolingWindowAreNeighbours) {
  Layer layer = convolution(1, 7, 1, 2, 0);  // 6x6 outputs
  layer.pool = 1;
  complete_geometry(layer);
  EXPECT_EQ(layer.patches(), 36u);
  const auto expect = [&](uint64_t patch, uint32_t y, uint32_t x) {
    EXPECT_EQ(place_of(layer, patch).out_y, y) << patch;
    EXPECT_EQ(place_of(layer, patch).out_x, x) << patch;
  };
  expect(0, 0, 0);
  expect(1, 0, 1);
  expect(2, 1, 0);
  expect(3, 1, 1);
  expect(4, 0, 2);
  expect(12, 2, 0);
  expect(35, 5, 5);
}

}  // namespace
}  // namespace ganglion::deepcam
