#pragma once

#include <cstdint>
#include <span>

namespace ganglion::deepcam {

// models:          the norm unit: an exact integer sum of squares, rounded to a minifloat by comparing with
//                  squared midpoints; no square root
// leaves out:      nothing
// checked against: long double square roots, exhaustively around every midpoint (test/norm_test.cpp)
// error bound:     exact rounding

/// A norm in unsigned E4M3 (OCP FP8 without the sign): exponent code/8 with bias 7, mantissa code%8,
/// subnormals for exponent 0; 0x7E is the largest, 448; 0x7F is not a number.
using NormCode = uint8_t;
inline constexpr NormCode kLargestNorm = 0x7E;
/// Largest NORM_SHIFT.
inline constexpr uint32_t kMaxNormShift = 15;

/// The code's value is norm_mantissa << norm_exponent, in units of 2^-9.
[[nodiscard]] constexpr uint32_t norm_mantissa(NormCode code) { return code < 8 ? code : 8u + code % 8; }
[[nodiscard]] constexpr uint32_t norm_exponent(NormCode code) { return code < 8 ? 0 : code / 8u - 1; }
[[nodiscard]] constexpr uint32_t norm_units(NormCode code) {
  return norm_mantissa(code) << norm_exponent(code);
}

struct Norm {
  NormCode code = 0;
  bool saturated = false;  ///< the nearest value would be above 448
};

/// sqrt(sum_of_squares) / 2^shift rounded to nearest, ties to even; saturates at 448. shift is 0..15,
/// sum_of_squares below 2^40.
[[nodiscard]] Norm norm_of(uint64_t sum_of_squares, uint32_t shift);

/// Exact sum of squares; up to 2^31 elements.
[[nodiscard]] uint64_t sum_of_squares(std::span<const int8_t> vector);

}  // namespace ganglion::deepcam
