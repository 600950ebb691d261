#include "ip/common/model/tile_buffers.h"

#include <cassert>

#include "platform/base/fixed_point.h"

namespace ganglion::layers {
namespace {

int32_t read_le32(const uint8_t* bytes) {
  return static_cast<int32_t>(uint32_t{bytes[0]} | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16 |
                              uint32_t{bytes[3]} << 24);
}

}  // namespace

int32_t post_process(const Layer& layer, int64_t accumulator, int32_t bias, uint32_t mult, uint32_t shift) {
  const int64_t biased = saturate(accumulator + bias, 32);
  return requantise(static_cast<int32_t>(biased), {mult, shift}, layer.lo, layer.hi);
}

void TileBuffers::begin(const Tile& tile) {
  if (tile.load_input) input_.assign(std::size_t{shape_.in_c} * tile.in_row_count * shape_.in_w, 0);
  if (tile.load_weights) weights_.assign(std::size_t{tile.map_count} * tile.tap_count, 0);
  if (tile.load_parameters) {
    for (auto* vector : {&constants_.bias, &constants_.mult, &constants_.shift})
      vector->assign(tile.map_count, 0);
  }
}

std::optional<JobFault> TileBuffers::load(const ByteRun& run, std::span<const uint8_t> bytes) {
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

std::optional<JobFault> TileBuffers::load_elements(std::vector<int16_t>& buffer, const ByteRun& run,
                                                   std::span<const uint8_t> bytes) const {
  const auto eb = static_cast<std::size_t>(array_.element_bytes());
  int16_t* to = buffer.data() + run.buffer_offset / eb;
  const std::size_t count = bytes.size() / eb;
  assert(run.buffer_offset / eb + count <= buffer.size());
  // Keyed by the element: one that is fetched again meets the same fault.
  FaultInjector* const buffer_faults = faults_at(FaultSite::kBuffer);
  const auto low = static_cast<int16_t>(signed_min(array_.operand_bits));
  const auto high = static_cast<int16_t>(signed_max(array_.operand_bits));
  for (std::size_t i = 0; i < count; ++i) {
    const int16_t value = eb == 1 ? static_cast<int16_t>(static_cast<int8_t>(bytes[i]))
                                  : static_cast<int16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
    if (value < low || value > high) {
      return JobFault{Fault::kOperandRange, name_of(run.operand), value,
                      "must be " + std::to_string(low) + " to " + std::to_string(high) +
                          " for N = " + std::to_string(array_.operand_bits),
                      run.offset + i * eb};
    }
    to[i] = buffer_faults == nullptr
                ? value
                : static_cast<int16_t>(buffer_faults->flipped(
                      value, (uint64_t{static_cast<uint8_t>(run.operand)} << 40) + run.offset / eb + i,
                      array_.operand_bits));
  }
  return std::nullopt;
}

std::optional<JobFault> TileBuffers::load_constants(const ByteRun& run, std::span<const uint8_t> bytes) {
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

void TileBuffers::read_patch(const Tile& tile, uint32_t y, uint32_t x, std::span<int16_t> patch) const {
  const int64_t top = (int64_t{tile.row_begin} + y) * shape_.stride - shape_.pad;
  const int64_t left = int64_t{x} * shape_.stride - shape_.pad;
  std::size_t i = 0;
  for (uint32_t c = 0; c < shape_.in_c; ++c) {
    for (uint32_t ky = 0; ky < shape_.kh; ++ky) {
      const int64_t row = top + ky;
      const bool inside = row >= 0 && row < shape_.in_h;
      const std::size_t begin =
          inside ? (std::size_t{c} * tile.in_row_count + static_cast<std::size_t>(row - tile.in_row_begin)) *
                       shape_.in_w
                 : 0;
      for (uint32_t kx = 0; kx < shape_.kw; ++kx, ++i) {
        const int64_t column = left + kx;
        const bool there = inside && column >= 0 && column < shape_.in_w;
        patch[i] = there ? input_[begin + static_cast<std::size_t>(column)] : int16_t{0};
      }
    }
  }
}

void TileBuffers::clear_output(const Tile& tile) {
  if (!tile.last_of_group_outputs) return;
  output_.assign(std::size_t{tile.map_count} * (tile.row_count / shape_.pool_step()) * shape_.stored_w() *
                     static_cast<std::size_t>(array_.element_bytes()),
                 0);
}

void TileBuffers::finish(const Tile& tile, uint32_t map, uint32_t y, uint32_t x, int64_t accumulator) {
  const int32_t value =
      post_process(shape_, accumulator, constants_.bias[map], static_cast<uint32_t>(constants_.mult[map]),
                   static_cast<uint32_t>(constants_.shift[map]));
  const uint32_t step = shape_.pool_step();
  const std::size_t index =
      (std::size_t{map} * (tile.row_count / step) + y / step) * shape_.stored_w() + x / step;
  const bool first = y % step == 0 && x % step == 0;
  if (array_.element_bytes() == 1) {
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

std::span<const uint8_t> TileBuffers::output(const ByteRun& run) const {
  assert(run.buffer_offset + run.bytes <= output_.size());
  return std::span<const uint8_t>(output_).subspan(run.buffer_offset, run.bytes);
}

}  // namespace ganglion::layers
