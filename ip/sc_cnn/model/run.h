#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ip/sc_cnn/model/core.h"

namespace ganglion::sc_cnn {

/// A layer with its operands at hand; strides of the layer apply to `in` and to the result, addresses only
/// take part in the checks: see without_addresses().
struct Job {
  Layer layer;
  std::span<const uint8_t> in, weights, bias, mult, shift;  ///< little endian, as in memory
};

/// Cycles and transfers of one tile of a result.
struct TileTrace {
  uint64_t compute_cycles = 0;
  uint64_t load_bytes = 0;
  uint64_t store_bytes = 0;
};

struct Result {
  std::optional<JobFault> fault;  ///< when set, the rest covers the tiles before it
  std::vector<uint8_t> output;    ///< output_layout().span_bytes(), gaps are 0
  Actions actions;
  uint64_t compute_cycles = 0;  ///< of all tiles, transfers apart
  uint64_t saturations = 0;
  std::vector<TileTrace> tiles;
};

/// `layer` with addresses that satisfy every rule, for a job that lives in no memory.
[[nodiscard]] Layer without_addresses(Layer layer);
/// Runs a whole job. Operand spans must be as long as the layer says (std::invalid_argument).
[[nodiscard]] Result run(const Config& config, const Job& job);

}  // namespace ganglion::sc_cnn
