#include "tests/isa/vocabulary.h"

#include "tests/isa/exclusions.h"

namespace ganglion::isa_test {
namespace {

Vocabulary make_vocabulary(int xlen) {
  Vocabulary v;
  for (const InstructionInfo& info : instruction_table()) {
    if (info.width == (xlen == 64 ? InstructionWidth::k32 : InstructionWidth::k64)) continue;
    if (excluded_extension(info.extension)) continue;
    switch (info.instruction_class) {
      case InstructionClass::kLoad:
      case InstructionClass::kStore:
        (is_store_encoding(info.match) ? v.stores : v.loads).push_back(&info);
        break;
      case InstructionClass::kAmo:
        v.amos.push_back(&info);
        break;
      case InstructionClass::kBranch:
        v.branches.push_back(&info);
        break;
      case InstructionClass::kCsr:
        v.csrs.push_back(&info);
        break;
      case InstructionClass::kFp:
      case InstructionClass::kFpMul:
      case InstructionClass::kFpDiv:
        v.floats.push_back(&info);
        break;
      case InstructionClass::kJump:
        break;  // jal and jalr: jump(), call()
      case InstructionClass::kSystem:
        if (info.id == Instruction::kFence || info.id == Instruction::kFenceI) v.plain.push_back(&info);
        break;  // ecall, ebreak, mret, sret, sfence.vma: trap(), trap_return(); wfi: exclusions.cpp
      default:
        v.plain.push_back(&info);
    }
  }
  for (uint32_t half = 0; half < 0x10000; ++half) {
    if (is_long_instruction(static_cast<uint16_t>(half))) continue;
    const auto decoded = decode(half, xlen);
    const auto word = static_cast<uint16_t>(half);
    if (!decoded) {
      v.short_illegal.push_back(word);
      continue;
    }
    switch (info_of(decoded->id).instruction_class) {
      case InstructionClass::kLoad:
      case InstructionClass::kStore:
        v.short_memory.push_back(word);
        break;
      case InstructionClass::kBranch:
        v.short_branches.push_back(word);
        break;
      case InstructionClass::kJump:
        if (decoded->id == Instruction::kJalr) v.short_jumps.push_back(word);
        break;
      case InstructionClass::kSystem:
        break;
      default:
        v.short_plain.push_back(word);
    }
  }
  return v;
}

}  // namespace

const Vocabulary& vocabulary(int xlen) {
  static const Vocabulary rv32 = make_vocabulary(32), rv64 = make_vocabulary(64);
  return xlen == 64 ? rv64 : rv32;
}

}  // namespace ganglion::isa_test
