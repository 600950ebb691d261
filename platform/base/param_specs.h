#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/base/config.h"

namespace ganglion {

/// An integer with low <= value <= high.
[[nodiscard]] ParamSpec integer_param(std::string name, int64_t default_value, double low, double high,
                                      std::string description);
/// The size of a buffer, 16 MiB at most; the default is whole KiB.
[[nodiscard]] ParamSpec buffer_param(std::string name, uint32_t default_bytes, uint32_t smallest_bytes,
                                     std::string description);
/// One of `choices`, the first of which is the default.
[[nodiscard]] ParamSpec choice_param(std::string name, std::vector<std::string> choices,
                                     std::string description);

}  // namespace ganglion
