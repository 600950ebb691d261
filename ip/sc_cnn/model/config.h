#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ganglion::sc_cnn {

/// How the T_M MVMs of the array share the run of weights.
enum class Scheduling : uint8_t {
  kBarrier,  ///< all MVMs wait for the slowest at every weight: sum_j max_m
  kFifo,     ///< each MVM runs ahead through its own weight FIFO, deep enough never to stall: max_m sum_j
};

/// Synthesis-time parameters of the core. Defaults are reconstructions (the paper gives none): 256 lanes as
/// 16 MVMs of 16, 8 stream bits a cycle.
struct Config {
  int operand_bits = 8;           ///< N, 4..10
  uint32_t bit_parallel = 8;      ///< b, stream bits a lane consumes a cycle: 1, 2, 4, ..., 32, <= 2^(N-1)
  uint32_t lanes = 16;            ///< p, output pixels of one map that share a weight
  uint32_t mvms = 16;             ///< T_M, output maps computed at once
  int accumulator_max_bits = 16;  ///< ACC_MAX: N + A may not exceed it; at most 20
  bool zero_skip = true;          ///< the array can skip zero counts (a layer still has to ask for it)
  Scheduling scheduling = Scheduling::kBarrier;
  uint32_t requantisers = 4;                 ///< outputs leaving bias, requantisation and pooling a cycle
  uint32_t input_buffer_bytes = 64 * 1024;   ///< whole map, or two stripes of it
  uint32_t weight_buffer_bytes = 64 * 1024;  ///< two halves
  uint32_t output_buffer_bytes = 16 * 1024;  ///< two halves
  // Fixed overheads of the control FSM, in cycles. Reconstructions until the RTL states its own.
  uint32_t start_cycles = 8;  ///< latch and check a job
  uint32_t tile_cycles = 4;   ///< hand over the buffers
  uint32_t run_cycles = 3;    ///< fill and drain the lane pipeline once a run of p pixels

  [[nodiscard]] int parallel_log2() const { return __builtin_ctz(bit_parallel); }
  [[nodiscard]] int element_bytes() const { return operand_bits <= 8 ? 1 : 2; }
  /// Outputs of a fully connected layer computed at once: every lane of the array.
  [[nodiscard]] uint32_t array_lanes() const { return lanes * mvms; }
};

/// Why an instance cannot be built.
struct ConfigFault {
  std::string parameter;  ///< as in a scenario: "bit_parallel"
  uint64_t value = 0;
  std::string rule;  ///< "must not exceed 2^(operand_bits - 1) = 8"
  [[nodiscard]] std::string to_string() const {
    return parameter + " = " + std::to_string(value) + ": " + rule;
  }
};
/// The first rule that `config` breaks; nothing when it can be built.
[[nodiscard]] std::optional<ConfigFault> find_config_fault(const Config& config);

}  // namespace ganglion::sc_cnn
