#include "ip/common/model/layer.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>
#include <vector>

#include "ip/common/model/schedule.h"
#include "platform/base/fixed_point.h"

namespace ganglion::layers {
namespace {

std::string text(uint64_t value) { return std::to_string(value); }

/// "IN" of "IN_LO".
std::string base_name(const std::string& register_name) {
  return register_name.ends_with("_LO") ? register_name.substr(0, register_name.size() - 3) : register_name;
}

}  // namespace

JobFault job_fault(Fault fault, const char* register_name, int64_t value, std::string rule) {
  return {fault, register_name, value, std::move(rule), std::nullopt};
}

MaybeFault check_sizes(const Layer& l) {
  if (l.kind > Layer::kFullyConnected) {
    return job_fault(Fault::kKind, "KIND", l.kind, "must be 0 (convolution) or 1 (fully connected)");
  }
  for (const auto& [name, value] :
       {std::pair{"IN_C", l.in_c}, std::pair{"IN_H", l.in_h}, std::pair{"IN_W", l.in_w},
        std::pair{"OUT_C", l.out_c}, std::pair{"OUT_H", l.out_h}, std::pair{"OUT_W", l.out_w}}) {
    if (value < 1 || value > kMaxDimension)
      return job_fault(Fault::kDimension, name, value, "must be 1 to 65535");
  }
  if (l.fully_connected()) {
    for (const auto& [name, value] : {std::pair{"OUT_H", l.out_h}, std::pair{"OUT_W", l.out_w}}) {
      if (value != 1)
        return job_fault(Fault::kGeometry, name, value, "must be 1 for a fully connected layer");
    }
    if (l.pool != 0) return job_fault(Fault::kPool, "POOL", l.pool, "must be 0 for a fully connected layer");
    return std::nullopt;
  }
  for (const auto& [name, value] :
       {std::pair{"KERNEL_H", l.kh}, std::pair{"KERNEL_W", l.kw}, std::pair{"STRIDE", l.stride}}) {
    if (value < 1 || value > kMaxKernel) return job_fault(Fault::kKernel, name, value, "must be 1 to 32");
  }
  if (l.pad >= kMaxKernel) return job_fault(Fault::kKernel, "PAD", l.pad, "must be 0 to 31");
  struct Axis {
    const char* name;
    uint32_t output, input, kernel;
  };
  for (const Axis& axis : {Axis{"OUT_H", l.out_h, l.in_h, l.kh}, Axis{"OUT_W", l.out_w, l.in_w, l.kw}}) {
    const uint32_t expected = convolution_output(axis.input, axis.kernel, l.stride, l.pad);
    if (axis.output != expected) {
      return job_fault(Fault::kGeometry, axis.name, axis.output,
                       "must be " + text(expected) + " = floor((" + text(axis.input) + " + 2*" + text(l.pad) +
                           " - " + text(axis.kernel) + ") / " + text(l.stride) + ") + 1");
    }
  }
  if (l.pool > 1) return job_fault(Fault::kPool, "POOL", l.pool, "must be 0 (none) or 1 (2x2 maximum)");
  if (l.stored_h() == 0 || l.stored_w() == 0) {
    return job_fault(
        Fault::kPool, "POOL", l.pool,
        "2x2 pooling needs at least 2x2 outputs, there are " + text(l.out_h) + "x" + text(l.out_w));
  }
  return std::nullopt;
}

MaybeFault check_strides(const Layer& l, int element_bytes) {
  const auto eb = static_cast<uint32_t>(element_bytes);
  struct Map {
    const char* row_name;
    const char* plane_name;
    uint32_t row_stride, plane_stride, height, width;
  };
  for (const Map& map :
       {Map{"IN_ROW_STRIDE", "IN_PLANE_STRIDE", l.in_row_stride, l.in_plane_stride, l.in_h, l.in_w},
        Map{"OUT_ROW_STRIDE", "OUT_PLANE_STRIDE", l.out_row_stride, l.out_plane_stride, l.stored_h(),
            l.stored_w()}}) {
    const uint64_t row_bytes = uint64_t{map.width} * eb;
    if (map.row_stride < row_bytes || map.row_stride % eb != 0) {
      return job_fault(Fault::kStride, map.row_name, map.row_stride,
                       "must be at least " + text(row_bytes) + " bytes and a multiple of the " + text(eb) +
                           "-byte element");
    }
    const uint64_t plane_bytes = uint64_t{map.height} * map.row_stride;
    if (map.plane_stride < plane_bytes || map.plane_stride % eb != 0) {
      return job_fault(Fault::kStride, map.plane_name, map.plane_stride,
                       "must be at least rows * row stride = " + text(plane_bytes) +
                           " bytes and a multiple of the " + text(eb) + "-byte element");
    }
  }
  return std::nullopt;
}

MaybeFault check_output_range(const Layer& l, int operand_bits) {
  const auto low = static_cast<int32_t>(signed_min(operand_bits));
  const auto high = static_cast<int32_t>(signed_max(operand_bits));
  const std::string range = std::to_string(low) + " to " + std::to_string(high);
  if (l.lo < low || l.lo > high) return job_fault(Fault::kClamp, "OUT_MIN", l.lo, "must be " + range);
  if (l.hi < low || l.hi > high) return job_fault(Fault::kClamp, "OUT_MAX", l.hi, "must be " + range);
  if (l.lo > l.hi)
    return job_fault(Fault::kClamp, "OUT_MIN", l.lo, "must not exceed OUT_MAX = " + std::to_string(l.hi));
  return std::nullopt;
}

MaybeFault check_buffers(const Array& a, const Layer& l) {
  const auto eb = static_cast<uint64_t>(a.element_bytes());
  if (l.fully_connected()) {
    const uint64_t bytes = l.taps() * eb;
    if (bytes > a.input_buffer_bytes) {
      return job_fault(Fault::kInputTooLarge, "IN_C", l.in_c,
                       "the " + text(bytes) +
                           " bytes of a fully connected layer's input must fit the input buffer of " +
                           text(a.input_buffer_bytes));
    }
    return std::nullopt;
  }
  const uint64_t weights = uint64_t{std::min(a.mvms, l.out_c)} * l.taps() * eb;
  if (weights > a.weight_buffer_bytes / 2) {
    return job_fault(Fault::kWeightsTooLarge, "IN_C", l.in_c,
                     "the " + text(weights) +
                         " bytes of weights of a group of maps must fit half the weight buffer, " +
                         text(a.weight_buffer_bytes / 2));
  }
  bool limited_by_input = false;
  if (rows_per_tile(a, l, &limited_by_input) == 0) {
    if (limited_by_input) {
      return job_fault(Fault::kInputTooLarge, "IN_W", l.in_w,
                       "the input rows of " + text(l.pool_step()) + " output row(s), IN_C = " + text(l.in_c) +
                           " channels deep, must fit half the input buffer, " +
                           text(a.input_buffer_bytes / 2));
    }
    return job_fault(Fault::kOutputTooLarge, "OUT_W", l.out_w,
                     "a stored row of every map of a group must fit half the output buffer, " +
                         text(a.output_buffer_bytes / 2));
  }
  return std::nullopt;
}

MaybeFault check_regions(std::span<const Region> operands, const Region& output) {
  const auto broken = [](Fault fault, const Region& region, std::string rule) {
    return job_fault(fault, region.name, static_cast<int64_t>(region.base), std::move(rule));
  };
  std::vector<Region> regions(operands.begin(), operands.end());
  regions.push_back(output);
  std::erase_if(regions, [](const Region& region) { return region.bytes == 0; });
  for (const Region& region : regions) {
    if (region.base % kAddressAlignment != 0)
      return broken(Fault::kMisaligned, region, "must be a multiple of " + text(kAddressAlignment));
  }
  for (const Region& region : regions) {
    if (region.base + region.bytes < region.base) {
      return broken(Fault::kAddressRange, region,
                    "its " + text(region.bytes) + " bytes must not reach beyond the 64-bit address space");
    }
  }
  for (const Region& operand : operands) {
    if (operand.bytes == 0 || output.bytes == 0) continue;
    if (output.base < operand.base + operand.bytes && operand.base < output.base + output.bytes) {
      return broken(Fault::kOverlap, output,
                    "its " + text(output.bytes) + " bytes must not overlap " + base_name(operand.name));
    }
  }
  return std::nullopt;
}

MaybeFault check_addresses(const Layer& l, int eb) {
  const std::array<Region, 5> operands{
      {{"IN_LO", l.in, l.input_layout(eb).span_bytes()},
       {"WEIGHTS_LO", l.weights, l.out_c * l.taps() * static_cast<uint64_t>(eb)},
       {"BIAS_LO", l.bias, uint64_t{l.out_c} * 4},
       {"MULT_LO", l.mult, uint64_t{l.out_c} * 4},
       {"SHIFT_LO", l.shift, uint64_t{l.out_c} * 4}}};
  return check_regions(operands, {"OUT_LO", l.out, l.output_layout(eb).span_bytes()});
}

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::kKind:
      return "unsupported operation";
    case Fault::kDimension:
      return "size out of range";
    case Fault::kKernel:
      return "kernel out of range";
    case Fault::kGeometry:
      return "geometry does not fit";
    case Fault::kPool:
      return "unsupported pooling";
    case Fault::kStride:
      return "bad stride";
    case Fault::kPrecision:
      return "precision out of range";
    case Fault::kGuardBits:
      return "too many guard bits";
    case Fault::kZeroSkip:
      return "unsupported zero skip";
    case Fault::kClamp:
      return "bad output range";
    case Fault::kMisaligned:
      return "misaligned address";
    case Fault::kAddressRange:
      return "address out of range";
    case Fault::kOverlap:
      return "output overlaps an operand";
    case Fault::kInputTooLarge:
      return "input too large";
    case Fault::kWeightsTooLarge:
      return "weights too large";
    case Fault::kOutputTooLarge:
      return "output too large";
    case Fault::kOperandRange:
      return "operand out of range";
    case Fault::kRequantisation:
      return "requantisation constant out of range";
    case Fault::kHashLength:
      return "unsupported hash length";
    case Fault::kHashTile:
      return "unsupported tiles of a hash";
    case Fault::kHashLayer:
      return "projection out of range";
    case Fault::kProjection:
      return "layer wider than the projection store";
    case Fault::kShift:
      return "shift out of range";
    case Fault::kDataflow:
      return "unsupported dataflow";
    case Fault::kFolding:
      return "does not fit without folding";
    case Fault::kNorm:
      return "norm is no number";
    case Fault::kRows:
      return "rows out of range";
  }
  return "unknown fault";
}

std::string JobFault::to_string() const {
  const bool address =
      fault == Fault::kMisaligned || fault == Fault::kAddressRange || fault == Fault::kOverlap;
  std::ostringstream line;
  line << base_name(register_name);
  if (offset) line << " + " << *offset << " bytes";
  line << " = ";
  if (address) {
    line << "0x" << std::hex << static_cast<uint64_t>(value);
  } else {
    line << value;
  }
  line << ": " << rule;
  return line.str();
}

}  // namespace ganglion::layers
