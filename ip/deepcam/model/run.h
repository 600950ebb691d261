#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ip/common/model/run.h"
#include "ip/deepcam/model/core.h"

namespace ganglion::deepcam {

/// A layer with its operands.
struct Job : layers::Job<Layer> {
  uint32_t number = 1;  ///< keys the noise
};

struct Result : layers::TiledResult<Actions> {
  uint64_t norm_saturations = 0;
  uint64_t product_saturations = 0;
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
