// CSRs and traps in random programs.
#include <array>

#include "platform/cpu/csr_numbers.h"
#include "tests/isa/generator.h"

namespace ganglion::isa_test {

/// Bits of mstatus and sstatus to write, set (2) or clear (3), such that MPP never becomes 2 and floating
/// point is rarely off.
uint32_t Generator::status_value(unsigned number, unsigned kind, uint32_t bits) {
  constexpr uint32_t kFs = 0x6000, kTraps = 0x700000, kTsr = 0x400000;  // TVM, TW, TSR
  if (random_.percent(80)) bits = kind == 3 ? bits & ~kFs : bits | kFs;
  if (number != kMstatus) return bits;
  if (delegates()) bits &= ~kTsr;
  if (kind != 3 && random_.percent(70)) bits &= ~kTraps;
  const std::array<uint32_t, 3> modes = {0, kind == 3 ? 0x1000u : 0x800u, 0x1800};
  return (bits & ~0x1800u) | random_.of(modes);
}

/// A byte for each of four PMP entries, none locked, none with W alone.
uint32_t Generator::pmp_value() {
  uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    auto entry = static_cast<uint32_t>(random_.below(32));
    if ((entry & 3) == 2) entry |= 1;
    value |= entry << 8 * i;
  }
  return value;
}

void Generator::csr(Code& code) {
  static constexpr std::array kUsual = {
      0x001u, 0x001u, 0x002u, 0x002u, 0x002u, 0x003u, 0x003u, 0x100u, 0x100u, 0x104u, 0x105u, 0x106u,
      0x10au, 0x140u, 0x141u, 0x142u, 0x143u, 0x144u, 0x144u, 0x180u, 0x300u, 0x300u, 0x301u, 0x302u,
      0x302u, 0x303u, 0x304u, 0x305u, 0x306u, 0x30au, 0x320u, 0x340u, 0x341u, 0x342u, 0x343u, 0x344u,
      0x344u, 0x3a1u, 0x3a2u, 0x3b1u, 0x3b2u, 0x3b8u, 0xb00u, 0xb02u, 0xc00u, 0xc01u, 0xc02u, 0xf11u,
      0xf12u, 0xf13u, 0xf14u, 0xf15u, 0x310u, 0xb80u, 0xb82u, 0xc80u, 0xc81u, 0xc82u};
  const unsigned number =
      random_.percent(85) ? random_.of(kUsual) : static_cast<unsigned>(random_.below(4096));
  const CsrRule* rule = rule_of(number);
  if (rule != nullptr && rule->left_out) return;
  const uint64_t writable = rule == nullptr ? ~uint64_t{0} : rule->writable;
  const InstructionInfo& info = *random_.of(words_.csrs);
  const bool immediate = (info.match >> 14 & 1) != 0;
  const unsigned kind = info.match >> 12 & 3;  // 1 write, 2 set, 3 clear
  const unsigned rd = rule != nullptr && rule->value_unseen ? 0 : destination();
  uint32_t value = static_cast<uint32_t>(random_.bits()) & static_cast<uint32_t>(writable);
  const bool vector = number == kMtvec || number == kStvec;  // the harness's
  if (vector && kind != 2) value = 0;
  if (number == kMstatus || number == kSstatus) value = status_value(number, kind, value);
  if (number >= kPmpcfg0 && number <= kPmpcfg3) {
    if (kind != 1 || immediate) return;
    value = pmp_value();
  }
  if ((number == kMedeleg || number == kMideleg) && !delegates()) return;
  if (number == kFrm) value = static_cast<uint32_t>(random_.below(random_.percent(90) ? 5 : 8));
  if (number == kFcsr && random_.percent(90) && (value & 0xe0) > 0x80) value &= ~0x80u;
  // exclusions.cpp: a register that holds 0
  if (number >> 10 == 3 || (number <= kFcsr && kind != 1)) value |= 1;
  unsigned rs1 = 0;
  if (immediate) {
    rs1 = value & 31;
    if (number == kMstatus && kind == 1 && random_.percent(90)) return;  // clears MPP with the rest: rarely
  } else if (random_.percent(80) && !(vector && kind == 3)) {
    rs1 = pointer();
    constant(code, rs1, value);
  }
  if (vector && kind == 1) return;
  if (vector && kind == 2 && immediate && (rs1 & 2) == 0) rs1 = 0;  // mode 1 would stick
  if (vector && kind == 2 && !immediate && (value & 2) == 0) return;
  if (vector && kind == 3) rs1 = 0;
  emit(code, info.match | rd << 7 | rs1 << 15 | number << 20);
}

uint32_t Generator::illegal_word() {
  for (;;) {
    uint32_t word = static_cast<uint32_t>(random_.bits()) | 3;
    if (random_.percent(70)) {  // nearly an instruction
      const InstructionInfo& info = *random_.of(words_.plain);
      word = (info.match | (word & ~info.mask)) ^ uint32_t { 1 } << random_.between(2, 31);
    }
    if (!is_long_instruction(static_cast<uint16_t>(word)) || (word & 0x1f) == 0x1f) continue;  // longer ones
    if (!decode(word, recipe_.xlen)) return word;
  }
}

void Generator::wild_jump(Code& code) {
  const unsigned target = pointer();
  const bool wide = recipe_.xlen == 64;
  emit(code, auipc(target));
  emit(code, addi(target, target, 20));
  emit(code, s_type(wide ? 0x3023 : 0x2023, kArea, target, AREA_RECOVERY));
  emit(code, lui(target, static_cast<uint32_t>(random_.between(0x1c001, 0x1fffe)) << 12));
  emit(code, i_type(0x67, destination(), target, static_cast<int32_t>(random_.between(-1024, 1023) * 2)));
}

void Generator::trap(Code& code) {
  switch (random_.below(8)) {
    case 0:
      return emit(code, 0x00000073);
    case 1:
      return emit(code, 0x00100073);
    case 2:
      return emit(code, 0x9002);
    case 3:
      return emit(code, illegal_word());
    case 4:
      return emit(code, random_.of(words_.short_illegal));
    case 5:
      return wild_access(code);
    case 6:
      return emit(code, info_of(Instruction::kSfenceVma).match | source() << 15 | source() << 20);
    default:
      return wild_jump(code);
  }
}

/// mret or sret to the next instruction: in the mode of MPP or SPP; where it is illegal, with the same way
/// on.
void Generator::trap_return(Code& code) {
  const unsigned target = pointer();
  const bool from_supervisor = random_.percent(40);
  if (!from_supervisor && random_.percent(60)) {
    emit(code, lui(target, 0x2000));
    emit(code, addi(target, target, -0x800));
    emit(code, 0x30002073u | target << 15);  // MPP = M
  }
  emit(code, auipc(target));
  emit(code, addi(target, target, 16));
  emit(code, (from_supervisor ? 0x14101073u : 0x34101073u) | target << 15);
  emit(code, from_supervisor ? 0x10200073 : 0x30200073);
}

}  // namespace ganglion::isa_test
