#pragma once

#include <cstdint>

#include "ip/deepcam/model/norm.h"
#include "platform/base/fixed_point.h"

namespace ganglion::deepcam {

/// The estimate of a dot product: |x| * |w| * cos(theta) from two E4M3 norms and a Q1.14 cosine:
///   p = (mantissa_x * mantissa_w * cosine) << (exponent_x + exponent_w),  y = (p + 2^(s-1)) >> s
/// p counts 2^-32, so s = 32 makes y whole units of the shifted norms. s is 1..48; the result is not clamped
/// yet.
[[nodiscard]] constexpr int64_t estimate(NormCode x, NormCode w, int32_t cosine, uint32_t shift) {
  const int64_t mantissas = int64_t{norm_mantissa(x)} * norm_mantissa(w) * cosine;
  const int64_t p = mantissas << (norm_exponent(x) + norm_exponent(w));
  return (p + (int64_t{1} << (shift - 1))) >> shift;
}

}  // namespace ganglion::deepcam
