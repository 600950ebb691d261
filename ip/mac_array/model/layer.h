#pragma once

#include <optional>

#include "ip/common/model/layer.h"
#include "ip/mac_array/model/config.h"

namespace ganglion::mac_array {

using layers::Fault;
using layers::JobFault;

/// One job: nothing beyond what every layer array has.
struct Layer : layers::Layer {};

/// First rule that `layer` breaks on `config`: sizes, strides, output range, buffers, addresses; nothing when
/// the job may start. Operand values are checked later, when they are loaded.
[[nodiscard]] std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer);

}  // namespace ganglion::mac_array
