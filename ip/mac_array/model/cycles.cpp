#include "ip/mac_array/model/cycles.h"

namespace ganglion::mac_array {

using layers::ceil_div;

Actions& Actions::operator+=(const Actions& o) {
  BufferActions::operator+=(o);
  macs += o.macs;
  accumulator_writes += o.accumulator_writes;
  return *this;
}

TileCost tile_cost(const Config& config, const Layer& layer, const layers::Tile& tile) {
  const uint64_t steps = ceil_div(tile.tap_count, config.macs_per_lane);
  const bool dense = layer.fully_connected();
  const auto [pixels, runs] = dense ? layers::PixelRuns{1, 1} : pixel_runs(config, layer, tile);
  TileCost cost;
  // The weight buffer's port: one weight a cycle for every multiplier that a convolution feeds apart.
  const uint64_t entries = ceil_div(tile.map_count, config.mvms);
  cost.cycles = dense ? fully_connected_tile_cycles(config, tile, steps * entries)
                      : convolution_tile_cycles(config, layer, tile, steps + config.run_cycles);
  // The maps share an activation; a weight serves a run of pixels.
  cost.actions.input_reads = tile.tap_count * pixels;
  cost.actions.weight_reads = uint64_t{tile.map_count} * tile.tap_count * runs;
  cost.actions.macs = uint64_t{tile.map_count} * tile.tap_count * pixels;
  cost.actions.accumulator_writes = uint64_t{tile.map_count} * steps * pixels;
  add_post_processing(layer, tile, cost.actions);
  return cost;
}

}  // namespace ganglion::mac_array
