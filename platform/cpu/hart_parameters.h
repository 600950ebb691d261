#pragma once

#include "platform/base/config.h"
#include "platform/cpu/hart_core.h"

namespace ganglion {

/// The core that validated parameters of a hart (Hart::schema) describe.
[[nodiscard]] HartCoreConfig hart_config(const Params& params);

}  // namespace ganglion
