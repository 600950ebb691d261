#pragma once

#include "ip/common/model/run.h"
#include "ip/sc_cnn/model/core.h"

namespace ganglion::sc_cnn {

using Job = layers::Job<Layer>;
using Result = layers::Result<Actions>;

/// Runs a whole job; see layers::run.
[[nodiscard]] inline Result run(const Config& config, const Job& job,
                                layers::FaultInjector* faults = nullptr) {
  return layers::run<Core, Actions>(config, job, faults);
}

}  // namespace ganglion::sc_cnn
