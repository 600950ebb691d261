#pragma once

#include <cstdint>
#include <optional>

#include "ip/common/model/array.h"

namespace ganglion::sc_cnn {

using layers::ConfigFault;

/// How the T_M MVMs of the array share the run of weights.
enum class Scheduling : uint8_t {
  kBarrier,  ///< all MVMs wait for the slowest at every weight: sum_j max_m
  kFifo,     ///< each MVM runs ahead through its own weight FIFO, deep enough never to stall: max_m sum_j
};

/// Synthesis-time parameters of the core. Defaults are reconstructions (the paper gives none): 256 lanes as
/// 16 MVMs of 16, 8 stream bits a cycle.
struct Config : layers::Array {   // operand_bits (N): 4..10
  uint32_t bit_parallel = 8;      ///< b, stream bits a lane consumes a cycle: 1, 2, 4, ..., 32, <= 2^(N-1)
  int accumulator_max_bits = 16;  ///< ACC_MAX: N + A may not exceed it; at most 20
  bool zero_skip = true;          ///< the array can skip zero counts (a layer still has to ask for it)
  Scheduling scheduling = Scheduling::kBarrier;

  [[nodiscard]] int parallel_log2() const { return __builtin_ctz(bit_parallel); }
};

/// The first rule that `config` breaks; nothing when it can be built.
[[nodiscard]] std::optional<ConfigFault> find_config_fault(const Config& config);

}  // namespace ganglion::sc_cnn
