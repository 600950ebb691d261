#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/cpu/isa_list.h"

namespace ganglion {

/// Every instruction of isa_list.h.
enum class Instruction : uint16_t {
#define X(name, ...) k##name,
  GANGLION_RISCV_INSTRUCTIONS(X)
#undef X
};

/// What an instruction costs is said per class (timing table, cost.yaml).
enum class InstructionClass : uint8_t {
  kAlu,
  kMul,
  kDiv,
  kLoad,
  kStore,
  kBranch,
  kJump,
  kCsr,
  kAmo,
  kSystem,
  kFp,     ///< addition, comparison, conversion, move
  kFpMul,  ///< multiplication, fused or not
  kFpDiv,  ///< division and square root
};
inline constexpr std::size_t kInstructionClasses = 13;
/// "alu", "mul", ...: the action keys of cost.yaml.
[[nodiscard]] std::string_view name_of(InstructionClass instruction_class);

/// Where an instruction's operands stand in the word and how it is written.
enum class InstructionFormat : uint8_t {
  kUpper,
  kJump,
  kBranch,
  kLoad,
  kStore,
  kImm,
  kShift,
  kReg,
  kUnary,
  kAmo,
  kCsr,
  kCsrImm,
  kBare,
  kFloatLoad,
  kFloatStore,
  kFloatReg,      ///< f = f op f
  kFloatFused,    ///< f = f * f + f
  kFloatUnary,    ///< f = op f
  kFloatCompare,  ///< x = f op f
  kFloatToInt,    ///< x = op f
  kIntToFloat,    ///< f = op x
};
enum class InstructionWidth : uint8_t { kAny, k32, k64 };

/// What an instruction belongs to. C is part of every hart.
enum class InstructionExtension : uint8_t {
  kI,
  kM,
  kA,
  kZicsr,
  kZifencei,
  kZba,
  kZbb,
  kZbs,
  kF,
  kD,
  kZicond,
  kS,  ///< S mode, and with it PMP, Sv39 (RV64) and Sstc
};

/// XLEN and extensions of a hart.
struct InstructionSet {
  int xlen = 64;
  uint32_t extensions = 0b11111;  ///< bit per InstructionExtension: I M A Zicsr Zifencei

  [[nodiscard]] bool has(InstructionExtension extension) const {
    return (extensions >> static_cast<unsigned>(extension) & 1) != 0;
  }
  void add(InstructionExtension extension) { extensions |= 1u << static_cast<unsigned>(extension); }
  /// Of a name in instruction_set_names(); nullopt for another one.
  [[nodiscard]] static std::optional<InstructionSet> named(std::string_view name);
};
/// "rv64imafdc_zicsr_zifencei_zba_zbb_zbs_sstc": every extension by its name, in the order of Volume I,
/// chapter 27; what a device tree tells as `riscv,isa`. S and U mode are not part of such a name.
[[nodiscard]] std::string canonical_name(const InstructionSet& set);
/// "rv64imac", ...: what a scenario can choose.
[[nodiscard]] std::span<const std::string_view> instruction_set_names();

/// One row of the decode table.
struct InstructionInfo {
  Instruction id;
  std::string_view mnemonic;
  uint32_t match;
  uint32_t mask;
  InstructionFormat format;
  InstructionClass instruction_class;
  InstructionWidth width;
  InstructionExtension extension;
};

/// The whole table, in the order of the enumeration.
[[nodiscard]] std::span<const InstructionInfo> instruction_table();
[[nodiscard]] const InstructionInfo& info_of(Instruction id);

/// An instruction with its operands extracted. `immediate` is the sign-extended immediate, the shift amount
/// or the CSR number (kCsr, kCsrImm; rs1 is the 5-bit immediate of kCsrImm), or the rounding mode (7:
/// dynamic). Registers 32..63 are f0..f31.
struct DecodedInstruction {
  Instruction id = Instruction::kAddi;
  uint8_t rd = 0;
  uint8_t rs1 = 0;
  uint8_t rs2 = 0;
  uint8_t rs3 = 0;
  uint8_t length = 4;  ///< bytes in memory: 2 or 4
  int32_t immediate = 0;
  uint32_t word = 0;  ///< as in memory: 16 bits when length is 2
};

/// True when the low half word starts a 32-bit instruction.
[[nodiscard]] constexpr bool is_long_instruction(uint16_t low_half) { return (low_half & 3) == 3; }

/// The 32-bit instruction that a compressed one stands for, or nullopt when it is reserved. Source: Volume I,
/// chapter 16. Hints expand to the instruction they alias.
[[nodiscard]] std::optional<uint32_t> expand_compressed(uint16_t half, int xlen);

/// Decodes the instruction that starts with the low bits of `word` (the upper half is ignored for compressed
/// ones). nullopt: illegal instruction on a hart of this XLEN (32 or 64).
[[nodiscard]] std::optional<DecodedInstruction> decode(uint32_t word, int xlen);

/// Registers an instruction reads; 0 where it reads none.
struct SourceRegisters {
  uint8_t first = 0;
  uint8_t second = 0;
  uint8_t third = 0;
};
[[nodiscard]] SourceRegisters sources_of(const DecodedInstruction& instruction);

inline constexpr uint8_t kFirstFloatRegister = 32;

/// ABI name of register 0..63: "zero", "ra", ...; from 32 on "ft0", ...
[[nodiscard]] std::string_view register_name(unsigned index);

/// Assembly text, "addi a0, a1, 4"; branch targets are absolute, from `pc`. Compressed instructions read as
/// what they stand for. Illegal words read ".word 0x...".
[[nodiscard]] std::string disassemble(uint32_t word, uint64_t pc, int xlen);

}  // namespace ganglion
