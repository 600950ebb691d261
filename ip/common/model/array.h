#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ganglion::layers {

/// Why an instance cannot be built.
struct ConfigFault {
  std::string parameter;  ///< as in a scenario: "bit_parallel"
  uint64_t value = 0;
  std::string rule;  ///< "must not exceed 2^(operand_bits - 1) = 8"
  [[nodiscard]] std::string to_string() const {
    return parameter + " = " + std::to_string(value) + ": " + rule;
  }
};

/// Synthesis-time parameters of every array that computes layers tile by tile: T_M MVMs (matrix by vector
/// multipliers), each with p lanes that share a weight, between double-buffered memories.
struct Array {
  int operand_bits = 8;                      ///< N
  uint32_t lanes = 16;                       ///< p, output pixels of one map that share a weight
  uint32_t mvms = 16;                        ///< T_M, output maps computed at once
  uint32_t requantisers = 4;                 ///< outputs leaving bias, requantisation and pooling a cycle
  uint32_t input_buffer_bytes = 64 * 1024;   ///< whole map, or two stripes of it
  uint32_t weight_buffer_bytes = 64 * 1024;  ///< two halves
  uint32_t output_buffer_bytes = 16 * 1024;  ///< two halves
  // Fixed overheads of the control FSM, in cycles, as of ip/common/rtl (test/rtl_layer_cycles.h).
  uint32_t start_cycles =
      47;  ///< latch and check a job, plan its first tile, but for first_tile_cycles()'s divisions
  uint32_t tile_cycles = 6;  ///< hand over the buffers, drain the requantisers
  uint32_t run_cycles = 3;   ///< fill and drain the lane pipeline once a run of p pixels

  [[nodiscard]] int element_bytes() const { return operand_bits <= 8 ? 1 : 2; }
  /// From a job becoming active to its first fetch: start_cycles and three divisions, by which the planner
  /// shares out the buffers: 2 bits of a quotient a cycle, as many bits as the elements of the largest half
  /// (or p) need.
  [[nodiscard]] uint32_t first_tile_cycles() const;
  /// Outputs of a fully connected layer computed at once: every lane of the array.
  [[nodiscard]] uint32_t array_lanes() const { return lanes * mvms; }
};

/// The first rule that sizes and buffers of `array` break (operand_bits are the block's to check); nothing
/// when they can be built.
[[nodiscard]] std::optional<ConfigFault> find_array_fault(const Array& array);

}  // namespace ganglion::layers
