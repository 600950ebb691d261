#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ip/deepcam/model/config.h"
#include "ip/deepcam/model/hash.h"
#include "platform/base/tensor_layout.h"

namespace ganglion::deepcam {

/// One job: the block's configuration registers, under the same names. Elements are int8; addresses are bus
/// addresses, strides bytes.
struct Layer {
  static constexpr uint32_t kConvolution = 0;
  static constexpr uint32_t kFullyConnected = 1;
  static constexpr uint32_t kActivationStationary = 0;
  static constexpr uint32_t kWeightStationary = 1;

  uint64_t in = 0;
  uint64_t weights =
      0;               ///< hashes: [out_c][tiles][hash_bits / 8] bytes, bit j of a hash in byte j/8, bit j%8
  uint64_t norms = 0;  ///< E4M3 norms: [out_c][tiles] bytes
  uint64_t bias = 0, mult = 0, shift = 0, out = 0;
  uint32_t kind = kConvolution;
  uint32_t in_c = 1, in_h = 1, in_w = 1, in_row_stride = 0, in_plane_stride = 0;
  uint32_t out_c = 1, out_h = 1, out_w = 1;           ///< before pooling
  uint32_t out_row_stride = 0, out_plane_stride = 0;  ///< of the stored map, after pooling
  uint32_t kh = 1, kw = 1, stride = 1, pad = 0;       ///< a fully connected layer ignores these
  uint32_t pool = 0;                                  ///< 0 none, 1 = 2x2 maximum with stride 2
  int32_t lo = 0, hi = 0;                             ///< output range; ReLU is lo = 0
  uint32_t hash_bits = 1024;                          ///< k
  uint32_t hash_tile = 0;                             ///< inputs a hash covers; 0 all
  uint32_t hash_layer = 0;                            ///< which projection
  uint32_t norm_shift = 5;      ///< norms of the input are divided by 2^norm_shift before they become E4M3
  uint32_t product_shift = 32;  ///< s of y = (norm * norm * cos + 2^(s-1)) >> s; 32 makes y whole units
  uint32_t dataflow = kActivationStationary;
  uint32_t fold = 1;  ///< 0: refuse a job that does not fit the array at once

  [[nodiscard]] bool fully_connected() const { return kind == kFullyConnected; }
  [[nodiscard]] bool weight_stationary() const { return dataflow == kWeightStationary; }
  /// n: elements of a patch, or all inputs of a fully connected layer.
  [[nodiscard]] uint64_t taps() const {
    return fully_connected() ? uint64_t{in_c} * in_h * in_w : uint64_t{in_c} * kh * kw;
  }
  [[nodiscard]] HashTiling tiling() const {
    const auto n = static_cast<uint32_t>(taps());
    return {n, hash_tile == 0 || hash_tile > n ? n : hash_tile};
  }
  [[nodiscard]] uint32_t hash_bytes() const { return hash_bits / 8; }
  /// Bytes of all hashes of one filter or patch.
  [[nodiscard]] uint64_t key_bytes() const { return uint64_t{tiling().tiles()} * hash_bytes(); }

  [[nodiscard]] uint32_t pool_step() const { return pool == 0 ? 1 : 2; }
  /// Pooling drops an odd last row or column, nobody computes it.
  [[nodiscard]] uint32_t stored_h() const { return out_h / pool_step(); }
  [[nodiscard]] uint32_t stored_w() const { return out_w / pool_step(); }
  /// Patches that make one stored output.
  [[nodiscard]] uint32_t window() const { return pool_step() * pool_step(); }
  /// P: patches that are computed.
  [[nodiscard]] uint64_t patches() const { return uint64_t{stored_h()} * stored_w() * window(); }
  [[nodiscard]] FeatureMapLayout input_layout() const {
    return {in_c, in_h, in_w, in_row_stride, in_plane_stride, 1};
  }
  [[nodiscard]] FeatureMapLayout output_layout() const {
    return {out_c, stored_h(), stored_w(), out_row_stride, out_plane_stride, 1};
  }
};

/// Largest value of IN_C, IN_H, IN_W, OUT_C, OUT_H and OUT_W.
inline constexpr uint32_t kMaxDimension = 65535;
/// Largest value of KERNEL_H, KERNEL_W and STRIDE; PAD may be one less.
inline constexpr uint32_t kMaxKernel = 32;
inline constexpr uint32_t kMaxTiles = 16;
/// HASH_TILE is a multiple of this.
inline constexpr uint32_t kTileStep = 8;
inline constexpr uint32_t kMaxHashLayer = 65535;
inline constexpr uint32_t kMaxProductShift = 48;
/// Addresses are multiples of this.
inline constexpr uint64_t kAddressAlignment = 8;

/// What a job can get wrong; regs.rdl has a code for each (tlm/ maps them).
enum class Fault : uint8_t {
  kKind,            ///< KIND names no operation
  kDimension,       ///< a size is 0 or larger than kMaxDimension
  kKernel,          ///< kernel, stride or padding out of range
  kGeometry,        ///< OUT_H or OUT_W is not what input, kernel, stride and padding give
  kPool,            ///< unknown pooling, or nothing left after it
  kStride,          ///< rows or planes of a map would overlap
  kClamp,           ///< OUT_MIN > OUT_MAX, or outside int8
  kHashLength,      ///< HASH_BITS is not 1 to 4 segments of 256
  kHashTile,        ///< HASH_TILE no multiple of 8, or more than 16 tiles
  kHashLayer,       ///< HASH_LAYER larger than 65535
  kProjection,      ///< the layer is wider than the projection store
  kShift,           ///< NORM_SHIFT or PRODUCT_SHIFT out of range
  kDataflow,        ///< DATAFLOW names none
  kFolding,         ///< FOLD is 0 and the job does not fit rows and segments, or FOLD is not 0 or 1
  kInputTooLarge,   ///< half the input buffer cannot hold the rows that a chunk of patches reads
  kMisaligned,      ///< an address is no multiple of kAddressAlignment
  kAddressRange,    ///< a tensor reaches beyond 2^64
  kOverlap,         ///< the output overlaps an operand
  kNorm,            ///< a norm in memory is no unsigned E4M3 number
  kRows,            ///< a store job reaches beyond the array's rows
  kRequantisation,  ///< a multiplier >= 2^31 or a shift outside 1..62 in memory
};

/// A bad job: what, which register (or operand), its value and the rule it breaks.
struct JobFault {
  Fault fault;
  std::string register_name;  ///< "OUT_H"; "NORMS_LO" stands for the 64-bit pair, or for what lies there
  int64_t value = 0;
  std::string rule;
  std::optional<uint64_t> offset;  ///< bytes from the address in the register, of a bad value in memory
  /// "OUT_H = 25: must be 24 = ...", "NORMS + 17 bytes = 127: must be ...".
  [[nodiscard]] std::string to_string() const;
};

/// First rule that `layer` breaks on `config`; nothing when the job may start.
[[nodiscard]] std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer);

}  // namespace ganglion::deepcam
