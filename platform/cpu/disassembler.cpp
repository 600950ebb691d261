#include <fmt/format.h>

#include <array>

#include "platform/cpu/csr_names.h"
#include "platform/cpu/isa.h"

namespace ganglion {

std::string_view register_name(unsigned index) {
  constexpr std::array<std::string_view, 64> names = {
      "zero", "ra",  "sp",  "gp",  "tp",  "t0",  "t1",   "t2",   "s0",  "s1",  "a0",   "a1",  "a2",
      "a3",   "a4",  "a5",  "a6",  "a7",  "s2",  "s3",   "s4",   "s5",  "s6",  "s7",   "s8",  "s9",
      "s10",  "s11", "t3",  "t4",  "t5",  "t6",  "ft0",  "ft1",  "ft2", "ft3", "ft4",  "ft5", "ft6",
      "ft7",  "fs0", "fs1", "fa0", "fa1", "fa2", "fa3",  "fa4",  "fa5", "fa6", "fa7",  "fs2", "fs3",
      "fs4",  "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
  return names[index & 63];
}

namespace {

std::string csr_text(int32_t number) {
  const std::string_view name = csr_name(static_cast<unsigned>(number));
  return name.empty() ? fmt::format("{:#x}", number) : std::string(name);
}

}  // namespace

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
  const auto rounding = [&]() -> std::string_view {  // a dynamic one is not written
    constexpr std::array<std::string_view, 8> modes = {", rne", ", rtz", ", rdn", ", rup",
                                                       ", rmm", "",      "",      ""};
    return (info.mask & 0x7000) == 0 ? modes[static_cast<std::size_t>(imm)] : "";
  };
  switch (info.format) {
    case InstructionFormat::kUpper:
      return fmt::format("{} {}, {:#x}", info.mnemonic, rd, static_cast<uint32_t>(imm) >> 12);
    case InstructionFormat::kJump:
      return fmt::format("{} {}, {:#x}", info.mnemonic, rd, target);
    case InstructionFormat::kBranch:
      return fmt::format("{} {}, {}, {:#x}", info.mnemonic, rs1, rs2, target);
    case InstructionFormat::kLoad:
    case InstructionFormat::kFloatLoad:
      return fmt::format("{} {}, {}({})", info.mnemonic, rd, imm, rs1);
    case InstructionFormat::kStore:
    case InstructionFormat::kFloatStore:
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
      return fmt::format("{} {}, {}, {}", info.mnemonic, rd, csr_text(imm), rs1);
    case InstructionFormat::kCsrImm:
      return fmt::format("{} {}, {}, {}", info.mnemonic, rd, csr_text(imm), decoded->rs1);
    case InstructionFormat::kFloatReg:
    case InstructionFormat::kFloatCompare:
      return fmt::format("{} {}, {}, {}{}", info.mnemonic, rd, rs1, rs2, rounding());
    case InstructionFormat::kFloatFused:
      return fmt::format("{} {}, {}, {}, {}{}", info.mnemonic, rd, rs1, rs2, register_name(decoded->rs3),
                         rounding());
    case InstructionFormat::kFloatUnary:
    case InstructionFormat::kFloatToInt:
    case InstructionFormat::kIntToFloat:
      return fmt::format("{} {}, {}{}", info.mnemonic, rd, rs1, rounding());
    case InstructionFormat::kBare:
      return std::string(info.mnemonic);
  }
  return {};
}

}  // namespace ganglion
