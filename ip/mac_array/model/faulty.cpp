#include <algorithm>
#include <vector>

#include "ip/mac_array/model/core.h"
#include "platform/base/fixed_point.h"

// A tile with faults in its lanes: every product formed and every accumulator written one by one.

namespace ganglion::mac_array {

using layers::FaultSite;
using layers::Tile;

int64_t Core::faulty_weight(const Tile& tile, uint32_t map, uint32_t tap, uint64_t first_pixel) const {
  const int16_t weight = weights()[std::size_t{map} * tile.tap_count + tap];
  auto* const faults = faults_at(FaultSite::kWeightRegister);
  if (faults == nullptr) return weight;
  return faults->flipped(weight, word_of(tile, map, first_pixel, tap), config_.operand_bits);
}

uint64_t Core::faulty_steps(const Tile& tile, std::span<const int16_t> operands, std::span<const int64_t> row,
                            uint32_t map, uint64_t pixel, int64_t& accumulator) const {
  auto* const product_faults = faults_at(FaultSite::kProduct);
  auto* const accumulator_faults = faults_at(FaultSite::kAccumulator);
  const uint64_t first = word_of(tile, map, pixel, 0);
  uint64_t saturations = 0;
  for (std::size_t t = 0; t < row.size(); t += config_.macs_per_lane) {
    int64_t sum = 0;
    for (std::size_t i = t; i < std::min<std::size_t>(t + config_.macs_per_lane, row.size()); ++i) {
      int64_t product = operands[i] * row[i];
      if (product_faults != nullptr)
        product = product_faults->flipped(product, first + i, 2 * config_.operand_bits);
      sum += product;
    }
    const int64_t exact = accumulator + sum;
    accumulator = saturate(exact, config_.accumulator_bits);
    saturations += accumulator != exact;
    if (accumulator_faults != nullptr)
      accumulator = accumulator_faults->flipped(accumulator, first + t, config_.accumulator_bits);
  }
  return saturations;
}

uint64_t Core::convolve_with_faults(const Tile& tile) {
  const auto taps = static_cast<uint32_t>(layer_.taps());
  std::vector<int16_t> patch(taps);
  std::vector<int64_t> rows(std::size_t{tile.map_count} * taps);
  uint64_t saturations = 0;
  for (uint32_t y = 0; y < tile.row_count; ++y) {
    for (uint32_t x = 0; x < layer_.computed_w(); ++x) {
      const uint64_t pixel_of_tile = uint64_t{y} * layer_.computed_w() + x;
      const uint64_t pixel = uint64_t{tile.row_begin} * layer_.computed_w() + pixel_of_tile;
      if (pixel_of_tile % config_.lanes == 0) {  // a run begins: its weights leave the buffer
        for (uint32_t m = 0; m < tile.map_count; ++m) {
          for (uint32_t t = 0; t < taps; ++t)
            rows[std::size_t{m} * taps + t] = faulty_weight(tile, m, t, pixel);
        }
      }
      read_patch(tile, y, x, patch);
      for (uint32_t m = 0; m < tile.map_count; ++m) {
        int64_t accumulator = 0;
        saturations += faulty_steps(tile, patch, std::span(rows).subspan(std::size_t{m} * taps, taps), m,
                                    pixel, accumulator);
        finish(tile, m, y, x, accumulator);
      }
    }
  }
  return saturations;
}

uint64_t Core::accumulate_with_faults(const Tile& tile) {
  const std::span<const int16_t> operands = input().subspan(tile.tap_begin, tile.tap_count);
  std::vector<int64_t> row(tile.tap_count);
  uint64_t saturations = 0;
  for (uint32_t m = 0; m < tile.map_count; ++m) {
    for (uint32_t t = 0; t < tile.tap_count; ++t) row[t] = faulty_weight(tile, m, t, 0);
    saturations += faulty_steps(tile, operands, row, m, 0, lanes_[m]);
    if (tile.last_of_group_outputs) finish(tile, m, 0, 0, lanes_[m]);
  }
  return saturations;
}

}  // namespace ganglion::mac_array
