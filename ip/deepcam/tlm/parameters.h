#pragma once

#include "ip/deepcam/model/config.h"
#include "platform/base/config.h"

namespace ganglion::deepcam {

/// What a scenario may say about a DeepCAM array.
[[nodiscard]] ParamSchema parameter_schema();
/// The array that validated parameters describe; ConfigError naming the parameter when it cannot be built.
[[nodiscard]] Config array_of(const Params& params);
/// Leakage relative to the array that `leakage` of cost.yaml states, the default one (model/technology.h).
[[nodiscard]] double leakage_scale(const Config& array);

}  // namespace ganglion::deepcam
