// Software floating point against the host's FPU in its four rounding modes, result by result and flag by
// flag. x86 detects tininess after rounding, as RISC-V does. The fifth mode and everything again on exact
// fractions: programs/make_float.py.
#include "platform/cpu/fp_soft.h"

#include <gmock/gmock.h>

#include <bit>
#include <cfenv>
#include <cmath>
#include <random>

namespace ganglion::fp {
namespace {

template <typename Format>
struct Host;
template <>
struct Host<Binary32> {
  using Type = float;
};
template <>
struct Host<Binary64> {
  using Type = double;
};

uint32_t host_flags() {
  const int raised = std::fetestexcept(FE_ALL_EXCEPT);
  return (raised & FE_INEXACT ? kInexact : 0u) | (raised & FE_UNDERFLOW ? kUnderflow : 0u) |
         (raised & FE_OVERFLOW ? kOverflow : 0u) | (raised & FE_DIVBYZERO ? kDivideByZero : 0u) |
         (raised & FE_INVALID ? kInvalid : 0u);
}

struct Mode {
  Rounding rounding;
  int host;
};
constexpr Mode kModes[] = {{Rounding::kNearestEven, FE_TONEAREST},
                           {Rounding::kTowardZero, FE_TOWARDZERO},
                           {Rounding::kDown, FE_DOWNWARD},
                           {Rounding::kUp, FE_UPWARD}};

/// Runs `operation` under a rounding mode of the host; the volatile keeps it between the calls.
template <typename Operation>
auto on_host(int mode, uint32_t& flags, Operation operation) {
  std::fesetround(mode);
  std::feclearexcept(FE_ALL_EXCEPT);
  volatile auto result = operation();
  flags = host_flags();
  std::fesetround(FE_TONEAREST);
  return result;
}

template <typename Format>
class SoftFloat : public testing::Test {
 protected:
  using S = Soft<Format>;
  using Bits = typename S::Bits;
  using Float = typename Host<Format>::Type;

  Bits any() {
    constexpr Bits kOne = static_cast<Bits>(Format::kExponentMax) << S::kMantissaBits;
    const Bits random = static_cast<Bits>(random_());
    const Bits sign = random & S::kSign;
    switch (random_() % 8) {
      case 0:
        return random;
      case 1: {
        const Bits corners[] = {
            0,        1,        S::kHidden - 1,   S::kHidden,   S::kHidden + 1,   kOne,
            kOne + 1, kOne - 1, S::kInfinity - 1, S::kInfinity, S::kCanonicalNan, S::kInfinity + 1};
        return sign | corners[random_() % std::size(corners)];
      }
      case 2:
        return sign | (random % (3 * S::kHidden));
      case 3:
        return sign | (S::kInfinity - 1 - random % (3 * S::kHidden));
      case 4:  // few bits, so that ties and exact results occur
        return sign | ((kOne + (random % 64) * (S::kHidden / 2)) & ~(S::kHidden / 16 - 1));
      case 5: {
        const Float integer = static_cast<Float>(static_cast<int>(random_() % 2048) - 1024);
        return std::bit_cast<Bits>(integer);
      }
      default:
        return sign | (kOne - 4 * S::kHidden + random % (8 * S::kHidden));
    }
  }
  static Float host(Bits a) { return std::bit_cast<Float>(a); }
  /// The host's NaNs carry payloads; RISC-V's are canonical.
  static Bits bits(Float a) { return std::isnan(a) ? S::kCanonicalNan : std::bit_cast<Bits>(a); }

  template <typename Mine, typename Theirs>
  void compare(const char* what, Mine mine, Theirs theirs) {
    for (int i = 0; i < kRounds; ++i) {
      const Bits a = any(), b = any(), c = any();
      for (const Mode& mode : kModes) {
        uint32_t expected_flags = 0, flags = 0;
        volatile Float x = host(a), y = host(b), z = host(c);
        const Bits expected = bits(on_host(mode.host, expected_flags, [&] { return theirs(x, y, z); }));
        const Bits result = mine(a, b, c, mode.rounding, flags);
        ASSERT_EQ(result, expected) << what << std::hex << " " << a << " " << b << " " << c << " mode "
                                    << static_cast<int>(mode.rounding);
        ASSERT_EQ(flags, expected_flags) << what << std::hex << " " << a << " " << b << " " << c << " mode "
                                         << static_cast<int>(mode.rounding);
      }
    }
  }

