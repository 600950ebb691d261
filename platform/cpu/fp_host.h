#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "platform/cpu/fp_execute.h"

namespace ganglion {

inline constexpr uint64_t kSignD = uint64_t{1} << 63, kSignS = uint64_t{1} << 31;

/// A finite number above the smallest normal one: rounding to it can have raised inexact only, whatever the
/// operands were. The smallest normal number itself may have been rounded up from a tiny one.
inline bool is_ordinary(double value) {
  const uint64_t magnitude = std::bit_cast<uint64_t>(value) << 1;
  constexpr uint64_t kLeast = uint64_t{1} << 53, kInfinity = uint64_t{0x7ff} << 53;
  return magnitude - kLeast - 1 < kInfinity - kLeast - 1;
}
inline bool is_ordinary(float value) {
  const uint32_t magnitude = std::bit_cast<uint32_t>(value) << 1;
  constexpr uint32_t kLeast = uint32_t{1} << 24, kInfinity = uint32_t{0xff} << 24;
  return magnitude - kLeast - 1 < kInfinity - kLeast - 1;
}

/// The conversion of C, towards zero, fits and raises no flag that is not up already.
template <typename Integer, typename Float>
bool truncates(Float value, int32_t rounding, uint32_t flags) {
  constexpr auto kLimit = -static_cast<Float>(std::numeric_limits<Integer>::min());
  if (rounding != 1 || !(value > -kLimit && value < kLimit)) return false;
  return (flags & fp::kInexact) != 0 || static_cast<Float>(static_cast<Integer>(value)) == value;
}

}  // namespace ganglion
