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
    TimingTable{
        .name = "rocket",
        .description = "5-stage in-order core in the class of Rocket, with branch prediction, 64 bits",
        .source =
            "SiFive FE310-G000 manual, 3.2 and 3.3 (E31, a 32-bit Rocket): predicted transfers cost nothing, "
            "mispredicted ones 3; result latencies LW 2, LH and LB 3, CSR 3, MUL 5 and one at a time, DIV "
            "one "
            "bit a cycle, up to 33 (here the divisor's leading zeros: a dividend without any). Rocket chip, "
            "FPUParams: fused multiply-add, which also adds and multiplies, 3 cycles in single and 4 in "
            "double "
            "precision. Ours: branches are predicted taken backward and not taken forward, returns right, "
            "other "
            "indirect jumps wrong, in place of 40 branch targets and 128 histories; LD as LW; every CSR "
            "access waits for its result; floating-point division and square root one bit of the result a "
            "cycle (26, 55); comparisons, conversions and moves as additions; amo 3, fence.i 5, trap entry "
            "5, "
            "xret 5. Left out: results that are used later than by the next instruction but too early, "
            "caches, misaligned accesses (a Rocket traps: misaligned_access: false)",
        .div = 0,
        .div_leading_zeros = true,
        .mul_use = 4,
        .branch_mispredicted = 3,
        .jump_indirect = 3,
        .load_use = 1,
        .load_use_narrow = 1,
        .csr = 2,
        .amo = 2,
        .fence_i = 4,
        .trap_entry = 5,
        .trap_return = 4,
        .fp_use = 2,
        .fp_use_double = 1,
        .fp_div = 25,
        .fp_div_double = 29,
    },
};

bool writes_register(const DecodedInstruction& instruction) { return instruction.rd != 0; }
bool is_double(const DecodedInstruction& instruction) {
  return info_of(instruction.id).extension == InstructionExtension::kD;
}
/// As the return-address stack of Volume I, table 2.1 sees it.
bool is_return(const DecodedInstruction& jalr) {
  return (jalr.rs1 == 1 || jalr.rs1 == 5) && jalr.rd != jalr.rs1;
}
bool is_narrow(const DecodedInstruction& load) {
  switch (load.id) {
    case Instruction::kLb:
    case Instruction::kLbu:
    case Instruction::kLh:
    case Instruction::kLhu:
      return true;
    default:
      return false;
  }
}

}  // namespace

uint32_t TimingTable::extra_cycles(const DecodedInstruction& instruction) const {
  switch (info_of(instruction.id).instruction_class) {
    case InstructionClass::kMul:
      return instruction.id == Instruction::kMul || instruction.id == Instruction::kMulw ? mul : mul_high;
    case InstructionClass::kDiv:
      return div;
    case InstructionClass::kJump:
      return jump + (instruction.id == Instruction::kJalr && !is_return(instruction) ? jump_indirect : 0u);
    case InstructionClass::kCsr:
      return csr;
    case InstructionClass::kAmo:
      return amo;
    case InstructionClass::kSystem:
      if (instruction.id == Instruction::kFenceI) return fence_i;
      if (instruction.id == Instruction::kMret || instruction.id == Instruction::kSret) return trap_return;
      return 0;
    case InstructionClass::kFpDiv:
      return fp_div + (is_double(instruction) ? fp_div_double : 0u);
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

uint32_t TimingTable::taken_cycles(const DecodedInstruction& branch) const {
  return branch_taken + (branch.immediate >= 0 ? branch_mispredicted : 0u);
}

uint32_t TimingTable::not_taken_cycles(const DecodedInstruction& branch) const {
  return branch.immediate < 0 ? branch_mispredicted : 0u;
}

bool TimingTable::has_hazards() const {
  return (load_use | load_use_narrow | mul_use | jump_register | fp_use | fp_use_double) != 0;
}

uint32_t TimingTable::hazard_cycles(const DecodedInstruction& first, const DecodedInstruction& second) const {
  if (!writes_register(first)) return 0;
  const SourceRegisters sources = sources_of(second);
  const InstructionClass producer = info_of(first.id).instruction_class;
  const bool used = sources.first == first.rd || sources.second == first.rd || sources.third == first.rd;
  uint32_t cycles = 0;
  if (producer == InstructionClass::kLoad && used)
    cycles += load_use + (is_narrow(first) ? load_use_narrow : 0u);
  if ((producer == InstructionClass::kFp || producer == InstructionClass::kFpMul) && used)
    cycles += fp_use + (is_double(first) ? fp_use_double : 0u);
  const InstructionClass consumer = info_of(second.id).instruction_class;
  const bool same_unit = consumer == InstructionClass::kMul || consumer == InstructionClass::kDiv;
  if (producer == InstructionClass::kMul && (used || same_unit)) cycles += mul_use;
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
