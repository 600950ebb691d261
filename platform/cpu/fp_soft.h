#pragma once

#include <cstdint>

namespace ganglion::fp {

/// Rounding modes as `frm` and the rm field encode them. Volume I, table 11.1.
enum class Rounding : uint8_t { kNearestEven, kTowardZero, kDown, kUp, kNearestAway };

/// Accrued exceptions as `fflags` holds them.
inline constexpr uint32_t kInexact = 1, kUnderflow = 2, kOverflow = 4, kDivideByZero = 8, kInvalid = 16;

struct Binary32 {
  using Bits = uint32_t;
  static constexpr int kPrecision = 24, kExponentMax = 127;
};
struct Binary64 {
  using Bits = uint64_t;
  static constexpr int kPrecision = 53, kExponentMax = 1023;
};

/// IEEE 754-2008 arithmetic in integers: every rounding mode, tininess after rounding, canonical NaNs, as
/// Volume I, chapters 11 and 12 ask for. Flags are added to `flags`.
///
/// models: all operations of F and D. leaves out: nothing. checked against: the host's FPU in its four
/// rounding modes (test/fp_soft_test.cpp) and exact rational arithmetic (test/programs/make_float.py).
/// error bound: none, results are exact.
template <typename Format>
struct Soft {
  using Bits = typename Format::Bits;
  static constexpr int kMantissaBits = Format::kPrecision - 1;
  static constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  static constexpr Bits kHidden = Bits{1} << kMantissaBits;
  static constexpr Bits kInfinity = static_cast<Bits>(kSign - kHidden);
  static constexpr Bits kCanonicalNan = kInfinity | (kHidden >> 1);

  static constexpr bool is_nan(Bits a) { return static_cast<Bits>(a & ~kSign) > kInfinity; }
  static constexpr bool is_signaling(Bits a) { return is_nan(a) && (a & (kHidden >> 1)) == 0; }

  static Bits add(Bits a, Bits b, Rounding mode, uint32_t& flags);
  static Bits mul(Bits a, Bits b, Rounding mode, uint32_t& flags);
  static Bits div(Bits a, Bits b, Rounding mode, uint32_t& flags);
  static Bits sqrt(Bits a, Rounding mode, uint32_t& flags);
  /// a * b + c with one rounding.
  static Bits fma(Bits a, Bits b, Bits c, Rounding mode, uint32_t& flags);

  /// minimumNumber and maximumNumber: a NaN loses against a number, -0 is less than +0.
  static Bits min(Bits a, Bits b, uint32_t& flags);
  static Bits max(Bits a, Bits b, uint32_t& flags);
  static bool equal(Bits a, Bits b, uint32_t& flags);
  /// Any NaN is invalid.
  static bool less(Bits a, Bits b, uint32_t& flags);
  static bool less_or_equal(Bits a, Bits b, uint32_t& flags);
  /// One of the ten bits of fclass.
  static uint32_t classify(Bits a);

  static Bits from_signed(int64_t value, Rounding mode, uint32_t& flags);
  static Bits from_unsigned(uint64_t value, Rounding mode, uint32_t& flags);
  /// Saturates at the limits of a `bits`-wide integer (32 or 64) with kInvalid; NaN gives the largest.
  static int64_t to_signed(Bits a, int bits, Rounding mode, uint32_t& flags);
  static uint64_t to_unsigned(Bits a, int bits, Rounding mode, uint32_t& flags);
};

uint32_t narrow(uint64_t a, Rounding mode, uint32_t& flags);  ///< binary64 to binary32
uint64_t widen(uint32_t a, uint32_t& flags);                  ///< binary32 to binary64

}  // namespace ganglion::fp
