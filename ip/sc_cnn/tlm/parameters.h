#pragma once

#include <vector>

#include "ip/sc_cnn/model/config.h"
#include "platform/base/config.h"
#include "platform/kernel/built_constant.h"
#include "platform/kernel/cost_table.h"

namespace ganglion::sc_cnn {

/// What a scenario may say about an SC-CNN core.
[[nodiscard]] ParamSchema parameter_schema();
/// The array that validated parameters describe; ConfigError naming the parameter when it cannot be built.
[[nodiscard]] Config array_of(const Params& params);
/// How an instance with these parameters was built, as its registers show it.
[[nodiscard]] std::vector<BuiltConstant> built_constants(const Params& params);
/// Leakage of `array` over that of the default array, for which cost.yaml states it: logic by area (entries
/// `area` of `costs`), buffers by bits.
[[nodiscard]] double leakage_scale(const Config& array, const CostTable& costs);

}  // namespace ganglion::sc_cnn
