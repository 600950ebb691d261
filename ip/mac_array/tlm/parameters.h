#pragma once

#include <string>
#include <vector>

#include "ip/mac_array/model/config.h"
#include "platform/base/config.h"
#include "platform/kernel/built_constant.h"
#include "platform/kernel/cost_table.h"

namespace ganglion::mac_array {

/// What a scenario may say about a MAC array.
[[nodiscard]] ParamSchema parameter_schema();
/// The array that validated parameters describe; ConfigError naming the parameter when it cannot be built.
[[nodiscard]] Config array_of(const Params& params);
/// How an instance with these parameters was built, as its registers show it.
[[nodiscard]] std::vector<BuiltConstant> built_constants(const Params& params);
/// Leakage of `array` over that of the default array, for which cost.yaml states it: logic by area (entries
/// `area` of `costs`), buffers by bits.
[[nodiscard]] double leakage_scale(const Config& array, const CostTable& costs);

/// "8" or "16": the multiplier that `array` is built with, as cost.yaml names it.
[[nodiscard]] std::string multiplier_width(const Config& array);
/// "20", "32" or "48": its accumulators.
[[nodiscard]] std::string accumulator_width(const Config& array);

}  // namespace ganglion::mac_array