  static constexpr int kRounds = 200'000;
  std::mt19937_64 random_{754};
};

using Formats = testing::Types<Binary32, Binary64>;
TYPED_TEST_SUITE(SoftFloat, Formats);

TYPED_TEST(SoftFloat, AddsAsTheHostDoes) {
  using S = Soft<TypeParam>;
  this->compare(
      "add", [](auto a, auto b, auto, Rounding mode, uint32_t& flags) { return S::add(a, b, mode, flags); },
      [](auto x, auto y, auto) { return x + y; });
}
TYPED_TEST(SoftFloat, MultipliesAsTheHostDoes) {
  using S = Soft<TypeParam>;
  this->compare(
      "mul", [](auto a, auto b, auto, Rounding mode, uint32_t& flags) { return S::mul(a, b, mode, flags); },
      [](auto x, auto y, auto) { return x * y; });
}
TYPED_TEST(SoftFloat, DividesAsTheHostDoes) {
  using S = Soft<TypeParam>;
  this->compare(
      "div", [](auto a, auto b, auto, Rounding mode, uint32_t& flags) { return S::div(a, b, mode, flags); },
      [](auto x, auto y, auto) { return x / y; });
}
TYPED_TEST(SoftFloat, TakesRootsAsTheHostDoes) {
  using S = Soft<TypeParam>;
  this->compare(
      "sqrt", [](auto a, auto, auto, Rounding mode, uint32_t& flags) { return S::sqrt(a, mode, flags); },
      [](auto x, auto, auto) { return std::sqrt(x); });
}
TYPED_TEST(SoftFloat, FusesAsTheHostDoes) {
  using S = Soft<TypeParam>;
  if (!__builtin_cpu_supports("fma")) GTEST_SKIP() << "the host has no fused multiplication";
  this->compare(
      "fma",
      [](auto a, auto b, auto c, Rounding mode, uint32_t& flags) {
        // 0 * infinity + NaN is invalid here; IEEE 754 leaves that open and x86 says it is not.
        const bool zero = (a & ~S::kSign) == 0 || (b & ~S::kSign) == 0;
        const bool infinite = (a & ~S::kSign) == S::kInfinity || (b & ~S::kSign) == S::kInfinity;
        const auto result = S::fma(a, b, c, mode, flags);
        if (zero && infinite && S::is_nan(c)) {
          EXPECT_EQ(flags, kInvalid);
          if (!S::is_signaling(c)) flags = 0;
        }
        return result;
      },
      [](auto x, auto y, auto z) { return std::fma(x, y, z); });
}
TYPED_TEST(SoftFloat, ComparesAsTheHostDoes) {
  using S = Soft<TypeParam>;
  for (int i = 0; i < this->kRounds; ++i) {
    const auto a = this->any(), b = i % 4 == 0 ? a : this->any();
    const auto x = this->host(a), y = this->host(b);
    uint32_t quiet = 0, ordered = 0;
    ASSERT_EQ(S::equal(a, b, quiet), x == y) << std::hex << a << " " << b;
    ASSERT_EQ(S::less(a, b, ordered), std::isless(x, y)) << std::hex << a << " " << b;
    ASSERT_EQ(S::less_or_equal(a, b, ordered), std::islessequal(x, y)) << std::hex << a << " " << b;
    ASSERT_EQ(quiet, S::is_signaling(a) || S::is_signaling(b) ? kInvalid : 0u);
    ASSERT_EQ(ordered, std::isunordered(x, y) ? kInvalid : 0u);
  }
}
TYPED_TEST(SoftFloat, ConvertsIntegersAsTheHostDoes) {
  using S = Soft<TypeParam>;
  using Float = typename Host<TypeParam>::Type;
  std::mt19937_64 random(1);
  for (int i = 0; i < this->kRounds; ++i) {
    const volatile auto value = static_cast<int64_t>(random()) >> (random() % 64);
    const auto a = this->any();
    const volatile Float x = this->host(a);
    for (const Mode& mode : kModes) {
      uint32_t expected_flags = 0, flags = 0;
      const auto from = on_host(mode.host, expected_flags, [&] { return static_cast<Float>(value); });
      ASSERT_EQ(S::from_signed(value, mode.rounding, flags), this->bits(from)) << value;
      ASSERT_EQ(flags, expected_flags) << value;
      flags = 0;
      const auto to = on_host(mode.host, expected_flags, [&] { return std::llrint(x); });
      const int64_t mine = S::to_signed(a, 64, mode.rounding, flags);
      ASSERT_EQ(flags, expected_flags) << std::hex << a;
      if (flags != kInvalid) {
        ASSERT_EQ(mine, to) << std::hex << a;
      }
    }
  }
}
TEST(SoftFloatFormats, ConvertAsTheHostDoes) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 400'000; ++i) {
    // Exponents around the range of the narrow format.
    const uint64_t a =
        i % 8 == 0 ? random() : (random() & 0x800fffffffffffff) | (1023 - 160 + random() % 320) << 52;
    const volatile double x = std::bit_cast<double>(a);
    for (const Mode& mode : kModes) {
      uint32_t expected_flags = 0, flags = 0;
      const float expected = on_host(mode.host, expected_flags, [&] { return static_cast<float>(x); });
      const uint32_t result = narrow(a, mode.rounding, flags);
      ASSERT_EQ(result, std::isnan(expected) ? 0x7fc00000u : std::bit_cast<uint32_t>(expected))
          << std::hex << a;
      ASSERT_EQ(flags, expected_flags) << std::hex << a;
    }
    const auto single = static_cast<uint32_t>(random());
    const volatile float y = std::bit_cast<float>(single);
    uint32_t expected_flags = 0, flags = 0;
    const double wide = on_host(FE_TONEAREST, expected_flags, [&] { return static_cast<double>(y); });
    ASSERT_EQ(widen(single, flags), std::isnan(wide) ? 0x7ff8000000000000u : std::bit_cast<uint64_t>(wide));
    ASSERT_EQ(flags & kInvalid, expected_flags & kInvalid);
  }
}

}  // namespace
}  // namespace ganglion::fp
