#include <fmt/format.h>

#include <array>

#include "platform/cpu/isa.h"

namespace ganglion {

std::string_view register_name(unsigned index) {
  constexpr std::array<std::string_view, 32> names = {
      "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
      "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  return names[index & 31];
}

std::string disassemble(uint32_t word, uint64_t pc, int xlen) {
  const auto decoded = decode(word, xlen);
  if (!decoded) {
    return is_long_instruction(static_cast<uint16_t>(word)) ? fmt::format(".word {:#010x}", word)
                                                            : fmt::format(".half {:#06x}", word & 0xffff);
  }
  const InstructionInfo& info = info_of(decoded->id);
  const auto rd = register_name(decoded->rd);
  const auto rs1 = register_name(decoded->rs1);
  const auto rs2 = register_name(decoded->rs2);
  const int32_t imm = decoded->immediate;
  const uint64_t target = (pc + static_cast<int64_t>(imm)) & (xlen == 32 ? 0xffffffffu : ~uint64_t{0});
  switch (info.format) {
    case InstructionFormat::kUpper:
      return fmt::format("{} {}, {:#x}", info.mnemonic, rd, static_cast<uint32_t>(imm) >> 12);
    case InstructionFormat::kJump:
      return fmt::format("{} {}, {:#x}", info.mnemonic, rd, target);
    case InstructionFormat::kBranch:
      return fmt::format("{} {}, {}, {:#x}", info.mnemonic, rs1, rs2, target);
    case InstructionFormat::kLoad:
      return fmt::format("{} {}, {}({})", info.mnemonic, rd, imm, rs1);
    case InstructionFormat::kStore:
      return fmt::format("{} {}, {}({})", info.mnemonic, rs2, imm, rs1);
    case InstructionFormat::kImm:
    case InstructionFormat::kShift:
      return fmt::format("{} {}, {}, {}", info.mnemonic, rd, rs1, imm);
    case InstructionFormat::kReg:
      return fmt::format("{} {}, {}, {}", info.mnemonic, rd, rs1, rs2);
    case InstructionFormat::kUnary:
      return fmt::format("{} {}, {}", info.mnemonic, rd, rs1);
    case InstructionFormat::kAmo:
      if (decoded->id == Instruction::kLrW || decoded->id == Instruction::kLrD)
        return fmt::format("{} {}, ({})", info.mnemonic, rd, rs1);
      return fmt::format("{} {}, {}, ({})", info.mnemonic, rd, rs2, rs1);
    case InstructionFormat::kCsr:
      return fmt::format("{} {}, {:#x}, {}", info.mnemonic, rd, imm, rs1);
    case InstructionFormat::kCsrImm:
      return fmt::format("{} {}, {:#x}, {}", info.mnemonic, rd, imm, decoded->rs1);
    case InstructionFormat::kBare:
      return std::string(info.mnemonic);
  }
  return {};
}

}  // namespace ganglion
