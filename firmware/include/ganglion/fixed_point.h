/// Integer arithmetic shared bit for bit with platform/base/fixed_point.h, sw/ganglion/fixed_point.py and the
/// RTL (architecture.md section 4b); all are tested with the same vectors.
#pragma once

#include <stdint.h>

/// `value` clamped to a two's complement number of `bits` bits (1..63).
static inline int64_t gn_saturate(int64_t value, uint32_t bits) {
  const int64_t highest = (INT64_C(1) << (bits - 1)) - 1, lowest = -highest - 1;
  return value < lowest ? lowest : value > highest ? highest : value;
}

/// clamp((acc*multiplier + 2^(shift-1)) >> shift, lo, hi): arithmetic shift, round half up. multiplier <
/// 2^31, shift 1..62, so the sum fits 64 bits. Never decreases as acc grows: a maximum may be taken before
/// it.
static inline int32_t gn_requantise(int32_t acc, uint32_t multiplier, uint32_t shift, int32_t lo,
                                    int32_t hi) {
  const int64_t scaled = ((int64_t)acc * multiplier + (INT64_C(1) << (shift - 1))) >> shift;
  return (int32_t)(scaled < lo ? lo : scaled > hi ? hi : scaled);
}

/// clamp((a*multiplier_a + b*multiplier_b + 2^(shift-1)) >> shift, lo, hi): two elements of at most 16 bits
/// brought to the scale of their sum and rounded once, as gn_requantise rounds.
static inline int32_t gn_add_requantised(int32_t a, int32_t b, uint32_t multiplier_a, uint32_t multiplier_b,
                                         uint32_t shift, int32_t lo, int32_t hi) {
  const int64_t sum = (int64_t)a * multiplier_a + (int64_t)b * multiplier_b;
  const int64_t scaled = (sum + (INT64_C(1) << (shift - 1))) >> shift;
  return (int32_t)(scaled < lo ? lo : scaled > hi ? hi : scaled);
}
