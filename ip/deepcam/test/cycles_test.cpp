#include "ip/deepcam/model/cycles.h"

#include <gtest/gtest.h>

#include "ip/deepcam/test/networks.h"

namespace ganglion::deepcam {
namespace {

// Worked by hand: 1x8x8, 3x3 kernel, 6x6 = 36 patches of 9 inputs, 70 maps; 64 rows, 4 segments.
Layer small_layer(uint32_t dataflow) {
  Layer layer = convolution(1, 8, 70, 3, 0);
  layer.dataflow = dataflow;
  return layer;
}
Config small_array() {
  Config config;
  config.rows = 64;
  config.post_lanes = 16;
  config.im2col_width = 4;
  config.write_cycles = 2;
  config.tile_cycles = 5;
  return config;
}

TEST(DeepcamCycles, ActivationStationaryByHand) {
  const TileCost cost = job_cost(small_array(), small_layer(Layer::kActivationStationary));
  // One tile: 36 rows at ceil(9/4) = 3 cycles a hash (a write takes 2), 70 searches of ceil(36/16) = 3.
  EXPECT_EQ(cost.cycles, 5u + 36 * 3 + 70 * 3);
  EXPECT_EQ(cost.actions.searches, 70u);
  EXPECT_EQ(cost.actions.segment_searches, 70u * 4);
  EXPECT_EQ(cost.actions.distance_senses, 70u * 36);
  EXPECT_EQ(cost.actions.row_segment_writes, 36u * 4);
  EXPECT_EQ(cost.actions.hash_cells, 36u * 9 * 1024);
  EXPECT_EQ(cost.actions.sense_bits, 36u * 1024);
  EXPECT_EQ(cost.actions.partial_sum_adds, 0u);
  EXPECT_EQ(cost.actions.norm_squares, 36u * 9);
  EXPECT_EQ(cost.actions.input_reads, 36u * 9);
  EXPECT_EQ(cost.actions.key_writes, 0u) << "hashes go straight into the rows";
  EXPECT_EQ(cost.actions.key_reads, 70u * 16);
  EXPECT_EQ(cost.actions.products, 36u * 70);
  EXPECT_EQ(cost.actions.output_writes, 36u * 70);
  EXPECT_EQ(cost.actions.pool_compares, 0u);
}

TEST(DeepcamCycles, WeightStationaryByHand) {
  const TileCost cost = job_cost(small_array(), small_layer(Layer::kWeightStationary));
  // 64 filters: written in 128 cycles, 36 keys at max(3, 64/16 = 4); 6 filters: 12 cycles, 36 keys at 1.
  EXPECT_EQ(cost.cycles, (5u + 128 + 36 * 4) + (5u + 12 + 36 * 1));
  EXPECT_EQ(cost.actions.searches, 72u);
  EXPECT_EQ(cost.actions.row_segment_writes, 70u * 4);
  EXPECT_EQ(cost.actions.hash_cells, 36u * 9 * 1024) << "hashed once, kept in the key buffer";
  EXPECT_EQ(cost.actions.key_writes, 36u * 16);
  EXPECT_EQ(cost.actions.key_reads, 2u * 36 * 16);
}

TEST(DeepcamCycles, PagesTakeTurnsInTheArray) {
  Config config = small_array();
  config.segments = 3;
  config.crossbar_rows = 4;
  Layer layer = small_layer(Layer::kActivationStationary);
  layer.hash_tile = 8;                             // 8 + 1 inputs
  ASSERT_EQ(Schedule(config, layer).pages(), 4u);  // 2 tiles x ceil(4/3) folds
  const TileCost as = job_cost(config, layer);
  // A patch needs 2 + 1 crossbars of 4 rows: 3 cycles. Each page writes 36 rows in 72 cycles.
  EXPECT_EQ(as.cycles, 5u + 36 * 3 + 4 * (72 + 70 * 3));
  EXPECT_EQ(as.actions.searches, 4u * 70);
  EXPECT_EQ(as.actions.segment_searches, 2u * 4 * 70);
  EXPECT_EQ(as.actions.row_writes, 4u * 36);
  EXPECT_EQ(as.actions.row_segment_writes, 2u * 4 * 36);
  EXPECT_EQ(as.actions.partial_sum_adds, 36u * 1 * 1024);
  EXPECT_EQ(as.actions.products, 2u * 36 * 70);
  layer.dataflow = Layer::kWeightStationary;
  const TileCost ws = job_cost(config, layer);
  EXPECT_EQ(ws.cycles, (5u + 36 * 3 + 4 * (128 + 36 * 4)) + (5u + 4 * (12 + 36 * 1)));
}

TEST(DeepcamCycles, KeysThatDoNotFitAreMadeAgain) {
  Config config = small_array();
  config.key_buffer_bytes = 16 * 1024;
  Layer layer = convolution(1, 18, 130, 3, 0);  // 256 patches of 128 bytes
  layer.dataflow = Layer::kWeightStationary;
  ASSERT_FALSE(Schedule(config, layer).keys_resident());
  EXPECT_EQ(job_cost(config, layer).actions.norm_squares, 3u * 256 * 9) << "once a chunk of filters";
  config.key_buffer_bytes = 32 * 1024;
  ASSERT_TRUE(Schedule(config, layer).keys_resident());
  EXPECT_EQ(job_cost(config, layer).actions.norm_squares, 256u * 9);
}

TEST(DeepcamCycles, PoolingComparesThreeTimesAWindow) {
  Layer layer = small_layer(Layer::kActivationStationary);
  layer.pool = 1;
  complete_geometry(layer);
  const TileCost cost = job_cost(small_array(), layer);
  EXPECT_EQ(cost.actions.output_writes, 9u * 70);
  EXPECT_EQ(cost.actions.pool_compares, 27u * 70);
}

}  // namespace
}  // namespace ganglion::deepcam
