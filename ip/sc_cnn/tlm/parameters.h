#pragma once

#include "ip/sc_cnn/model/config.h"
#include "platform/base/config.h"

namespace ganglion::sc_cnn {

/// What a scenario may say about an SC-CNN core.
[[nodiscard]] ParamSchema parameter_schema();
/// The array that validated parameters describe; ConfigError naming the parameter when it cannot be built.
[[nodiscard]] Config array_of(const Params& params);

}  // namespace ganglion::sc_cnn
