#pragma once

#include <cstdint>

namespace ganglion::operating_limits {

/// Frequencies and supplies a clock domain may have, whether a scenario or firmware sets them. The energy
/// model scales dynamic energy with V^2; outside these supplies that law says nothing.
constexpr uint64_t kLowestKhz = 1;
constexpr uint64_t kHighestKhz = 100'000'000;
constexpr uint64_t kLowestMv = 300;
constexpr uint64_t kHighestMv = 2'000;

}  // namespace ganglion::operating_limits
