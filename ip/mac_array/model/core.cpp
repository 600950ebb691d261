#include "ip/mac_array/model/core.h"

#include <algorithm>
#include <array>
#include <span>

#include "ip/common/model/phase_planes.h"
#include "platform/base/fixed_point.h"

namespace ganglion::mac_array {
namespace {

using layers::PhasePlanes;
using layers::Tile;

/// An operand of one tap for consecutive pixels, and its weight.
struct Tap {
  const int16_t* operands;
  int32_t weight;
};

/// acc[i] += sum over taps of weight * operands[i], for a block of pixels.
void multiply_add_block(int32_t* acc, std::size_t offset, std::span<const Tap> taps) {
  constexpr std::size_t kBlock = PhasePlanes::kPixelBlock;
  std::array<int32_t, kBlock> sum;
  std::copy_n(acc + offset, kBlock, sum.begin());
  for (const Tap& tap : taps) {
    const int16_t* x = tap.operands + offset;
    for (std::size_t i = 0; i < kBlock; ++i) sum[i] += tap.weight * x[i];
  }
  std::ranges::copy(sum, acc + offset);
}

/// Adds to a saturating accumulator; 1 when it clamped.
uint64_t add_saturating(int64_t& accumulator, int64_t sum, int bits) {
  const int64_t exact = accumulator + sum;
  accumulator = saturate(exact, bits);
  return accumulator != exact ? 1 : 0;
}

}  // namespace

Core::Core(const Config& config, const Layer& layer, layers::FaultInjector* faults)
    : TileBuffers(config, layer, faults), config_(config), layer_(layer) {}

void Core::begin(const Tile& tile) {
  TileBuffers::begin(tile);
  if (tile.load_parameters) lanes_.assign(layer_.fully_connected() ? tile.map_count : 0, 0);
}

TileResult Core::compute(const Tile& tile) {
  clear_output(tile);
  TileResult result;
  result.cost = tile_cost(config_, layer_, tile);
  const auto largest_product = uint64_t{1} << (2 * config_.operand_bits - 2);
  const uint64_t largest_sum = layer_.taps() * largest_product;
  if (lanes_have_faults()) {
    result.saturations = layer_.fully_connected() ? accumulate_with_faults(tile) : convolve_with_faults(tile);
  } else if (layer_.fully_connected()) {
    result.saturations = accumulate_fully_connected(tile);
  } else if (largest_sum <= static_cast<uint64_t>(signed_max(std::min(config_.accumulator_bits, 32)))) {
    convolve_exact(tile);  // out of reach of the rails
  } else {
    result.saturations = convolve_saturating(tile);
  }
  return result;
}

void Core::convolve_exact(const Tile& tile) {
  const PhasePlanes shape(layer_, tile);
  const uint32_t kernel = layer_.kh * layer_.kw;
  const std::size_t pixels = shape.padded_pixels();
  std::vector<int32_t> lanes(pixels * tile.map_count, 0);
  std::vector<int16_t> operands(shape.elements() + pixels);
  std::vector<Tap> taps(kernel);
  for (uint32_t c = 0; c < layer_.in_c; ++c) {
    shape.spread(input(), tile, c, int16_t{0}, operands, [](int16_t x) { return x; });
    for (uint32_t m = 0; m < tile.map_count; ++m) {
      const int16_t* kernels = weights().data() + (std::size_t{m} * layer_.in_c + c) * kernel;
      for (uint32_t t = 0; t < kernel; ++t)
        taps[t] = {operands.data() + shape.index(t / layer_.kw, t % layer_.kw), kernels[t]};
      for (std::size_t i = 0; i < pixels; i += PhasePlanes::kPixelBlock)
        multiply_add_block(lanes.data() + m * pixels, i, taps);
    }
  }
  for (uint32_t m = 0; m < tile.map_count; ++m) {
    for (uint32_t y = 0; y < tile.row_count; ++y) {
      const int32_t* row = lanes.data() + m * pixels + shape.pixel(y, 0);
      for (uint32_t x = 0; x < layer_.computed_w(); ++x) finish(tile, m, y, x, row[x]);
    }
  }
}

uint64_t Core::convolve_saturating(const Tile& tile) {
  const std::size_t taps = layer_.taps();
  std::vector<int16_t> patch(taps);
  std::vector<int64_t> lanes(tile.map_count);
  uint64_t saturations = 0;
  for (uint32_t y = 0; y < tile.row_count; ++y) {
    for (uint32_t x = 0; x < layer_.computed_w(); ++x) {
      read_patch(tile, y, x, patch);
      for (uint32_t m = 0; m < tile.map_count; ++m) {
        const int16_t* kernel = weights().data() + m * taps;
        int64_t acc = 0;
        for (std::size_t t = 0; t < taps; t += config_.macs_per_lane) {
          int64_t sum = 0;
          for (std::size_t i = t; i < std::min<std::size_t>(t + config_.macs_per_lane, taps); ++i)
            sum += int32_t{patch[i]} * kernel[i];
          saturations += add_saturating(acc, sum, config_.accumulator_bits);
        }
        finish(tile, m, y, x, acc);
      }
    }
  }
  return saturations;
}

uint64_t Core::accumulate_fully_connected(const Tile& tile) {
  const int16_t* operands = input().data() + tile.tap_begin;
  uint64_t saturations = 0;
  for (uint32_t m = 0; m < tile.map_count; ++m) {
    const int16_t* row = weights().data() + std::size_t{m} * tile.tap_count;
    for (uint32_t t = 0; t < tile.tap_count; t += config_.macs_per_lane) {
      int64_t sum = 0;
      for (uint32_t i = t; i < std::min(t + config_.macs_per_lane, tile.tap_count); ++i)
        sum += int32_t{operands[i]} * row[i];
      saturations += add_saturating(lanes_[m], sum, config_.accumulator_bits);
    }
    if (tile.last_of_group_outputs) finish(tile, m, 0, 0, lanes_[m]);
  }
  return saturations;
}

}  // namespace ganglion::mac_array
