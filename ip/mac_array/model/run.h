#pragma once

#include "ip/common/model/run.h"
#include "ip/mac_array/model/core.h"

namespace ganglion::mac_array {

using Job = layers::Job<Layer>;
using Result = layers::Result<Actions>;

/// Runs a whole job; see layers::run.
[[nodiscard]] inline Result run(const Config& config, const Job& job,
                                layers::FaultInjector* faults = nullptr) {
  return layers::run<Core, Actions>(config, job, faults);
}

}  // namespace ganglion::mac_array
