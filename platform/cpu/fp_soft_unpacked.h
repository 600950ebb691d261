#pragma once

#include <bit>
#include <cstdint>

#include "platform/cpu/fp_soft.h"

/// Unpacked numbers and the one rounding step that every operation of fp_soft.cpp ends in. Only for that
/// file.
namespace ganglion::fp::detail {

__extension__ typedef unsigned __int128 Wide;  // NOLINT(modernize-use-using): no such extension

enum class Kind : uint8_t { kZero, kFinite, kInfinity, kNan };

/// sign * significand * 2^exponent; the significand of a finite number has bit 63 set.
struct Unpacked {
  Kind kind = Kind::kZero;
  bool negative = false;
  int exponent = 0;
  uint64_t significand = 0;
};

template <typename Format>
Unpacked unpack(typename Format::Bits a) {
  using S = Soft<Format>;
  Unpacked result;
  result.negative = (a & S::kSign) != 0;
  const auto magnitude = static_cast<uint64_t>(a & ~S::kSign);
  if (magnitude == 0) return result;
  if (magnitude >= S::kInfinity) {
    result.kind = magnitude == S::kInfinity ? Kind::kInfinity : Kind::kNan;
    return result;
  }
  result.kind = Kind::kFinite;
  const auto biased = static_cast<int>(magnitude >> S::kMantissaBits);
  const uint64_t mantissa = magnitude & (S::kHidden - 1);
  result.significand = biased == 0 ? mantissa : mantissa | S::kHidden;
  result.exponent = (biased == 0 ? 1 : biased) - Format::kExponentMax - S::kMantissaBits;
  const int shift = std::countl_zero(result.significand);
  result.significand <<= shift;
  result.exponent -= shift;
  return result;
}

inline int leading_zeros(Wide value) {
  const auto high = static_cast<uint64_t>(value >> 64);
  return high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<uint64_t>(value));
}

/// value >> distance; what falls out leaves its trace in bit 0.
inline Wide shift_right_sticky(Wide value, int distance) {
  if (distance <= 0) return value;
  if (distance >= 128) return value != 0 ? 1 : 0;
  const bool lost = (value & ((Wide{1} << distance) - 1)) != 0;
  return (value >> distance) | (lost ? 1 : 0);
}

/// Whether `value` >> `drop` is to be incremented, drop in 1..127.
inline bool rounds_up(Wide value, int drop, bool negative, Rounding mode) {
  const Wide lost = value & ((Wide{1} << drop) - 1);
  const Wide half = Wide{1} << (drop - 1);
  switch (mode) {
    case Rounding::kNearestEven:
      return lost > half || (lost == half && (value >> drop & 1) != 0);
    case Rounding::kNearestAway:
      return lost >= half;
    case Rounding::kTowardZero:
      return false;
    case Rounding::kDown:
      return negative && lost != 0;
    case Rounding::kUp:
      return !negative && lost != 0;
  }
  return false;
}

/// Rounds significand * 2^exponent; bit 0 of the significand may be a sticky bit when it has more bits than
/// the format's precision + 2.
template <typename Format>
typename Format::Bits round_pack(bool negative, int exponent, Wide significand, Rounding mode,
                                 uint32_t& flags) {
  using S = Soft<Format>;
  using Bits = typename Format::Bits;
  constexpr int kMin = 1 - Format::kExponentMax;
  constexpr int kDrop = 128 - Format::kPrecision;
  const Bits sign = negative ? S::kSign : Bits{0};
  if (significand == 0) return sign;
  const int shift = leading_zeros(significand);
  significand <<= shift;
  int top = exponent - shift + 127;  // exponent of the leading bit
  bool tiny = top < kMin;
  if (tiny) {
    // After rounding: it is not tiny when the unbounded result reaches the smallest normal number.
    const bool carries = significand >> kDrop == (Wide{1} << Format::kPrecision) - 1 &&
                         rounds_up(significand, kDrop, negative, mode);
    if (top == kMin - 1 && carries) tiny = false;
    significand = shift_right_sticky(significand, kMin - top);
    top = kMin;
  }
  const bool inexact = (significand & ((Wide{1} << kDrop) - 1)) != 0;
  auto mantissa = static_cast<uint64_t>(significand >> kDrop);
  if (rounds_up(significand, kDrop, negative, mode)) ++mantissa;
  if (inexact) flags |= tiny ? kInexact | kUnderflow : kInexact;
  if (mantissa >> Format::kPrecision != 0) {
    mantissa >>= 1;
    ++top;
  }
  if (top > Format::kExponentMax) {
    flags |= kOverflow | kInexact;
    const bool to_infinity = mode == Rounding::kNearestEven || mode == Rounding::kNearestAway ||
                             (mode == Rounding::kUp && !negative) || (mode == Rounding::kDown && negative);
    return sign | (to_infinity ? S::kInfinity : static_cast<Bits>(S::kInfinity - 1));
  }
  // A subnormal has no hidden bit: its biased exponent comes out as 0.
  const auto biased = static_cast<uint64_t>(top - kMin);
  return sign | static_cast<Bits>((biased << S::kMantissaBits) + mantissa);
}

template <typename Format>
typename Format::Bits nan_result(bool invalid, uint32_t& flags) {
  if (invalid) flags |= kInvalid;
  return Soft<Format>::kCanonicalNan;
}

/// Sum of two finite, non-zero numbers given as significands with bit 126 or less on top.
template <typename Format>
typename Format::Bits add_magnitudes(bool negative_a, int exponent_a, Wide a, bool negative_b, int exponent_b,
                                     Wide b, Rounding mode, uint32_t& flags) {
  const int shift_a = leading_zeros(a) - 1;
  const int shift_b = leading_zeros(b) - 1;
  a <<= shift_a;
  b <<= shift_b;
  exponent_a -= shift_a;
  exponent_b -= shift_b;
  int exponent = exponent_a;
  if (exponent_a >= exponent_b) {
    b = shift_right_sticky(b, exponent_a - exponent_b);
  } else {
    a = shift_right_sticky(a, exponent_b - exponent_a);
    exponent = exponent_b;
  }
  if (negative_a == negative_b) return round_pack<Format>(negative_a, exponent, a + b, mode, flags);
  if (a == b) return mode == Rounding::kDown ? Soft<Format>::kSign : 0;
  return a > b ? round_pack<Format>(negative_a, exponent, a - b, mode, flags)
               : round_pack<Format>(negative_b, exponent, b - a, mode, flags);
}

/// Magnitude of `a` rounded to an integer; 65 bits are enough to see that it does not fit.
template <typename Format>
Wide to_integer(const Unpacked& a, Rounding mode, bool& inexact) {
  inexact = false;
  if (a.exponent > 0) return a.exponent > 1 ? Wide{1} << 65 : Wide{a.significand} << a.exponent;
  Wide value = Wide{a.significand} << 2;  // two bits below keep half and sticky apart
  value = shift_right_sticky(value, -a.exponent);
  inexact = (value & 3) != 0;
  return (value >> 2) + (rounds_up(value, 2, a.negative, mode) ? 1 : 0);
}

inline uint64_t square_root(Wide value, bool& exact) {
  Wide root = 0;
  Wide rest = 0;
  for (int i = 126; i >= 0; i -= 2) {
    rest = rest << 2 | (value >> i & 3);
    const Wide trial = root << 2 | 1;
    root <<= 1;
    if (rest >= trial) {
      rest -= trial;
      root |= 1;
    }
  }
  exact = rest == 0;
  return static_cast<uint64_t>(root);
}

}  // namespace ganglion::fp::detail
