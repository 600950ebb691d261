#include "ip/deepcam/model/cycles.h"

#include <algorithm>

#include "ip/common/model/cycles.h"

namespace ganglion::deepcam {

using layers::ceil_div;

namespace {

/// Crossbars that the columns of all tiles of a hash need.
uint64_t crossbars(const Config& config, const HashTiling& tiling) {
  uint64_t sum = 0;
  for (uint32_t tile = 0; tile < tiling.tiles(); ++tile)
    sum += ceil_div(tiling.length(tile), config.crossbar_rows);
  return sum;
}

}  // namespace

Actions& Actions::operator+=(const Actions& o) {
  searches += o.searches;
  segment_searches += o.segment_searches;
  distance_senses += o.distance_senses;
  row_segment_writes += o.row_segment_writes;
  row_writes += o.row_writes;
  hash_cells += o.hash_cells;
  sense_bits += o.sense_bits;
  partial_sum_adds += o.partial_sum_adds;
  norm_squares += o.norm_squares;
  products += o.products;
  requantisations += o.requantisations;
  pool_compares += o.pool_compares;
  input_reads += o.input_reads;
  key_writes += o.key_writes;
  key_reads += o.key_reads;
  buffer_writes += o.buffer_writes;
  output_writes += o.output_writes;
  output_reads += o.output_reads;
  return *this;
}

uint64_t hash_cycles(const Config& config, const Layer& layer) {
  return std::max(ceil_div(layer.taps(), config.im2col_width),
                  crossbars(config, layer.tiling()) * config.hash_cycles);
}

TileCost tile_cost(const Config& config, const Layer& layer, const Schedule& schedule, const Tile& tile) {
  const bool ws = layer.weight_stationary();
  const HashTiling tiling = layer.tiling();
  const uint64_t tiles = tiling.tiles(), pages = schedule.pages();
  const uint64_t rows = ws ? tile.map_count : tile.patch_count;
  const uint64_t keys = ws ? tile.patch_count : tile.map_count;
  const uint64_t segments = layer.hash_bits / kSegmentBits;
  const bool write = pages > 1 || tile.new_rows;

  TileCost cost;
  Actions& a = cost.actions;
  if (tile.hash_patches) {
    const uint64_t patches = tile.patch_count;
    const uint64_t partial = crossbars(config, tiling) - tiles;
    a.hash_cells = patches * layer.taps() * layer.hash_bits;
    a.sense_bits = patches * tiles * layer.hash_bits;
    a.partial_sum_adds = patches * partial * layer.hash_bits;
    a.norm_squares = patches * layer.taps();
    a.input_reads = patches * layer.taps();
    // Rows of a single page go from the hash unit straight into the array.
    if (ws || pages > 1) a.key_writes = patches * tiles * (layer.hash_bits / 64);
  }
  a.searches = pages * keys;
  a.segment_searches = tiles * segments * keys;
  a.distance_senses = pages * keys * rows;
  a.row_segment_writes = write ? tiles * segments * rows : 0;
  a.row_writes = write ? pages * rows : 0;
  a.key_reads = keys * tiles * (layer.hash_bits / 64);
  a.products = tiles * rows * keys;
  a.requantisations = rows * keys;
  a.output_writes = rows * keys / layer.window();
  a.pool_compares = a.requantisations - a.output_writes;

  const uint64_t h = hash_cycles(config, layer), w = config.write_cycles;
  const uint64_t s = std::max<uint64_t>(config.search_cycles, ceil_div(rows, config.post_lanes));
  cost.cycles = config.tile_cycles;
  if (pages > 1) {
    cost.cycles += (tile.hash_patches ? tile.patch_count * h : 0) + pages * (rows * w + keys * s);
  } else if (ws) {
    cost.cycles += (tile.new_rows ? rows * w : 0) + keys * (tile.hash_patches ? std::max(h, s) : s);
  } else {
    cost.cycles += (tile.new_rows ? rows * std::max(h, w) : 0) + keys * s;
  }
  return cost;
}

TileCost job_cost(const Config& config, const Layer& layer) {
  const Schedule schedule(config, layer);
  TileCost sum;
  for (uint64_t i = 0; i < schedule.tiles(); ++i) {
    const TileCost tile = tile_cost(config, layer, schedule, schedule.tile(i));
    sum.cycles += tile.cycles;
    sum.actions += tile.actions;
  }
  return sum;
}

}  // namespace ganglion::deepcam
