#include "platform/cpu/timing_table.h"

#include <array>

namespace ganglion {
namespace {

constexpr std::array kTables = {
    TimingTable{
        .name = "ideal",
        .description = "one cycle an instruction, no stall of any kind",
        .source = "definition",
    },
    TimingTable{
        .name = "small_in_order",
        .description = "4-stage in-order core in the class of CV32E40P, carried over to XLEN 64",
        .source =
            "CV32E40P user manual, 'Pipeline Details' (cycle counts per instruction type, hazards): "
            "mul 1, mulh 5, "
            "div 3 + leading zeros of the divisor, jump 2, taken branch 3, CSR 4, fence.i 2, "
            "misaligned 2, load-use "
            "1, jump-register 1; FPU_ADDMUL_LAT = FPU_OTHERS_LAT = 1: a dependent successor waits 1, "
            "division and square root 19 (the manual's maximum, for single precision; taken for double "
            "too, never overlapped). Not in the manual, ours: amo 2, trap entry 4, mret 2, and every CSR "
            "costs as the "
            "slow ones do",
        .mul = 0,
        .mul_high = 4,
        .div = 2,
        .div_leading_zeros = true,
        .branch_taken = 2,
        .jump = 1,
        .load_use = 1,
        .jump_register = 1,
        .csr = 3,
        .amo = 1,
        .misaligned = 1,
        .fence_i = 1,
        .trap_entry = 4,
        .trap_return = 1,
        .fp_use = 1,
        .fp_div = 18,
    },
};

bool writes_register(const DecodedInstruction& instruction) { return instruction.rd != 0; }

}  // namespace

uint32_t TimingTable::extra_cycles(const DecodedInstruction& instruction) const {
  switch (info_of(instruction.id).instruction_class) {
    case InstructionClass::kMul:
      return instruction.id == Instruction::kMul || instruction.id == Instruction::kMulw ? mul : mul_high;
    case InstructionClass::kDiv:
      return div;
    case InstructionClass::kJump:
      return jump;
    case InstructionClass::kCsr:
      return csr;
    case InstructionClass::kAmo:
      return amo;
    case InstructionClass::kSystem:
      if (instruction.id == Instruction::kFenceI) return fence_i;
      if (instruction.id == Instruction::kMret || instruction.id == Instruction::kSret) return trap_return;
      return 0;
    case InstructionClass::kFpDiv:
      return fp_div;
    case InstructionClass::kAlu:
    case InstructionClass::kFp:
    case InstructionClass::kFpMul:
    case InstructionClass::kLoad:
    case InstructionClass::kStore:
    case InstructionClass::kBranch:
      return 0;
  }
  return 0;
}

uint32_t TimingTable::hazard_cycles(const DecodedInstruction& first, const DecodedInstruction& second) const {
  if (!writes_register(first)) return 0;
  const SourceRegisters sources = sources_of(second);
  const InstructionClass producer = info_of(first.id).instruction_class;
  const bool used = sources.first == first.rd || sources.second == first.rd || sources.third == first.rd;
  uint32_t cycles = 0;
  if (producer == InstructionClass::kLoad && used) cycles += load_use;
  if ((producer == InstructionClass::kFp || producer == InstructionClass::kFpMul) && used) cycles += fp_use;
  if (second.id == Instruction::kJalr && sources.first == first.rd && producer != InstructionClass::kJump)
    cycles += jump_register;
  return cycles;
}

std::span<const TimingTable> timing_tables() { return kTables; }

const TimingTable* find_timing_table(std::string_view name) {
  for (const TimingTable& table : kTables)
    if (table.name == name) return &table;
  return nullptr;
}

}  // namespace ganglion
