#include "ip/sc_cnn/model/core.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <numeric>

#include "ip/sc_cnn/model/multiplier.h"
#include "platform/base/fixed_point.h"

namespace ganglion::sc_cnn {
namespace {

int32_t read_le32(const uint8_t* bytes) {
  return static_cast<int32_t>(uint32_t{bytes[0]} | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16 |
                              uint32_t{bytes[3]} << 24);
}

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

int32_t post_process(const Config& config, const Layer& layer, int32_t accumulator, int32_t bias,
                     uint32_t mult, uint32_t shift) {
  const int64_t scale = int64_t{1} << (static_cast<uint32_t>(config.operand_bits) - layer.weight_bits);
  const int64_t biased = saturate(accumulator * scale + bias, 32);
  return requantise(static_cast<int32_t>(biased), {mult, shift}, layer.lo, layer.hi);
}

Core::Core(const Config& config, const Layer& layer) : config_(config), layer_(layer) {}

void Core::begin(const Tile& tile) {
  if (tile.load_input) input_.assign(std::size_t{layer_.in_c} * tile.in_row_count * layer_.in_w, 0);
  if (tile.load_weights) weights_.assign(std::size_t{tile.map_count} * tile.tap_count, 0);
  if (tile.load_parameters) {
    for (auto* vector : {&constants_.bias, &constants_.mult, &constants_.shift})
      vector->assign(tile.map_count, 0);
    lanes_.assign(layer_.fully_connected() ? tile.map_count : 0, 0);
  }
}

std::optional<JobFault> Core::load(const ByteRun& run, std::span<const uint8_t> bytes) {
  assert(bytes.size() == run.bytes);
  switch (run.operand) {
    case Operand::kInput:
      return load_elements(input_, run, bytes);
    case Operand::kWeights:
      return load_elements(weights_, run, bytes);
    default:
      return load_constants(run, bytes);
  }
}

std::optional<JobFault> Core::load_elements(std::vector<int16_t>& buffer, const ByteRun& run,
                                            std::span<const uint8_t> bytes) const {
  const auto eb = static_cast<std::size_t>(config_.element_bytes());
  int16_t* to = buffer.data() + run.buffer_offset / eb;
  const std::size_t count = bytes.size() / eb;
  assert(run.buffer_offset / eb + count <= buffer.size());
  const auto low = static_cast<int16_t>(signed_min(config_.operand_bits));
  const auto high = static_cast<int16_t>(signed_max(config_.operand_bits));
  for (std::size_t i = 0; i < count; ++i) {
    const int16_t value = eb == 1 ? static_cast<int16_t>(static_cast<int8_t>(bytes[i]))
                                  : static_cast<int16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
    if (value < low || value > high) {
      return JobFault{Fault::kOperandRange, name_of(run.operand), value,
                      "must be " + std::to_string(low) + " to " + std::to_string(high) +
                          " for N = " + std::to_string(config_.operand_bits),
                      run.offset + i * eb};
    }
    to[i] = value;
  }
  return std::nullopt;
}

std::optional<JobFault> Core::load_constants(const ByteRun& run, std::span<const uint8_t> bytes) {
  auto& buffer = run.operand == Operand::kBias   ? constants_.bias
                 : run.operand == Operand::kMult ? constants_.mult
                                                 : constants_.shift;
  for (std::size_t i = 0; i < bytes.size() / 4; ++i) {
    const int32_t value = read_le32(bytes.data() + 4 * i);
    const auto wrong = [&](const char* rule) {
      return JobFault{Fault::kRequantisation, name_of(run.operand), static_cast<uint32_t>(value), rule,
                      run.offset + 4 * i};
    };
    if (run.operand == Operand::kMult && value < 0) {
      return wrong("must be less than 2^31");
    }
    if (run.operand == Operand::kShift && (value < 1 || value > 62)) {
      return wrong("must be 1 to 62");
    }
    buffer[run.buffer_offset / 4 + i] = value;
  }
  return std::nullopt;
}

uint16_t Core::count_of(int16_t operand) const {
  return static_cast<uint16_t>(
      counter_start(operand, config_.operand_bits, static_cast<int>(layer_.weight_bits)));
}

TileResult Core::compute(const Tile& tile) {
  const std::size_t eb = static_cast<std::size_t>(config_.element_bytes());
  const uint32_t step = layer_.pool_step();
  if (tile.last_of_group_outputs) {
    output_.assign(std::size_t{tile.map_count} * (tile.row_count / step) * layer_.stored_w() * eb, 0);
  }
  TileResult result;
  std::vector<uint16_t> counts;
  if (layer_.fully_connected()) {
    const std::span<const int16_t> taps(input_.data() + tile.tap_begin, tile.tap_count);
    counts.resize(taps.size());
    std::ranges::transform(taps, counts.begin(), [this](int16_t v) { return count_of(v); });
    result.cost = fully_connected_cost(config_, layer_, tile, counts);
    result.saturations = accumulate_fully_connected(tile);
  } else {
    counts.resize(weights_.size());
    std::ranges::transform(weights_, counts.begin(), [this](int16_t v) { return count_of(v); });
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
    const int16_t activation = input_[tile.tap_begin + j];
    const uint16_t k = count_of(activation);
    if (k != 0) steps.push_back({j, table.row(k), activation < 0 ? -1 : 0});
  }
  const int bits = config_.operand_bits + static_cast<int>(layer_.guard_bits);
  const auto low = static_cast<int32_t>(signed_min(bits));
  const auto high = static_cast<int32_t>(signed_max(bits));
  uint64_t saturations = 0;
  for (uint32_t m = 0; m < tile.map_count; ++m) {
    const int16_t* row = weights_.data() + std::size_t{m} * tile.tap_count;
    int32_t acc = lanes_[m];
    for (const Step& step : steps) {
      const int32_t product = step.products[to_offset_binary(row[step.tap], config_.operand_bits)];
      const int32_t sum = acc + ((product ^ step.flip) - step.flip);
      acc = std::clamp(sum, low, high);
      saturations += sum != acc;
    }
    lanes_[m] = acc;
    if (tile.last_of_group_outputs) finish(tile, m, 0, 0, acc);
  }
  return saturations;
}

void Core::finish(const Tile& tile, uint32_t map, uint32_t y, uint32_t x, int32_t accumulator) {
  const int32_t value =
      post_process(config_, layer_, accumulator, constants_.bias[map],
                   static_cast<uint32_t>(constants_.mult[map]), static_cast<uint32_t>(constants_.shift[map]));
  const uint32_t step = layer_.pool_step();
  const std::size_t index =
      (std::size_t{map} * (tile.row_count / step) + y / step) * layer_.stored_w() + x / step;
  const bool first = y % step == 0 && x % step == 0;
  if (config_.element_bytes() == 1) {
    const auto byte = static_cast<int8_t>(value);
    if (first || byte > static_cast<int8_t>(output_[index])) output_[index] = static_cast<uint8_t>(byte);
  } else {
    const auto at = [this, index] {
      return static_cast<int16_t>(output_[2 * index] | output_[2 * index + 1] << 8);
    };
    if (first || value > at()) {
      output_[2 * index] = static_cast<uint8_t>(value);
      output_[2 * index + 1] = static_cast<uint8_t>(value >> 8);
    }
  }
}

std::span<const uint8_t> Core::output(const ByteRun& run) const {
  assert(run.buffer_offset + run.bytes <= output_.size());
  return std::span<const uint8_t>(output_).subspan(run.buffer_offset, run.bytes);
}

}  // namespace ganglion::sc_cnn
