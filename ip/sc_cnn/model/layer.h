#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ip/common/model/layer.h"
#include "ip/sc_cnn/model/config.h"

namespace ganglion::sc_cnn {

using layers::Fault;
using layers::JobFault;

/// One job: the block's configuration registers, under the same names.
struct Layer : layers::Layer {
  uint32_t weight_bits = 8;  ///< n_w: precision of the counter operand
  uint32_t guard_bits = 2;   ///< A
  uint32_t zero_skip = 0;
};

/// First rule that `layer` breaks on `config`: sizes, strides, arithmetic, buffers, addresses; nothing when
/// the job may start. Operand values are checked later, when they are loaded.
[[nodiscard]] std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer);

}  // namespace ganglion::sc_cnn
