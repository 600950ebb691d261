#pragma once

#include "platform/cpu/fp_soft.h"
#include "platform/cpu/isa.h"

namespace ganglion::fp {

/// A binary32 in a 64-bit register: the upper half is all ones. Volume I, section 12.2.
inline constexpr uint64_t kBox = 0xffffffff00000000;
[[nodiscard]] constexpr uint64_t boxed(uint32_t single) { return kBox | single; }
/// What a single-precision instruction reads: the canonical NaN when the register holds no binary32.
[[nodiscard]] constexpr uint32_t unboxed(uint64_t f) {
  return (f & kBox) == kBox ? static_cast<uint32_t>(f) : Soft<Binary32>::kCanonicalNan;
}

/// Operands of a floating-point instruction as the registers hold them.
struct Operands {
  uint64_t a = 0, b = 0, c = 0;  ///< f[rs1], f[rs2], f[rs3]
  uint64_t x = 0;                ///< x[rs1], sign-extended to 64 bits
};

/// Result of any computational instruction of F and D: the f register, or the x register sign-extended.
/// Flags are added to `flags`. Loads and stores are not for here.
[[nodiscard]] uint64_t execute(Instruction id, const Operands& in, Rounding mode, uint32_t& flags);

}  // namespace ganglion::fp
