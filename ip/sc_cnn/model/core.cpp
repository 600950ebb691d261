#include "ip/sc_cnn/model/core.h"

#include <algorithm>
#include <numeric>

#include "ip/sc_cnn/model/multiplier.h"
#include "platform/base/fixed_point.h"

namespace ganglion::sc_cnn {
namespace {

/// Largest sum of counts of one map: no accumulator gets further from 0.
uint64_t largest_sum(std::span<const uint16_t> counts, std::size_t taps) {
  uint64_t largest = 0;
  for (; !counts.empty(); counts = counts.subspan(taps)) {
    largest = std::max(
        largest,
        std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(taps), uint64_t{0}));
  }
  return largest;
}

}  // namespace

Core::Core(const Config& config, const Layer& layer, layers::FaultInjector* faults)
    : TileBuffers(config, layer, faults), config_(config), layer_(layer) {}

void Core::begin(const Tile& tile) {
  TileBuffers::begin(tile);
  if (tile.load_parameters) lanes_.assign(layer_.fully_connected() ? tile.map_count : 0, 0);
}

uint16_t Core::count_of(int16_t operand) const {
  return static_cast<uint16_t>(
      counter_start(operand, config_.operand_bits, static_cast<int>(layer_.weight_bits)));
}

TileResult Core::compute(const Tile& tile) {
  clear_output(tile);
  if (lanes_have_faults())
    return layer_.fully_connected() ? accumulate_with_faults(tile) : convolve_with_faults(tile);
  TileResult result;
  std::vector<uint16_t> counts;
  if (layer_.fully_connected()) {
    const std::span<const int16_t> taps(input().data() + tile.tap_begin, tile.tap_count);
    counts.resize(taps.size());
    std::ranges::transform(taps, counts.begin(), [this](int16_t v) { return count_of(v); });
    result.cost = fully_connected_cost(config_, layer_, tile, counts);
    result.saturations = accumulate_fully_connected(tile);
  } else {
    counts.resize(weights().size());
    std::ranges::transform(weights(), counts.begin(), [this](int16_t v) { return count_of(v); });
    result.cost = convolution_cost(config_, layer_, tile, counts);
    // 16-bit lanes do when the rails fit with room for a product, or when no sum of counts can reach them.
    const bool narrow = config_.operand_bits + static_cast<int>(layer_.guard_bits) <= 15 ||
                        largest_sum(counts, layer_.taps()) <= INT16_MAX;
    result.saturations = narrow ? convolve<int16_t>(tile) : convolve<int32_t>(tile);
  }
  return result;
}

uint64_t Core::accumulate_fully_connected(const Tile& tile) {
  struct Step {
    uint32_t tap;
    const int16_t* products;
    int32_t flip;
  };
  const ProductTable& table = ProductTable::of(config_.operand_bits);
  std::vector<Step> steps;
  for (uint32_t j = 0; j < tile.tap_count; ++j) {
    const int16_t activation = input()[tile.tap_begin + j];
    const uint16_t k = count_of(activation);
    if (k != 0) steps.push_back({j, table.row(k), activation < 0 ? -1 : 0});
  }
  const int bits = config_.operand_bits + static_cast<int>(layer_.guard_bits);
  const auto low = static_cast<int32_t>(signed_min(bits));
  const auto high = static_cast<int32_t>(signed_max(bits));
  uint64_t saturations = 0;
  for (uint32_t m = 0; m < tile.map_count; ++m) {
    const int16_t* row = weights().data() + std::size_t{m} * tile.tap_count;
    int32_t acc = lanes_[m];
    for (const Step& step : steps) {
      const int32_t product = step.products[to_offset_binary(row[step.tap], config_.operand_bits)];
      const int32_t sum = acc + ((product ^ step.flip) - step.flip);
      acc = std::clamp(sum, low, high);
      saturations += sum != acc;
    }
    lanes_[m] = acc;
    if (tile.last_of_group_outputs) finish(tile, m, 0, 0, in_units_of_bias(acc));
  }
  return saturations;
}

}  // namespace ganglion::sc_cnn
