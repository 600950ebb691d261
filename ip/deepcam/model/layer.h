#pragma once

#include <cstdint>
#include <optional>

#include "ip/common/model/layer.h"
#include "ip/deepcam/model/config.h"
#include "ip/deepcam/model/hash.h"

namespace ganglion::deepcam {

using layers::Fault;
using layers::JobFault;
using layers::kAddressAlignment;

/// One job: the block's configuration registers, under the same names. Elements are int8.
struct Layer : layers::Layer {
  static constexpr uint32_t kActivationStationary = 0;
  static constexpr uint32_t kWeightStationary = 1;

  uint64_t norms = 0;           ///< E4M3 norms: [out_c][tiles] bytes; `weights` are hashes:
                                ///< [out_c][tiles][hash_bits / 8] bytes, bit j of a hash in byte j/8, bit j%8
  uint32_t hash_bits = 1024;    ///< k
  uint32_t hash_tile = 0;       ///< inputs a hash covers; 0 all
  uint32_t hash_layer = 0;      ///< which projection
  uint32_t norm_shift = 5;      ///< norms of the input are divided by 2^norm_shift before they become E4M3
  uint32_t product_shift = 32;  ///< s of y = (norm * norm * cos + 2^(s-1)) >> s; 32 makes y whole units
  uint32_t dataflow = kActivationStationary;
  uint32_t fold = 1;  ///< 0: refuse a job that does not fit the array at once

  [[nodiscard]] bool weight_stationary() const { return dataflow == kWeightStationary; }
  [[nodiscard]] HashTiling tiling() const {
    const auto n = static_cast<uint32_t>(taps());
    return {n, hash_tile == 0 || hash_tile > n ? n : hash_tile};
  }
  [[nodiscard]] uint32_t hash_bytes() const { return hash_bits / 8; }
  /// Bytes of all hashes of one filter or patch.
  [[nodiscard]] uint64_t key_bytes() const { return uint64_t{tiling().tiles()} * hash_bytes(); }

  /// Patches that make one stored output.
  [[nodiscard]] uint32_t window() const { return pool_step() * pool_step(); }
  /// P: patches that are computed.
  [[nodiscard]] uint64_t patches() const { return uint64_t{stored_h()} * stored_w() * window(); }
  [[nodiscard]] FeatureMapLayout input_layout() const { return layers::Layer::input_layout(1); }
  [[nodiscard]] FeatureMapLayout output_layout() const { return layers::Layer::output_layout(1); }
};

inline constexpr uint32_t kMaxTiles = 16;
/// HASH_TILE is a multiple of this.
inline constexpr uint32_t kTileStep = 8;
inline constexpr uint32_t kMaxHashLayer = 65535;
inline constexpr uint32_t kMaxProductShift = 48;

/// First rule that `layer` breaks on `config`; nothing when the job may start.
[[nodiscard]] std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer);

}  // namespace ganglion::deepcam
