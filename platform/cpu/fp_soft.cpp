#include "platform/cpu/fp_soft.h"

#include "platform/cpu/fp_soft_unpacked.h"

namespace ganglion::fp {

using namespace detail;  // NOLINT(google-build-using-namespace): this file's own tools

template <typename Format>
auto Soft<Format>::add(Bits a, Bits b, Rounding mode, uint32_t& flags) -> Bits {
  if (is_nan(a) || is_nan(b)) return nan_result<Format>(is_signaling(a) || is_signaling(b), flags);
  const Unpacked x = unpack<Format>(a), y = unpack<Format>(b);
  if (x.kind == Kind::kInfinity)
    return y.kind == Kind::kInfinity && x.negative != y.negative ? nan_result<Format>(true, flags) : a;
  if (y.kind == Kind::kInfinity) return b;
  if (x.kind == Kind::kZero && y.kind == Kind::kZero) {
    if (x.negative == y.negative) return a;
    return mode == Rounding::kDown ? kSign : 0;
  }
  if (x.kind == Kind::kZero) return b;
  if (y.kind == Kind::kZero) return a;
  return add_magnitudes<Format>(x.negative, x.exponent, x.significand, y.negative, y.exponent, y.significand,
                                mode, flags);
}

template <typename Format>
auto Soft<Format>::mul(Bits a, Bits b, Rounding mode, uint32_t& flags) -> Bits {
  if (is_nan(a) || is_nan(b)) return nan_result<Format>(is_signaling(a) || is_signaling(b), flags);
  const Unpacked x = unpack<Format>(a), y = unpack<Format>(b);
  const bool negative = x.negative != y.negative;
  const bool zero = x.kind == Kind::kZero || y.kind == Kind::kZero;
  if (x.kind == Kind::kInfinity || y.kind == Kind::kInfinity) {
    if (zero) return nan_result<Format>(true, flags);
    return kInfinity | (negative ? kSign : 0);
  }
  if (zero) return negative ? kSign : 0;
  return round_pack<Format>(negative, x.exponent + y.exponent, Wide{x.significand} * y.significand, mode,
                            flags);
}

template <typename Format>
auto Soft<Format>::div(Bits a, Bits b, Rounding mode, uint32_t& flags) -> Bits {
  if (is_nan(a) || is_nan(b)) return nan_result<Format>(is_signaling(a) || is_signaling(b), flags);
  const Unpacked x = unpack<Format>(a), y = unpack<Format>(b);
  const Bits sign = x.negative != y.negative ? kSign : 0;
  if (x.kind == Kind::kInfinity)
    return y.kind == Kind::kInfinity ? nan_result<Format>(true, flags) : sign | kInfinity;
  if (y.kind == Kind::kInfinity) return sign;
  if (y.kind == Kind::kZero) {
    if (x.kind == Kind::kZero) return nan_result<Format>(true, flags);
    flags |= kDivideByZero;
    return sign | kInfinity;
  }
  if (x.kind == Kind::kZero) return sign;
  const Wide dividend = Wide{x.significand} << 64;
  const Wide quotient = dividend / y.significand;
  const bool rest = dividend % y.significand != 0;
  return round_pack<Format>(sign != 0, x.exponent - y.exponent - 65, quotient << 1 | (rest ? 1 : 0), mode,
                            flags);
}

template <typename Format>
auto Soft<Format>::sqrt(Bits a, Rounding mode, uint32_t& flags) -> Bits {
  if (is_nan(a)) return nan_result<Format>(is_signaling(a), flags);
  const Unpacked x = unpack<Format>(a);
  if (x.kind == Kind::kZero) return a;
  if (x.negative) return nan_result<Format>(true, flags);
  if (x.kind == Kind::kInfinity) return a;
  const int shift = 62 + (x.exponent & 1);  // makes the exponent even
  bool exact = false;
  const Wide root = square_root(Wide{x.significand} << shift, exact);
  return round_pack<Format>(false, (x.exponent - shift) / 2 - 1, root << 1 | (exact ? 0 : 1), mode, flags);
}

template <typename Format>
auto Soft<Format>::fma(Bits a, Bits b, Bits c, Rounding mode, uint32_t& flags) -> Bits {
  const Unpacked x = unpack<Format>(a), y = unpack<Format>(b), z = unpack<Format>(c);
  const bool zero = x.kind == Kind::kZero || y.kind == Kind::kZero;
  const bool infinite = x.kind == Kind::kInfinity || y.kind == Kind::kInfinity;
  const bool nan = x.kind == Kind::kNan || y.kind == Kind::kNan || z.kind == Kind::kNan;
  if (nan || (zero && infinite))
    return nan_result<Format>(is_signaling(a) || is_signaling(b) || is_signaling(c) || (zero && infinite),
                              flags);
  const bool negative = x.negative != y.negative;
  if (infinite) {
    if (z.kind == Kind::kInfinity && z.negative != negative) return nan_result<Format>(true, flags);
    return kInfinity | (negative ? kSign : 0);
  }
  if (z.kind == Kind::kInfinity) return c;
  if (zero) {
    if (z.kind != Kind::kZero || z.negative == negative) return c;
    return mode == Rounding::kDown ? kSign : 0;
  }
  // Two significands of kPrecision bits: the product leaves room below for what alignment shifts out.
  constexpr int kLow = 64 - Format::kPrecision;
  const Wide product = Wide{x.significand >> kLow} * (y.significand >> kLow);
  const int exponent = x.exponent + y.exponent + 2 * kLow;
  if (z.kind == Kind::kZero) return round_pack<Format>(negative, exponent, product, mode, flags);
  return add_magnitudes<Format>(negative, exponent, product, z.negative, z.exponent, z.significand, mode,
                                flags);
}

template <typename Format>
auto Soft<Format>::min(Bits a, Bits b, uint32_t& flags) -> Bits {
  if (is_signaling(a) || is_signaling(b)) flags |= kInvalid;
  if (is_nan(a)) return is_nan(b) ? kCanonicalNan : b;
  if (is_nan(b)) return a;
  uint32_t quiet = 0;
  if (equal(a, b, quiet)) return a | b;  // equal bits, or zeros of two signs
  return less(a, b, quiet) ? a : b;
}

template <typename Format>
auto Soft<Format>::max(Bits a, Bits b, uint32_t& flags) -> Bits {
  if (is_signaling(a) || is_signaling(b)) flags |= kInvalid;
  if (is_nan(a)) return is_nan(b) ? kCanonicalNan : b;
  if (is_nan(b)) return a;
  uint32_t quiet = 0;
  if (equal(a, b, quiet)) return a & b;
  return less(a, b, quiet) ? b : a;
}

template <typename Format>
bool Soft<Format>::equal(Bits a, Bits b, uint32_t& flags) {
  if (is_signaling(a) || is_signaling(b)) flags |= kInvalid;
  if (is_nan(a) || is_nan(b)) return false;
  return a == b || static_cast<Bits>((a | b) & ~kSign) == 0;
}

template <typename Format>
bool Soft<Format>::less(Bits a, Bits b, uint32_t& flags) {
  if (is_nan(a) || is_nan(b)) {
    flags |= kInvalid;
    return false;
  }
  if (static_cast<Bits>((a | b) & ~kSign) == 0) return false;
  const bool negative_a = (a & kSign) != 0, negative_b = (b & kSign) != 0;
  if (negative_a != negative_b) return negative_a;
  return negative_a ? a > b : a < b;
}

template <typename Format>
bool Soft<Format>::less_or_equal(Bits a, Bits b, uint32_t& flags) {
  if (is_nan(a) || is_nan(b)) {
    flags |= kInvalid;
    return false;
  }
  return equal(a, b, flags) || less(a, b, flags);
}

template <typename Format>
uint32_t Soft<Format>::classify(Bits a) {
  const bool negative = (a & kSign) != 0;
  const Bits magnitude = a & ~kSign;
  if (is_nan(a)) return is_signaling(a) ? 1u << 8 : 1u << 9;
  if (magnitude == kInfinity) return negative ? 1u << 0 : 1u << 7;
  if (magnitude >= kHidden) return negative ? 1u << 1 : 1u << 6;
  if (magnitude != 0) return negative ? 1u << 2 : 1u << 5;
  return negative ? 1u << 3 : 1u << 4;
}

template <typename Format>
auto Soft<Format>::from_signed(int64_t value, Rounding mode, uint32_t& flags) -> Bits {
  const bool negative = value < 0;
  const uint64_t magnitude =
      negative ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  return round_pack<Format>(negative, 0, magnitude, mode, flags);
}

template <typename Format>
auto Soft<Format>::from_unsigned(uint64_t value, Rounding mode, uint32_t& flags) -> Bits {
  return round_pack<Format>(false, 0, value, mode, flags);
}

template <typename Format>
int64_t Soft<Format>::to_signed(Bits a, int bits, Rounding mode, uint32_t& flags) {
  const Unpacked x = unpack<Format>(a);
  const Wide limit = Wide{1} << (bits - 1);
  const auto largest = static_cast<int64_t>(static_cast<uint64_t>(limit - 1));
  if (x.kind == Kind::kZero) return 0;
  bool inexact = false;
  const bool finite = x.kind == Kind::kFinite;
  const Wide magnitude = finite ? to_integer<Format>(x, mode, inexact) : 0;
  if (!finite || magnitude > (x.negative ? limit : limit - 1)) {
    flags |= kInvalid;
    return x.negative && x.kind != Kind::kNan ? -largest - 1 : largest;
  }
  if (inexact) flags |= kInexact;
  const auto value = static_cast<uint64_t>(magnitude);
  return static_cast<int64_t>(x.negative ? uint64_t{0} - value : value);
}

template <typename Format>
uint64_t Soft<Format>::to_unsigned(Bits a, int bits, Rounding mode, uint32_t& flags) {
  const Unpacked x = unpack<Format>(a);
  const Wide largest = (Wide{1} << bits) - 1;
  if (x.kind == Kind::kZero) return 0;
  bool inexact = false;
  const bool finite = x.kind == Kind::kFinite;
  const Wide magnitude = finite ? to_integer<Format>(x, mode, inexact) : 0;
  if (!finite || magnitude > largest || (x.negative && magnitude != 0)) {
    flags |= kInvalid;
    return x.negative && x.kind != Kind::kNan ? 0 : static_cast<uint64_t>(largest);
  }
  if (inexact) flags |= kInexact;
  return static_cast<uint64_t>(magnitude);
}

template struct Soft<Binary32>;
template struct Soft<Binary64>;

uint32_t narrow(uint64_t a, Rounding mode, uint32_t& flags) {
  const Unpacked x = unpack<Binary64>(a);
  const uint32_t sign = x.negative ? Soft<Binary32>::kSign : 0;
  switch (x.kind) {
    case Kind::kNan:
      return nan_result<Binary32>(Soft<Binary64>::is_signaling(a), flags);
    case Kind::kInfinity:
      return sign | Soft<Binary32>::kInfinity;
    case Kind::kZero:
      return sign;
    case Kind::kFinite:
      break;
  }
  return round_pack<Binary32>(x.negative, x.exponent, x.significand, mode, flags);
}

uint64_t widen(uint32_t a, uint32_t& flags) {
  const Unpacked x = unpack<Binary32>(a);
  const uint64_t sign = x.negative ? Soft<Binary64>::kSign : 0;
  switch (x.kind) {
    case Kind::kNan:
      return nan_result<Binary64>(Soft<Binary32>::is_signaling(a), flags);
    case Kind::kInfinity:
      return sign | Soft<Binary64>::kInfinity;
    case Kind::kZero:
      return sign;
    case Kind::kFinite:
      break;
  }
  return round_pack<Binary64>(x.negative, x.exponent, x.significand, Rounding::kNearestEven, flags);
}

}  // namespace ganglion::fp
