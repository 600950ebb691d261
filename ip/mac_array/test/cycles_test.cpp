#include <gtest/gtest.h>

#include <algorithm>

#include "ip/mac_array/test/random_job.h"

namespace ganglion::mac_array {
namespace {

using layers::Tile;

/// A tile stepped cycle by cycle: lanes count taps, post-processing drains the pixels of the run before.
struct SteppedArray {
  const Config& config;
  const Layer& layer;

  [[nodiscard]] uint64_t accumulate(uint64_t taps) const {
    uint64_t cycles = 0;
    for (uint64_t done = 0; done < taps; ++cycles) done += config.macs_per_lane;
    return cycles;
  }
  [[nodiscard]] uint64_t convolution(const Tile& tile) const {
    uint64_t cycles = config.tile_cycles, draining = 0, of_map = 0, of_every_map = 0;
    const auto drain = [&] {  // a map after the other
      const uint64_t leave = std::min<uint64_t>(of_map, config.requantisers);
      draining -= leave;
      of_map = of_map > leave ? of_map - leave : draining > 0 ? of_every_map : 0;
    };
    uint64_t left = uint64_t{tile.row_count} * layer.computed_w();
    while (left > 0) {
      const uint64_t pixels = std::min<uint64_t>(config.lanes, left);
      left -= pixels;
      // The shadow accumulators must be empty when the run ends.
      const uint64_t busy = accumulate(layer.taps()) + config.run_cycles;
      for (uint64_t c = 0; c < busy || draining > 0; ++c, ++cycles) drain();
      draining = pixels * tile.map_count;
      of_map = of_every_map = pixels;
    }
    for (; draining > 0; ++cycles) drain();
    return cycles;
  }
  [[nodiscard]] uint64_t fully_connected(const Tile& tile) const {
    uint64_t cycles = config.tile_cycles + config.run_cycles;
    for (uint32_t done = 0; done < tile.map_count; done += config.mvms) cycles += accumulate(tile.tap_count);
    if (!tile.last_of_group_outputs) return cycles;
    for (uint64_t left = tile.map_count; left > 0; ++cycles)
      left -= std::min<uint64_t>(left, config.requantisers);
    return cycles;
  }
};

TEST(MacCycles, FormulaEqualsTheSteppedArray) {
  std::mt19937 random(11);
  int checked = 0;
  for (int i = 0; i < 200; ++i) {
    Config config;
    config.operand_bits = 4 + static_cast<int>(random() % 13);
    config.macs_per_lane = 1u << (random() % 4);
    config.lanes = 1 + static_cast<uint32_t>(random() % 9);
    config.mvms = 1 + static_cast<uint32_t>(random() % 5);
    config.requantisers = 1 + static_cast<uint32_t>(random() % config.array_lanes());
    config.run_cycles = 1 + static_cast<uint32_t>(random() % 4);
    config.tile_cycles = static_cast<uint32_t>(random() % 6);
    ASSERT_FALSE(find_config_fault(config)) << find_config_fault(config)->to_string();
    const Layer layer = random_layer(config, i % 3 == 0, random);
    if (find_job_fault(config, layer)) continue;
    const Result result = run(config, with_random_operands(config, layer, random).job());
    ASSERT_FALSE(result.fault);
    const SteppedArray array{config, layer};
    const auto tiles = make_tiles(config, layer);
    for (std::size_t t = 0; t < tiles.size(); ++t, ++checked) {
      const uint64_t stepped =
          layer.fully_connected() ? array.fully_connected(tiles[t]) : array.convolution(tiles[t]);
      ASSERT_EQ(result.tiles[t].compute_cycles, stepped) << "job " << i << " tile " << t;
    }
  }
  EXPECT_GT(checked, 200);
}

TEST(MacCycles, ActionsFollowTheGeometry) {
  Config config;
  config.macs_per_lane = 2;
  Layer layer;
  layer.in_c = 3;
  layer.in_h = layer.in_w = 8;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  layer.pool = 1;
  layer.hi = 127;
  complete_geometry(config, layer);
  std::mt19937 random(1);
  const Actions a = run(config, with_random_operands(config, layer, random).job()).actions;
  const uint64_t pixels = 36, taps = 27, maps = 4, runs = 3;
  EXPECT_EQ(a.macs, maps * taps * pixels);
  EXPECT_EQ(a.accumulator_writes, maps * 14 * pixels) << "ceil(27 / 2) a pixel";
  EXPECT_EQ(a.input_reads, taps * pixels) << "the maps share an activation";
  EXPECT_EQ(a.weight_reads, maps * taps * runs) << "a run of 16 pixels shares a weight";
  EXPECT_EQ(a.requantisations, maps * pixels);
  EXPECT_EQ(a.pool_compares, maps * pixels);
}

}  // namespace
}  // namespace ganglion::mac_array
