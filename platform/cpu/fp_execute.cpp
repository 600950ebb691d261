// What each floating-point instruction computes, in software: the reference of the fast path and its way out.
#include "platform/cpu/fp_execute.h"

namespace ganglion::fp {
namespace {

using S = Soft<Binary32>;
using D = Soft<Binary64>;

uint64_t sign_extended(uint32_t value) {
  return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(value)));
}

/// The instructions that exist in both formats; `F` reads and writes registers.
struct Single {
  using Arithmetic = S;
  static uint32_t read(uint64_t f) { return unboxed(f); }
  static uint64_t write(uint32_t value) { return boxed(value); }
};
struct Double {
  using Arithmetic = D;
  static uint64_t read(uint64_t f) { return f; }
  static uint64_t write(uint64_t value) { return value; }
};

enum class Kind : uint8_t {
  kMadd,
  kMsub,
  kNmsub,
  kNmadd,
  kAdd,
  kSub,
  kMul,
  kDiv,
  kSqrt,
  kSgnj,
  kSgnjn,
  kSgnjx,
  kMin,
  kMax,
  kLe,
  kLt,
  kEq,
  kClass,
  kToW,
  kToWu,
  kToL,
  kToLu,
  kFromW,
  kFromWu,
  kFromL,
  kFromLu,
};

template <typename Format>
uint64_t compute(Kind kind, const Operands& in, Rounding mode, uint32_t& flags) {
  using A = typename Format::Arithmetic;
  using Bits = typename A::Bits;
  const Bits a = Format::read(in.a), b = Format::read(in.b), c = Format::read(in.c);
  const auto negate = [](Bits value) { return static_cast<Bits>(value ^ A::kSign); };
  const auto with_sign = [&](Bits sign) {
    return Format::write(static_cast<Bits>((a & ~A::kSign) | (sign & A::kSign)));
  };
  switch (kind) {
    case Kind::kMadd:
      return Format::write(A::fma(a, b, c, mode, flags));
    case Kind::kMsub:
      return Format::write(A::fma(a, b, negate(c), mode, flags));
    case Kind::kNmsub:
      return Format::write(A::fma(negate(a), b, c, mode, flags));
    case Kind::kNmadd:
      return Format::write(A::fma(negate(a), b, negate(c), mode, flags));
    case Kind::kAdd:
      return Format::write(A::add(a, b, mode, flags));
    case Kind::kSub:
      return Format::write(A::add(a, negate(b), mode, flags));
    case Kind::kMul:
      return Format::write(A::mul(a, b, mode, flags));
    case Kind::kDiv:
      return Format::write(A::div(a, b, mode, flags));
    case Kind::kSqrt:
      return Format::write(A::sqrt(a, mode, flags));
    case Kind::kSgnj:
      return with_sign(b);
    case Kind::kSgnjn:
      return with_sign(negate(b));
    case Kind::kSgnjx:
      return with_sign(a ^ b);
    case Kind::kMin:
      return Format::write(A::min(a, b, flags));
    case Kind::kMax:
      return Format::write(A::max(a, b, flags));
    case Kind::kLe:
      return A::less_or_equal(a, b, flags) ? 1 : 0;
    case Kind::kLt:
      return A::less(a, b, flags) ? 1 : 0;
    case Kind::kEq:
      return A::equal(a, b, flags) ? 1 : 0;
    case Kind::kClass:
      return A::classify(a);
    case Kind::kToW:
      return static_cast<uint64_t>(A::to_signed(a, 32, mode, flags));
    case Kind::kToWu:
      return sign_extended(static_cast<uint32_t>(A::to_unsigned(a, 32, mode, flags)));
    case Kind::kToL:
      return static_cast<uint64_t>(A::to_signed(a, 64, mode, flags));
    case Kind::kToLu:
      return A::to_unsigned(a, 64, mode, flags);
    case Kind::kFromW:
      return Format::write(A::from_signed(static_cast<int32_t>(in.x), mode, flags));
    case Kind::kFromWu:
      return Format::write(A::from_unsigned(static_cast<uint32_t>(in.x), mode, flags));
    case Kind::kFromL:
      return Format::write(A::from_signed(static_cast<int64_t>(in.x), mode, flags));
    case Kind::kFromLu:
      return Format::write(A::from_unsigned(in.x, mode, flags));
  }
  return 0;
}

}  // namespace

