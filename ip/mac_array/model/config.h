#pragma once

#include <cstdint>
#include <optional>

#include "ip/common/model/array.h"

namespace ganglion::mac_array {

using layers::ConfigFault;

/// Synthesis-time parameters: T_M MVMs of p lanes as in every layer array, each lane with some binary
/// multipliers and an adder tree in front of its accumulator. Default: 256 MACs a cycle, the peak of the
/// SC-CNN core's default.
struct Config : layers::Array {  // operand_bits (N): 4..16
  uint32_t macs_per_lane = 1;    ///< d, products of consecutive taps that a lane adds a cycle: 1, 2, 4, 8
  int accumulator_bits = 32;     ///< 2N..48; saturating
};

/// The first rule that `config` breaks; nothing when it can be built.
[[nodiscard]] std::optional<ConfigFault> find_config_fault(const Config& config);

}  // namespace ganglion::mac_array
