#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ip/common/model/array.h"
#include "platform/base/tensor_layout.h"

namespace ganglion::layers {

/// What a job of every block that computes layers says: the configuration registers of ip/common/layer.rdl,
/// under the same names. A block's own Layer adds its own. Addresses are bus addresses, strides bytes.
struct Layer {
  static constexpr uint32_t kConvolution = 0;
  static constexpr uint32_t kFullyConnected = 1;

  uint64_t in = 0, weights = 0, bias = 0, mult = 0, shift = 0, out = 0;
  uint32_t kind = kConvolution;
  uint32_t in_c = 1, in_h = 1, in_w = 1, in_row_stride = 0, in_plane_stride = 0;
  uint32_t out_c = 1, out_h = 1, out_w = 1;           ///< before pooling
  uint32_t out_row_stride = 0, out_plane_stride = 0;  ///< of the stored map, after pooling
  uint32_t kh = 1, kw = 1, stride = 1, pad = 0;       ///< a fully connected layer ignores these
  uint32_t pool = 0;                                  ///< 0 none, 1 = 2x2 maximum with stride 2
  int32_t lo = 0, hi = 0;                             ///< output range; ReLU is lo = 0

  [[nodiscard]] bool fully_connected() const { return kind == kFullyConnected; }
  /// Products an output accumulates: in_c*kh*kw, or all inputs of a fully connected layer.
  [[nodiscard]] uint64_t taps() const {
    return fully_connected() ? uint64_t{in_c} * in_h * in_w : uint64_t{in_c} * kh * kw;
  }
  /// Step of output rows and columns that pooling consumes at once.
  [[nodiscard]] uint32_t pool_step() const { return pool == 0 ? 1 : 2; }
  /// Output rows and columns that are computed: pooling drops an odd last row or column, nobody computes it.
  [[nodiscard]] uint32_t computed_h() const { return out_h - out_h % pool_step(); }
  [[nodiscard]] uint32_t computed_w() const { return out_w - out_w % pool_step(); }
  [[nodiscard]] uint64_t computed_pixels() const { return uint64_t{computed_h()} * computed_w(); }
  [[nodiscard]] uint32_t stored_h() const { return out_h / pool_step(); }
  [[nodiscard]] uint32_t stored_w() const { return out_w / pool_step(); }
  [[nodiscard]] FeatureMapLayout input_layout(int element_bytes) const {
    return {in_c, in_h, in_w, in_row_stride, in_plane_stride, static_cast<uint32_t>(element_bytes)};
  }
  [[nodiscard]] FeatureMapLayout output_layout(int element_bytes) const {
    return {out_c,          stored_h(),       stored_w(),
            out_row_stride, out_plane_stride, static_cast<uint32_t>(element_bytes)};
  }
};

/// Largest value of IN_C, IN_H, IN_W, OUT_C, OUT_H and OUT_W.
inline constexpr uint32_t kMaxDimension = 65535;
/// Largest value of KERNEL_H, KERNEL_W and STRIDE; PAD may be one less.
inline constexpr uint32_t kMaxKernel = 32;
/// IN, WEIGHTS, BIAS, MULT, SHIFT and OUT are multiples of this.
inline constexpr uint64_t kAddressAlignment = 8;

/// What a job can get wrong; ip/common/layer.rdl has a code for each (tlm/ maps them).
enum class Fault : uint8_t {
  kKind,             ///< KIND names no operation
  kDimension,        ///< a size is 0 or larger than kMaxDimension
  kKernel,           ///< kernel, stride or padding out of range
  kGeometry,         ///< OUT_H or OUT_W is not what input, kernel, stride and padding give
  kPool,             ///< unknown pooling, or nothing left after it
  kStride,           ///< rows or planes of a map would overlap, or an element would be misaligned
  kPrecision,        ///< WEIGHT_BITS outside 2..N (SC-CNN core)
  kGuardBits,        ///< N + A > ACC_MAX (SC-CNN core)
  kZeroSkip,         ///< not 0 or 1, or the array cannot skip (SC-CNN core)
  kClamp,            ///< OUT_MIN > OUT_MAX, or not representable in N bits
  kMisaligned,       ///< an address is no multiple of kAddressAlignment
  kAddressRange,     ///< a tensor reaches beyond 2^64
  kOverlap,          ///< the output overlaps an operand
  kInputTooLarge,    ///< the input buffer cannot hold what one tile needs
  kWeightsTooLarge,  ///< the weight buffer cannot hold the weights of one group of maps
  kOutputTooLarge,   ///< the output buffer cannot hold one row of every map of a group
  kOperandRange,     ///< an input or weight in memory does not fit N bits
  kRequantisation,   ///< a multiplier >= 2^31 or a shift outside 1..62 in memory
  // Of the DeepCAM array alone; it has a code of its own for every fault (ip/deepcam/regs.rdl).
  kHashLength,  ///< HASH_BITS is not 1 to 4 segments of 256
  kHashTile,    ///< HASH_TILE no multiple of 8, or more than 16 tiles
  kHashLayer,   ///< HASH_LAYER larger than 65535
  kProjection,  ///< the layer is wider than the projection store
  kShift,       ///< NORM_SHIFT or PRODUCT_SHIFT out of range
  kDataflow,    ///< DATAFLOW names none
  kFolding,     ///< FOLD is 0 and the job does not fit rows and segments, or FOLD is not 0 or 1
  kNorm,        ///< a norm in memory is no unsigned E4M3 number
  kRows,        ///< a store job reaches beyond the array's rows
};
[[nodiscard]] std::string_view name_of(Fault fault);

/// A bad job: what, which register (or operand), its value and the rule it breaks.
struct JobFault {
  Fault fault;
  std::string register_name;  ///< "OUT_H"; "WEIGHTS_LO" stands for the 64-bit pair, or for what lies there
  int64_t value = 0;
  std::string rule;                ///< "must be 24 = floor((28 + 2*0 - 5) / 1) + 1"
  std::optional<uint64_t> offset;  ///< bytes from the address in the register, of a bad value in memory
  /// "OUT_H = 25: must be 24 = ...", "WEIGHTS + 17 bytes = 99: must be ...".
  [[nodiscard]] std::string to_string() const;
};

using MaybeFault = std::optional<JobFault>;
/// A register that breaks `rule`.
[[nodiscard]] JobFault job_fault(Fault fault, const char* register_name, int64_t value, std::string rule);

// The rules that all blocks share, in the order in which a block asks for them. Each gives the first rule
// that `layer` breaks, or nothing. Operand values are checked later, when they are loaded (TileBuffers).
[[nodiscard]] MaybeFault check_sizes(const Layer& layer);
[[nodiscard]] MaybeFault check_strides(const Layer& layer, int element_bytes);
[[nodiscard]] MaybeFault check_output_range(const Layer& layer, int operand_bits);
[[nodiscard]] MaybeFault check_buffers(const Array& array, const Layer& layer);
[[nodiscard]] MaybeFault check_addresses(const Layer& layer, int element_bytes);

/// Bytes of a tensor in memory, called by its register; a tensor of 0 bytes is not there.
struct Region {
  const char* name;
  uint64_t base, bytes;
};
/// Alignment and address space of every region; `output` must overlap no other.
[[nodiscard]] MaybeFault check_regions(std::span<const Region> operands, const Region& output);

/// `layer` with addresses that satisfy every rule, for a job that lives in no memory.
template <class BlockLayer>
[[nodiscard]] BlockLayer without_addresses(BlockLayer layer) {
  const uint64_t sixteenth = uint64_t{1} << 60;  // further apart than any tensor is long
  layer.in = sixteenth;
  layer.weights = 2 * sixteenth;
  layer.bias = 3 * sixteenth;
  layer.mult = 4 * sixteenth;
  layer.shift = 5 * sixteenth;
  layer.out = 6 * sixteenth;
  return layer;
}

}  // namespace ganglion::layers
