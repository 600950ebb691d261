// CSRs and traps in random programs.
#include <array>

#include "tests/isa/generator.h"

namespace ganglion::isa_test {

void Generator::csr(Code& code) {
  static constexpr std::array kUsual = {
      0x001u, 0x001u, 0x002u, 0x002u, 0x002u, 0x003u, 0x003u, 0x300u, 0x301u, 0x304u, 0x305u, 0x306u,
      0x320u, 0x340u, 0x341u, 0x342u, 0x343u, 0x344u, 0xb00u, 0xb02u, 0xc00u, 0xc01u, 0xc02u, 0xf11u,
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
  if (number == 0x300) value = random_.percent(50) ? value | 0x1800 : value & ~0x1800u;
  if (number == 0x305 && kind != 2) value = 0;
  if (number == 0x300 && random_.percent(80)) value = kind == 3 ? value & ~0x6000u : value | 0x6000;  // FS on
  if (number == 2) value = static_cast<uint32_t>(random_.below(random_.percent(90) ? 5 : 8));
  if (number == 3 && random_.percent(90) && (value & 0xe0) > 0x80) value &= ~0x80u;
  if (number >> 10 == 3 || (number <= 3 && kind != 1)) value |= 1;  // exclusions.cpp: a register that holds 0
  unsigned rs1 = 0;
  if (immediate) {
    rs1 = value & 31;
    if (number == 0x300 && kind == 1 && random_.percent(90)) return;  // clears MPP with the rest: rarely
  } else if (random_.percent(80) && !(number == 0x305 && kind == 3)) {
    rs1 = pointer();
    constant(code, rs1, value);
  }
  if (number == 0x305 && kind == 1) return;                                  // the harness's vector
  if (number == 0x305 && kind == 2 && immediate && (rs1 & 2) == 0) rs1 = 0;  // mode 1 would stick
  if (number == 0x305 && kind == 2 && !immediate && (value & 2) == 0) return;
  if (number == 0x305 && kind == 3) rs1 = 0;
  emit(code, info.match | rd << 7 | rs1 << 15 | number << 20);
  if (number == 0x300 && recipe_.xlen == 64) emit(code, i_type(0x1013, rd, rd, 32));  // SXL is not compared
}

uint32_t Generator::illegal_word() {
  for (;;) {
    uint32_t word = static_cast<uint32_t>(random_.bits()) | 3;
    if (random_.percent(70)) {  // nearly an instruction
      const InstructionInfo& info = *random_.of(words_.plain);
      word = (info.match | (word & ~info.mask)) ^ uint32_t { 1 } << random_.between(2, 31);
    }
    if (!is_long_instruction(static_cast<uint16_t>(word)) || (word & 0x1f) == 0x1f) continue;  // longer ones
    if (!decode(word, recipe_.xlen) && !excluded_word(word)) return word;
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
  switch (random_.below(7)) {
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
    default:
      return wild_jump(code);
  }
}

/// mret to the next instruction: in the mode of MPP; illegal in U mode, with the same way on.
void Generator::trap_return(Code& code) {
  const unsigned target = pointer();
  if (random_.percent(75)) {
    emit(code, lui(target, 0x2000));
    emit(code, addi(target, target, -0x800));
    emit(code, 0x30002073u | target << 15);  // MPP = M
  }
  emit(code, auipc(target));
  emit(code, addi(target, target, 16));
  emit(code, 0x34101073u | target << 15);
  emit(code, 0x30200073);
}

}  // namespace ganglion::isa_test
