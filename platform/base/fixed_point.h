#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace ganglion {

// Integer arithmetic that model, firmware, NumPy and RTL share bit for bit. The twins are
// firmware/include/ganglion/fixed_point.h and sw/ganglion/fixed_point.py; all are tested with the same
// vectors.

/// Smallest and largest value of a two's complement number of `bits` bits (1..63).
[[nodiscard]] constexpr int64_t signed_min(int bits) { return -(int64_t{1} << (bits - 1)); }
[[nodiscard]] constexpr int64_t signed_max(int bits) { return (int64_t{1} << (bits - 1)) - 1; }

/// `value` clamped to a two's complement number of `bits` bits.
[[nodiscard]] constexpr int64_t saturate(int64_t value, int bits) {
  return std::clamp(value, signed_min(bits), signed_max(bits));
}

/// Per-channel requantisation constants: y = clamp((acc*multiplier + 2^(shift-1)) >> shift, lo, hi).
struct Requantisation {
  uint32_t multiplier = 1u << 30;  ///< M, 31 bits unsigned
  uint32_t shift = 30;             ///< s, 1..62
};

/// Requantise of architecture section 4b: arithmetic shift, round half up, 64-bit intermediate. ReLU is lo =
/// 0. `acc` is any int32; M < 2^31, so the product plus 2^61 fits int64.
[[nodiscard]] constexpr int32_t requantise(int32_t acc, Requantisation q, int32_t lo, int32_t hi) {
  const int64_t rounded = (int64_t{acc} * q.multiplier + (int64_t{1} << (q.shift - 1))) >> q.shift;
  return static_cast<int32_t>(std::clamp<int64_t>(rounded, lo, hi));
}

/// Bytes of one element of `bits` bits: int8 up to 8 bits, int16 above; never packed.
[[nodiscard]] constexpr int element_bytes(int bits) { return bits <= 8 ? 1 : 2; }

}  // namespace ganglion