uint64_t execute(Instruction id, const Operands& in, Rounding mode, uint32_t& flags) {
  switch (id) {
    case Instruction::kFmaddS:
      return compute<Single>(Kind::kMadd, in, mode, flags);
    case Instruction::kFmsubS:
      return compute<Single>(Kind::kMsub, in, mode, flags);
    case Instruction::kFnmsubS:
      return compute<Single>(Kind::kNmsub, in, mode, flags);
    case Instruction::kFnmaddS:
      return compute<Single>(Kind::kNmadd, in, mode, flags);
    case Instruction::kFaddS:
      return compute<Single>(Kind::kAdd, in, mode, flags);
    case Instruction::kFsubS:
      return compute<Single>(Kind::kSub, in, mode, flags);
    case Instruction::kFmulS:
      return compute<Single>(Kind::kMul, in, mode, flags);
    case Instruction::kFdivS:
      return compute<Single>(Kind::kDiv, in, mode, flags);
    case Instruction::kFsqrtS:
      return compute<Single>(Kind::kSqrt, in, mode, flags);
    case Instruction::kFsgnjS:
      return compute<Single>(Kind::kSgnj, in, mode, flags);
    case Instruction::kFsgnjnS:
      return compute<Single>(Kind::kSgnjn, in, mode, flags);
    case Instruction::kFsgnjxS:
      return compute<Single>(Kind::kSgnjx, in, mode, flags);
    case Instruction::kFminS:
      return compute<Single>(Kind::kMin, in, mode, flags);
    case Instruction::kFmaxS:
      return compute<Single>(Kind::kMax, in, mode, flags);
    case Instruction::kFleS:
      return compute<Single>(Kind::kLe, in, mode, flags);
    case Instruction::kFltS:
      return compute<Single>(Kind::kLt, in, mode, flags);
    case Instruction::kFeqS:
      return compute<Single>(Kind::kEq, in, mode, flags);
    case Instruction::kFclassS:
      return compute<Single>(Kind::kClass, in, mode, flags);
    case Instruction::kFcvtWS:
      return compute<Single>(Kind::kToW, in, mode, flags);
    case Instruction::kFcvtSW:
      return compute<Single>(Kind::kFromW, in, mode, flags);
    case Instruction::kFcvtWuS:
      return compute<Single>(Kind::kToWu, in, mode, flags);
    case Instruction::kFcvtSWu:
      return compute<Single>(Kind::kFromWu, in, mode, flags);
    case Instruction::kFcvtLS:
      return compute<Single>(Kind::kToL, in, mode, flags);
    case Instruction::kFcvtSL:
      return compute<Single>(Kind::kFromL, in, mode, flags);
    case Instruction::kFcvtLuS:
      return compute<Single>(Kind::kToLu, in, mode, flags);
    case Instruction::kFcvtSLu:
      return compute<Single>(Kind::kFromLu, in, mode, flags);
    case Instruction::kFmaddD:
      return compute<Double>(Kind::kMadd, in, mode, flags);
    case Instruction::kFmsubD:
      return compute<Double>(Kind::kMsub, in, mode, flags);
    case Instruction::kFnmsubD:
      return compute<Double>(Kind::kNmsub, in, mode, flags);
    case Instruction::kFnmaddD:
      return compute<Double>(Kind::kNmadd, in, mode, flags);
    case Instruction::kFaddD:
      return compute<Double>(Kind::kAdd, in, mode, flags);
    case Instruction::kFsubD:
      return compute<Double>(Kind::kSub, in, mode, flags);
    case Instruction::kFmulD:
      return compute<Double>(Kind::kMul, in, mode, flags);
    case Instruction::kFdivD:
      return compute<Double>(Kind::kDiv, in, mode, flags);
    case Instruction::kFsqrtD:
      return compute<Double>(Kind::kSqrt, in, mode, flags);
    case Instruction::kFsgnjD:
      return compute<Double>(Kind::kSgnj, in, mode, flags);
    case Instruction::kFsgnjnD:
      return compute<Double>(Kind::kSgnjn, in, mode, flags);
    case Instruction::kFsgnjxD:
      return compute<Double>(Kind::kSgnjx, in, mode, flags);
    case Instruction::kFminD:
      return compute<Double>(Kind::kMin, in, mode, flags);
    case Instruction::kFmaxD:
      return compute<Double>(Kind::kMax, in, mode, flags);
    case Instruction::kFleD:
      return compute<Double>(Kind::kLe, in, mode, flags);
    case Instruction::kFltD:
      return compute<Double>(Kind::kLt, in, mode, flags);
    case Instruction::kFeqD:
      return compute<Double>(Kind::kEq, in, mode, flags);
    case Instruction::kFclassD:
      return compute<Double>(Kind::kClass, in, mode, flags);
    case Instruction::kFcvtWD:
      return compute<Double>(Kind::kToW, in, mode, flags);
    case Instruction::kFcvtDW:
      return compute<Double>(Kind::kFromW, in, mode, flags);
    case Instruction::kFcvtWuD:
      return compute<Double>(Kind::kToWu, in, mode, flags);
    case Instruction::kFcvtDWu:
      return compute<Double>(Kind::kFromWu, in, mode, flags);
    case Instruction::kFcvtLD:
      return compute<Double>(Kind::kToL, in, mode, flags);
    case Instruction::kFcvtDL:
      return compute<Double>(Kind::kFromL, in, mode, flags);
    case Instruction::kFcvtLuD:
      return compute<Double>(Kind::kToLu, in, mode, flags);
    case Instruction::kFcvtDLu:
      return compute<Double>(Kind::kFromLu, in, mode, flags);
    case Instruction::kFcvtSD:
      return boxed(narrow(in.a, mode, flags));
    case Instruction::kFcvtDS:
      return widen(unboxed(in.a), flags);
    case Instruction::kFmvXW:
      return sign_extended(static_cast<uint32_t>(in.a));
    case Instruction::kFmvXD:
      return in.a;
    case Instruction::kFmvWX:
      return boxed(static_cast<uint32_t>(in.x));
    case Instruction::kFmvDX:
      return in.x;
    default:
      return 0;
  }
}

}  // namespace ganglion::fp
