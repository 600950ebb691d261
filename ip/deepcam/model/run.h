#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ip/deepcam/model/core.h"

namespace ganglion::deepcam {

/// A layer with its operands at hand; strides of the layer apply to `in` and to the result, addresses only
/// take part in the checks: see without_addresses().
struct Job {
  Layer layer;
  std::span<const uint8_t> in, weights, norms, bias, mult, shift;  ///< little endian, as in memory
  uint32_t number = 1;                                             ///< keys the noise
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
  uint64_t norm_saturations = 0;
  uint64_t product_saturations = 0;
  std::vector<TileTrace> tiles;
};

/// `layer` with addresses that satisfy every rule, for a job that lives in no memory.
[[nodiscard]] Layer without_addresses(Layer layer);
/// Runs a whole job. Operand spans must be as long as the layer says (std::invalid_argument).
[[nodiscard]] Result run(const Config& config, const Job& job, const Noise& noise);

/// What the compiler makes of weights: hashes and norms in the layouts of Layer::weights and Layer::norms.
struct Filters {
  std::vector<uint8_t> hashes, norms;
  uint64_t norm_saturations = 0;
};
/// Hashes `weights` (int8, [out_c][taps]) of a legal layer with the ideal projection; norms are divided by
/// 2^norm_shift first.
[[nodiscard]] Filters hash_filters(const Config& config, const Layer& layer, std::span<const int8_t> weights,
                                   uint32_t norm_shift);

}  // namespace ganglion::deepcam
