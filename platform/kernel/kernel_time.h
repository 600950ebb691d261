#pragma once

#include <cstdint>

namespace ganglion {

/// SystemC's time in ps, exact for the default resolution of 1 ps.
[[nodiscard]] uint64_t kernel_time_ps();

}  // namespace ganglion
