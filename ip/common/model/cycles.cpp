#include "ip/common/model/cycles.h"

#include <algorithm>

namespace ganglion::layers {

BufferActions& BufferActions::operator+=(const BufferActions& o) {
  input_reads += o.input_reads;
  weight_reads += o.weight_reads;
  buffer_writes += o.buffer_writes;
  requantisations += o.requantisations;
  pool_compares += o.pool_compares;
  output_writes += o.output_writes;
  output_reads += o.output_reads;
  return *this;
}

PixelRuns pixel_runs(const Array& array, const Layer& layer, const Tile& tile) {
  const uint64_t pixels = uint64_t{tile.row_count} * layer.computed_w();
  return {pixels, ceil_div(pixels, array.lanes)};
}

uint64_t convolution_tile_cycles(const Array& array, const Layer& layer, const Tile& tile,
                                 uint64_t accumulate) {
  const auto [pixels, runs] = pixel_runs(array, layer, tile);
  const uint64_t last_pixels = pixels - (runs - 1) * array.lanes;
  const uint64_t post = tile.map_count * ceil_div(array.lanes, array.requantisers);
  const uint64_t last_post = tile.map_count * ceil_div(last_pixels, array.requantisers);
  return array.tile_cycles + accumulate + (runs - 1) * std::max(accumulate, post) + last_post;
}

uint64_t convolution_tile_cycles(const Array& array, const Layer& layer, const Tile& tile,
                                 std::span<const uint64_t> accumulate) {
  uint64_t left = pixel_runs(array, layer, tile).pixels, cycles = array.tile_cycles, draining = 0;
  for (const uint64_t run : accumulate) {
    cycles += std::max(run, draining);
    const uint64_t pixels = std::min<uint64_t>(left, array.lanes);
    left -= pixels;
    draining = tile.map_count * ceil_div(pixels, array.requantisers);
  }
  return cycles + draining;
}

uint64_t fully_connected_tile_cycles(const Array& array, const Tile& tile, uint64_t accumulate) {
  const uint64_t post = tile.last_of_group_outputs ? ceil_div(tile.map_count, array.requantisers) : 0;
  return array.tile_cycles + array.run_cycles + accumulate + post;
}

void add_post_processing(const Layer& layer, const Tile& tile, BufferActions& actions) {
  if (!tile.last_of_group_outputs) return;
  const uint64_t outputs = layer.fully_connected()
                               ? tile.map_count
                               : uint64_t{tile.map_count} * tile.row_count * layer.computed_w();
  actions.requantisations += outputs;
  actions.output_writes += outputs;
  actions.pool_compares += layer.pool == 0 ? 0 : outputs;
}

}  // namespace ganglion::layers
