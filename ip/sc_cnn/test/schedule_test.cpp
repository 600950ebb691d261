#include "ip/sc_cnn/model/schedule.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "ip/sc_cnn/test/random_job.h"

namespace ganglion::sc_cnn {
namespace {

Config small_config() {
  Config config;
  config.lanes = 4;
  config.mvms = 3;
  config.input_buffer_bytes = 1024;
  config.weight_buffer_bytes = 2048;
  config.output_buffer_bytes = 1024;
  return config;
}

uint64_t bytes_of(const std::vector<ByteRun>& runs, Operand operand) {
  uint64_t bytes = 0;
  for (const ByteRun& run : runs) bytes += run.operand == operand ? run.bytes : 0;
  return bytes;
}

TEST(ScSchedule, EveryOutputByteIsStoredOnceAndNothingElse) {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    const Config config = small_config();
    const Layer layer =
        i % 2 == 0 ? random_convolution(config, random) : random_fully_connected(config, random);
    if (find_job_fault(config, layer)) continue;
    std::map<uint64_t, int> stored;
    for (const Tile& tile : make_tiles(config, layer)) {
      uint64_t buffer = 0;
      for (const ByteRun& run : store_runs(config, layer, tile)) {
        EXPECT_EQ(run.buffer_offset, buffer) << "the buffer is read in order";
        buffer += run.bytes;
        for (uint64_t b = 0; b < run.bytes; ++b) ++stored[run.offset + b];
      }
      EXPECT_LE(buffer, config.output_buffer_bytes / 2);
    }
    std::map<uint64_t, int> expected;
    const FeatureMapLayout out = layer.output_layout(1);
    for (uint32_t c = 0; c < out.channels; ++c) {
      for (uint32_t y = 0; y < out.height; ++y) {
        for (uint32_t x = 0; x < out.width; ++x) ++expected[out.offset(c, y, x)];
      }
    }
    ASSERT_EQ(stored, expected) << "job " << i;
  }
}

TEST(ScSchedule, BuffersHoldWhatATileNeeds) {
  std::mt19937 random(2);
  for (int i = 0; i < 200; ++i) {
    const Config config = small_config();
    const Layer layer =
        i % 2 == 0 ? random_convolution(config, random) : random_fully_connected(config, random);
    if (find_job_fault(config, layer)) continue;
    const bool resident = input_resident(config, layer);
    const auto tiles = make_tiles(config, layer);
    std::size_t parameter_loads = 0;
    for (const Tile& tile : tiles) {
      const auto runs = load_runs(config, layer, tile);
      EXPECT_LE(bytes_of(runs, Operand::kWeights), config.weight_buffer_bytes / 2);
      EXPECT_LE(bytes_of(runs, Operand::kInput),
                resident ? config.input_buffer_bytes : config.input_buffer_bytes / 2);
      parameter_loads += tile.load_parameters;
      if (!layer.fully_connected()) {
        // Every input row that an output row of the tile reads is there.
        for (uint32_t y = tile.row_begin; y < tile.row_begin + tile.row_count; ++y) {
          for (uint32_t ky = 0; ky < layer.kh; ++ky) {
            const int64_t row = int64_t{y} * layer.stride + ky - layer.pad;
            if (row < 0 || row >= layer.in_h) continue;
            EXPECT_GE(row, tile.in_row_begin);
            EXPECT_LT(row, int64_t{tile.in_row_begin} + tile.in_row_count);
          }
        }
        EXPECT_EQ(tile.row_count % layer.pool_step(), 0u);
      }
    }
    const uint32_t maps = layer.fully_connected() ? config.array_lanes() : config.mvms;
    EXPECT_EQ(parameter_loads, (layer.out_c + maps - 1) / maps);
  }
}

TEST(ScSchedule, WeightsAreLoadedOnceAGroup) {
  Config config;
  Layer layer;
  layer.in_c = 8;
  layer.in_h = layer.in_w = 64;
  layer.kh = layer.kw = 3;
  layer.out_c = 40;
  complete_geometry(config, layer);
  ASSERT_FALSE(find_job_fault(config, layer));
  uint64_t weights = 0, input = 0;
  const auto tiles = make_tiles(config, layer);
  for (const Tile& tile : tiles) {
    weights += bytes_of(load_runs(config, layer, tile), Operand::kWeights);
    input += bytes_of(load_runs(config, layer, tile), Operand::kInput);
  }
  EXPECT_GT(tiles.size(), 3u);
  EXPECT_EQ(weights, 40u * 72u);
  EXPECT_EQ(input, 8u * 64u * 64u) << "the map stays in the input buffer";
}

TEST(ScSchedule, AMapThatDoesNotFitComesInStripesWithHalo) {
  Config config;
  config.input_buffer_bytes = 8192;
  Layer layer;
  layer.in_c = 4;
  layer.in_h = 100;
  layer.in_w = 64;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  complete_geometry(config, layer);
  ASSERT_FALSE(find_job_fault(config, layer));
  EXPECT_FALSE(input_resident(config, layer));
  EXPECT_EQ(rows_per_tile(config, layer), 4096u / (4 * 64) - 2) << "16 input rows fit half the buffer";
  const auto tiles = make_tiles(config, layer);
  ASSERT_EQ(tiles.size(), 7u);  // 98 rows by 14
  EXPECT_EQ(tiles[1].in_row_begin, 14u);
  EXPECT_EQ(tiles[1].in_row_count, 16u);
}

TEST(ScSchedule, ChunksOfAFullyConnectedLayerAreWholeWords) {
  const Config config;
  Layer layer;
  layer.kind = Layer::kFullyConnected;
  layer.in_c = 1000;
  layer.out_c = 250;
  complete_geometry(config, layer);
  EXPECT_EQ(taps_per_tile(config, layer), 128u) << "32 KiB / 250 = 131";
  EXPECT_EQ(make_tiles(config, layer).size(), 8u);
}

TEST(ScSchedule, TouchingRunsAreOneRun) {
  const Config config;
  Layer layer;
  layer.in_c = 3;
  layer.in_h = layer.in_w = 8;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  complete_geometry(config, layer);
  const auto tiles = make_tiles(config, layer);
  ASSERT_EQ(tiles.size(), 1u);
  EXPECT_EQ(load_runs(config, layer, tiles[0]).size(), 5u) << "weights, bias, mult, shift, input";
  EXPECT_EQ(store_runs(config, layer, tiles[0]).size(), 1u);
  layer.in_row_stride = 9;
  layer.in_plane_stride = 72;
  EXPECT_EQ(load_runs(config, layer, tiles[0]).size(), 4u + 24u);
}

}  // namespace
}  // namespace ganglion::sc_cnn
