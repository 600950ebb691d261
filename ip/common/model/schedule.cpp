#include "ip/common/model/schedule.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ganglion::layers {
namespace {

/// Input rows that output rows [begin, begin + count) read, clipped to the map.
std::pair<uint32_t, uint32_t> input_rows(const Layer& layer, uint32_t begin, uint32_t count) {
  const int64_t first = int64_t{begin} * layer.stride - layer.pad;
  const int64_t last = int64_t{begin + count - 1} * layer.stride - layer.pad + layer.kh;  // one past
  const auto low = static_cast<uint32_t>(std::clamp<int64_t>(first, 0, layer.in_h));
  const auto high = static_cast<uint32_t>(std::clamp<int64_t>(last, low, layer.in_h));
  return {low, high - low};
}

std::vector<Tile> convolution_tiles(const Array& array, const Layer& layer) {
  const uint32_t rows = rows_per_tile(array, layer);
  const bool resident = input_resident(array, layer);
  std::vector<Tile> tiles;
  for (uint32_t map = 0; map < layer.out_c; map += array.mvms) {
    for (uint32_t row = 0; row < layer.computed_h(); row += rows) {
      Tile tile;
      tile.map_begin = map;
      tile.map_count = std::min(array.mvms, layer.out_c - map);
      tile.row_begin = row;
      tile.row_count = std::min(rows, layer.computed_h() - row);
      std::tie(tile.in_row_begin, tile.in_row_count) =
          resident ? std::pair{0u, layer.in_h} : input_rows(layer, tile.row_begin, tile.row_count);
      tile.tap_count = static_cast<uint32_t>(layer.taps());
      tile.load_weights = tile.load_parameters = row == 0;
      tile.load_input = !resident || tiles.empty();
      tiles.push_back(tile);
    }
  }
  return tiles;
}

std::vector<Tile> fully_connected_tiles(const Array& array, const Layer& layer) {
  const auto taps = static_cast<uint32_t>(layer.taps());
  const uint32_t chunk = taps_per_tile(array, layer);
  std::vector<Tile> tiles;
  for (uint32_t map = 0; map < layer.out_c; map += array.array_lanes()) {
    for (uint32_t tap = 0; tap < taps; tap += chunk) {
      Tile tile;
      tile.map_begin = map;
      tile.map_count = std::min(array.array_lanes(), layer.out_c - map);
      tile.row_count = 1;
      tile.in_row_count = layer.in_h;
      tile.tap_begin = tap;
      tile.tap_count = std::min(chunk, taps - tap);
      tile.load_weights = true;
      tile.load_parameters = tap == 0;
      tile.load_input = tiles.empty();
      tile.last_of_group_outputs = tap + tile.tap_count == taps;
      tiles.push_back(tile);
    }
  }
  return tiles;
}

}  // namespace

bool input_resident(const Array& array, const Layer& layer) {
  return uint64_t{layer.in_c} * layer.in_h * layer.in_w * static_cast<uint64_t>(array.element_bytes()) <=
         array.input_buffer_bytes;
}

uint32_t rows_per_tile(const Array& array, const Layer& layer, bool* limited_by_input) {
  if (limited_by_input != nullptr) *limited_by_input = false;
  const auto eb = static_cast<uint64_t>(array.element_bytes());
  const uint32_t step = layer.pool_step();
  const uint64_t stored_row_bytes = uint64_t{std::min(array.mvms, layer.out_c)} * layer.stored_w() * eb;
  uint64_t rows = array.output_buffer_bytes / 2 / stored_row_bytes * step;
  if (rows == 0) return 0;
  rows = std::min<uint64_t>(rows, layer.computed_h());
  if (!input_resident(array, layer)) {
    const uint64_t fitting = array.input_buffer_bytes / 2 / (uint64_t{layer.in_c} * layer.in_w * eb);
    const uint64_t stripe = fitting < layer.kh ? 0 : (fitting - layer.kh) / layer.stride + 1;
    rows = std::min(rows, stripe / step * step);
    if (rows == 0 && limited_by_input != nullptr) *limited_by_input = true;
  }
  return static_cast<uint32_t>(rows);
}

uint32_t taps_per_tile(const Array& array, const Layer& layer) {
  const uint64_t outputs = std::min(array.array_lanes(), layer.out_c);
  const uint64_t fitting =
      array.weight_buffer_bytes / 2 / (outputs * static_cast<uint64_t>(array.element_bytes()));
  const uint64_t taps = layer.taps();
  return static_cast<uint32_t>(fitting >= taps ? taps : fitting / 8 * 8);
}

std::vector<Tile> make_tiles(const Array& array, const Layer& layer) {
  return layer.fully_connected() ? fully_connected_tiles(array, layer) : convolution_tiles(array, layer);
}

std::vector<ByteRun> load_runs(const Array& array, const Layer& layer, const Tile& tile) {
  const auto eb = static_cast<uint64_t>(array.element_bytes());
  const uint64_t taps = layer.taps();
  std::vector<ByteRun> runs;
  if (tile.load_weights) {
    for (uint32_t m = 0; m < tile.map_count; ++m) {
      append_run(runs, {Operand::kWeights, (uint64_t{tile.map_begin + m} * taps + tile.tap_begin) * eb,
                        uint64_t{m} * tile.tap_count * eb, tile.tap_count * eb});
    }
  }
  if (tile.load_parameters) {
    for (const Operand operand : {Operand::kBias, Operand::kMult, Operand::kShift}) {
      append_run(runs, {operand, uint64_t{tile.map_begin} * 4, 0, uint64_t{tile.map_count} * 4});
    }
  }
  if (tile.load_input) {
    const FeatureMapLayout layout = layer.input_layout(array.element_bytes());
    const uint64_t row_bytes = layer.in_w * eb;
    for (uint32_t c = 0; c < layer.in_c; ++c) {
      for (uint32_t y = 0; y < tile.in_row_count; ++y) {
        append_run(runs, {Operand::kInput, layout.offset(c, tile.in_row_begin + y, 0),
                          (uint64_t{c} * tile.in_row_count + y) * row_bytes, row_bytes});
      }
    }
  }
  return runs;
}

std::vector<ByteRun> store_runs(const Array& array, const Layer& layer, const Tile& tile) {
  std::vector<ByteRun> runs;
  if (!tile.last_of_group_outputs) return runs;
  const FeatureMapLayout layout = layer.output_layout(array.element_bytes());
  const uint32_t step = layer.pool_step();
  const uint32_t rows = tile.row_count / step;
  const uint64_t row_bytes = uint64_t{layout.width} * layout.element_bytes;
  for (uint32_t m = 0; m < tile.map_count; ++m) {
    for (uint32_t y = 0; y < rows; ++y) {
      append_run(runs, {Operand::kOutput, layout.offset(tile.map_begin + m, tile.row_begin / step + y, 0),
                        (uint64_t{m} * rows + y) * row_bytes, row_bytes});
    }
  }
  return runs;
}

}  // namespace ganglion::layers
