#include "ip/deepcam/model/layer.h"

#include <array>
#include <sstream>
#include <utility>

#include "ip/deepcam/model/norm.h"
#include "ip/deepcam/model/schedule.h"

namespace ganglion::deepcam {
namespace {

using MaybeFault = std::optional<JobFault>;

MaybeFault fault(Fault fault, const char* register_name, int64_t value, std::string rule) {
  return JobFault{fault, register_name, value, std::move(rule), std::nullopt};
}

std::string text(uint64_t value) { return std::to_string(value); }

std::string base_name(const std::string& register_name) {
  return register_name.ends_with("_LO") ? register_name.substr(0, register_name.size() - 3) : register_name;
}

MaybeFault check_window(const Layer& l) {
  for (const auto& [name, value] :
       {std::pair{"KERNEL_H", l.kh}, std::pair{"KERNEL_W", l.kw}, std::pair{"STRIDE", l.stride}}) {
    if (value < 1 || value > kMaxKernel) return fault(Fault::kKernel, name, value, "must be 1 to 32");
  }
  if (l.pad >= kMaxKernel) return fault(Fault::kKernel, "PAD", l.pad, "must be 0 to 31");
  struct Axis {
    const char* name;
    uint32_t output, input, kernel;
  };
  for (const Axis& axis : {Axis{"OUT_H", l.out_h, l.in_h, l.kh}, Axis{"OUT_W", l.out_w, l.in_w, l.kw}}) {
    const uint32_t expected = convolution_output(axis.input, axis.kernel, l.stride, l.pad);
    if (axis.output != expected) {
      return fault(Fault::kGeometry, axis.name, axis.output,
                   "must be " + text(expected) + " = floor((" + text(axis.input) + " + 2*" + text(l.pad) +
                       " - " + text(axis.kernel) + ") / " + text(l.stride) + ") + 1");
    }
  }
  if (l.pool > 1) return fault(Fault::kPool, "POOL", l.pool, "must be 0 (none) or 1 (2x2 maximum)");
  if (l.stored_h() == 0 || l.stored_w() == 0) {
    return fault(Fault::kPool, "POOL", l.pool,
                 "2x2 pooling needs at least 2x2 outputs, there are " + text(l.out_h) + "x" + text(l.out_w));
  }
  return std::nullopt;
}

MaybeFault check_sizes(const Layer& l) {
  if (l.kind > Layer::kFullyConnected) {
    return fault(Fault::kKind, "KIND", l.kind,
                 "must be 0 (convolution), 1 (fully connected), 2 (store) or 3 (search)");
  }
  for (const auto& [name, value] :
       {std::pair{"IN_C", l.in_c}, std::pair{"IN_H", l.in_h}, std::pair{"IN_W", l.in_w},
        std::pair{"OUT_C", l.out_c}, std::pair{"OUT_H", l.out_h}, std::pair{"OUT_W", l.out_w}}) {
    if (value < 1 || value > kMaxDimension)
      return fault(Fault::kDimension, name, value, "must be 1 to 65535");
  }
  if (!l.fully_connected()) return check_window(l);
  for (const auto& [name, value] : {std::pair{"OUT_H", l.out_h}, std::pair{"OUT_W", l.out_w}}) {
    if (value != 1) return fault(Fault::kGeometry, name, value, "must be 1 for a fully connected layer");
  }
  if (l.pool != 0) return fault(Fault::kPool, "POOL", l.pool, "must be 0 for a fully connected layer");
  return std::nullopt;
}

MaybeFault check_strides(const Layer& l) {
  struct Map {
    const char* row_name;
    const char* plane_name;
    uint32_t row_stride, plane_stride, height, width;
  };
  for (const Map& map :
       {Map{"IN_ROW_STRIDE", "IN_PLANE_STRIDE", l.in_row_stride, l.in_plane_stride, l.in_h, l.in_w},
        Map{"OUT_ROW_STRIDE", "OUT_PLANE_STRIDE", l.out_row_stride, l.out_plane_stride, l.stored_h(),
            l.stored_w()}}) {
    if (map.row_stride < map.width) {
      return fault(Fault::kStride, map.row_name, map.row_stride,
                   "must be at least the " + text(map.width) + " bytes of a row");
    }
    const uint64_t plane_bytes = uint64_t{map.row_stride} * map.height;
    if (map.plane_stride < plane_bytes) {
      return fault(Fault::kStride, map.plane_name, map.plane_stride,
                   "must be at least the " + text(plane_bytes) + " bytes of " + text(map.height) + " rows");
    }
  }
  return std::nullopt;
}

MaybeFault check_hash(const Config& c, const Layer& l) {
  if (l.hash_bits == 0 || l.hash_bits % kSegmentBits != 0 || l.hash_bits > kMaxHashBits) {
    return fault(Fault::kHashLength, "HASH_BITS", l.hash_bits,
                 "must be 256, 512, 768 or 1024: whole segments of 256 bits");
  }
  if (l.taps() > c.projection_inputs) {
    return fault(Fault::kProjection, "IN_C", l.in_c,
                 "the " + text(l.taps()) + " inputs of an output must not exceed the projection store's " +
                     text(c.projection_inputs));
  }
  if (l.hash_tile % kTileStep != 0)
    return fault(Fault::kHashTile, "HASH_TILE", l.hash_tile, "must be 0 (no tiles) or a multiple of 8");
  if (l.tiling().tiles() > kMaxTiles) {
    return fault(Fault::kHashTile, "HASH_TILE", l.hash_tile,
                 "must cut the " + text(l.taps()) + " inputs into 16 tiles at most");
  }
  if (l.hash_layer > kMaxHashLayer)
    return fault(Fault::kHashLayer, "HASH_LAYER", l.hash_layer, "must be 0 to 65535");
  if (l.norm_shift > kMaxNormShift)
    return fault(Fault::kShift, "NORM_SHIFT", l.norm_shift, "must be 0 to 15");
  if (l.product_shift < 1 || l.product_shift > kMaxProductShift)
    return fault(Fault::kShift, "PRODUCT_SHIFT", l.product_shift, "must be 1 to 48");
  return std::nullopt;
}

MaybeFault check_mapping(const Config& c, const Layer& l) {
  if (l.dataflow > Layer::kWeightStationary) {
    return fault(Fault::kDataflow, "DATAFLOW", l.dataflow,
                 "must be 0 (activation stationary) or 1 (weight stationary)");
  }
  if (l.fold > 1) return fault(Fault::kFolding, "FOLD", l.fold, "must be 0 or 1");
  if (l.fold == 1) return std::nullopt;
  const uint64_t rows = l.weight_stationary() ? l.out_c : l.patches();
  if (rows > c.rows) {
    return fault(Fault::kFolding, "FOLD", l.fold,
                 "must be 1: the " + text(rows) + (l.weight_stationary() ? " filters" : " patches") +
                     " of this job need more than the array's " + text(c.rows) + " rows");
  }
  if (l.hash_bits > c.segments * kSegmentBits) {
    return fault(Fault::kFolding, "FOLD", l.fold,
                 "must be 1: a hash of " + text(l.hash_bits) + " bits is longer than the array's word of " +
                     text(c.segments * kSegmentBits));
  }
  if (l.tiling().tiles() > 1) {
    return fault(Fault::kFolding, "FOLD", l.fold, "must be 1: the tiles of a hash take turns in the array");
  }
  return std::nullopt;
}

MaybeFault check_arithmetic(const Layer& l) {
  if (l.lo < -128 || l.lo > 127) return fault(Fault::kClamp, "OUT_MIN", l.lo, "must be -128 to 127");
  if (l.hi < -128 || l.hi > 127) return fault(Fault::kClamp, "OUT_MAX", l.hi, "must be -128 to 127");
  if (l.lo > l.hi)
    return fault(Fault::kClamp, "OUT_MIN", l.lo, "must not exceed OUT_MAX = " + std::to_string(l.hi));
  return std::nullopt;
}

MaybeFault check_buffers(const Config& c, const Layer& l) {
  const Schedule schedule(c, l);
  if (schedule.input_resident() || schedule.largest_stripe_bytes() <= c.input_buffer_bytes / 2)
    return std::nullopt;
  return fault(Fault::kInputTooLarge, "IN_W", l.in_w,
               "the " + text(schedule.largest_stripe_bytes()) + " input bytes that " +
                   text(schedule.patch_step()) + " patches read must fit half the input buffer, " +
                   text(c.input_buffer_bytes / 2));
}

MaybeFault check_addresses(const Layer& l) {
  struct Region {
    const char* name;
    uint64_t base, bytes;
  };
  const std::array<Region, 7> regions{{{"IN_LO", l.in, l.input_layout().span_bytes()},
                                       {"WEIGHTS_LO", l.weights, l.out_c * l.key_bytes()},
                                       {"NORMS_LO", l.norms, uint64_t{l.out_c} * l.tiling().tiles()},
                                       {"BIAS_LO", l.bias, uint64_t{l.out_c} * 4},
                                       {"MULT_LO", l.mult, uint64_t{l.out_c} * 4},
                                       {"SHIFT_LO", l.shift, uint64_t{l.out_c} * 4},
                                       {"OUT_LO", l.out, l.output_layout().span_bytes()}}};
  for (const Region& region : regions) {
    if (region.base % kAddressAlignment != 0) {
      return fault(Fault::kMisaligned, region.name, static_cast<int64_t>(region.base),
                   "must be a multiple of 8");
    }
  }
  for (const Region& region : regions) {
    if (region.base + region.bytes < region.base) {
      return fault(Fault::kAddressRange, region.name, static_cast<int64_t>(region.base),
                   "its " + text(region.bytes) + " bytes must not reach beyond the 64-bit address space");
    }
  }
  const Region& out = regions.back();
  for (std::size_t i = 0; i + 1 < regions.size(); ++i) {
    if (out.base < regions[i].base + regions[i].bytes && regions[i].base < out.base + out.bytes) {
      return fault(Fault::kOverlap, "OUT_LO", static_cast<int64_t>(out.base),
                   "its " + text(out.bytes) + " bytes must not overlap " + base_name(regions[i].name));
    }
  }
  return std::nullopt;
}

}  // namespace

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

std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer) {
  if (auto found = check_sizes(layer)) return found;
  if (auto found = check_strides(layer)) return found;
  if (auto found = check_hash(config, layer)) return found;
  if (auto found = check_mapping(config, layer)) return found;
  if (auto found = check_arithmetic(layer)) return found;
  if (auto found = check_buffers(config, layer)) return found;
  return check_addresses(layer);
}

}  // namespace ganglion::deepcam
