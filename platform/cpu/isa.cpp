#include "platform/cpu/isa.h"

#include <algorithm>
#include <array>
#include <vector>

namespace ganglion {
namespace {

constexpr std::array kTable = {
#define X(name, mnemonic, match, mask, format, instruction_class, width, extension) \
  InstructionInfo{Instruction::k##name,                                             \
                  mnemonic,                                                         \
                  match,                                                            \
                  mask,                                                             \
                  InstructionFormat::format,                                        \
                  InstructionClass::instruction_class,                              \
                  InstructionWidth::width,                                          \
                  InstructionExtension::extension},
    GANGLION_RISCV_INSTRUCTIONS(X)
#undef X
};

constexpr int32_t sign_extend(uint32_t value, int bits) {
  return static_cast<int32_t>(value << (32 - bits)) >> (32 - bits);
}

int32_t immediate_of(InstructionFormat format, uint32_t w, int xlen) {
  switch (format) {
    case InstructionFormat::kUpper:
      return static_cast<int32_t>(w & 0xfffff000u);
    case InstructionFormat::kJump:
      return sign_extend(((w >> 31) << 20) | (((w >> 12) & 0xff) << 12) | (((w >> 20) & 1) << 11) |
                             (((w >> 21) & 0x3ff) << 1),
                         21);
    case InstructionFormat::kBranch:
      return sign_extend(
          ((w >> 31) << 12) | (((w >> 7) & 1) << 11) | (((w >> 25) & 0x3f) << 5) | (((w >> 8) & 0xf) << 1),
          13);
    case InstructionFormat::kLoad:
    case InstructionFormat::kFloatLoad:
    case InstructionFormat::kImm:
      return sign_extend(w >> 20, 12);
    case InstructionFormat::kStore:
    case InstructionFormat::kFloatStore:
      return sign_extend(((w >> 25) << 5) | ((w >> 7) & 0x1f), 12);
    case InstructionFormat::kShift:
      return static_cast<int32_t>((w >> 20) & (xlen == 64 ? 0x3f : 0x1f));
    case InstructionFormat::kCsr:
    case InstructionFormat::kCsrImm:
      return static_cast<int32_t>(w >> 20);
    case InstructionFormat::kReg:
    case InstructionFormat::kUnary:
    case InstructionFormat::kAmo:
    case InstructionFormat::kBare:
      return 0;
    case InstructionFormat::kFloatReg:
    case InstructionFormat::kFloatFused:
    case InstructionFormat::kFloatUnary:
    case InstructionFormat::kFloatCompare:
    case InstructionFormat::kFloatToInt:
    case InstructionFormat::kIntToFloat:
      return static_cast<int32_t>(w >> 12 & 7);
  }
  return 0;
}

/// Marks the operands of a floating-point instruction that are f registers and reads the third one.
/// False: its rounding mode is reserved.
bool complete_float(const InstructionInfo& info, uint32_t w, DecodedInstruction& result) {
  const InstructionFormat f = info.format;
  const bool memory = f == InstructionFormat::kFloatLoad || f == InstructionFormat::kFloatStore;
  if (f != InstructionFormat::kFloatStore && f != InstructionFormat::kFloatCompare &&
      f != InstructionFormat::kFloatToInt)
    result.rd += kFirstFloatRegister;
  if (!memory && f != InstructionFormat::kIntToFloat) result.rs1 += kFirstFloatRegister;
  const bool second = f == InstructionFormat::kFloatStore || f == InstructionFormat::kFloatReg ||
                      f == InstructionFormat::kFloatFused || f == InstructionFormat::kFloatCompare;
  if (second) result.rs2 = static_cast<uint8_t>(kFirstFloatRegister + (w >> 20 & 31));
  if (f == InstructionFormat::kFloatFused) result.rs3 = static_cast<uint8_t>(kFirstFloatRegister + (w >> 27));
  const bool rounds = !memory && (info.mask & 0x7000) == 0;
  return !rounds || result.immediate <= 4 || result.immediate == 7;
}

// Rows by major opcode (bits 6..2), so that a look-up compares a handful of rows.
const std::array<std::vector<const InstructionInfo*>, 32>& rows_by_opcode() {
  static const auto rows = [] {
    std::array<std::vector<const InstructionInfo*>, 32> result;
    for (const InstructionInfo& info : kTable) result[(info.match >> 2) & 31].push_back(&info);
    return result;
  }();
  return rows;
}

}  // namespace

std::string_view name_of(InstructionClass instruction_class) {
  constexpr std::array<std::string_view, kInstructionClasses> names = {
      "alu", "mul", "div",    "load", "store",  "branch", "jump",
      "csr", "amo", "system", "fp",   "fp_mul", "fp_div"};
  return names[static_cast<std::size_t>(instruction_class)];
}

std::span<const std::string_view> instruction_set_names() {
  static constexpr std::array<std::string_view, 13> names = {"rv32imac",
                                                             "rv32imac_zba_zbb_zbs",
                                                             "rv32imafc",
                                                             "rv32imafdc",
                                                             "rv32gc",
                                                             "rv32gc_zba_zbb_zbs",
                                                             "rv32gc_zba_zbb_zbs_zicond",
                                                             "rv64imac",
                                                             "rv64imac_zba_zbb_zbs",
                                                             "rv64imafdc",
                                                             "rv64gc",
                                                             "rv64gc_zba_zbb_zbs",
                                                             "rv64gc_zba_zbb_zbs_zicond"};
  return names;
}

std::string canonical_name(const InstructionSet& set) {
  std::string name = set.xlen == 64 ? "rv64ima" : "rv32ima";
  if (set.has(InstructionExtension::kF)) name += 'f';
  if (set.has(InstructionExtension::kD)) name += 'd';
  name += "c_zicsr_zifencei";
  if (set.has(InstructionExtension::kZicond)) name += "_zicond";
  if (set.has(InstructionExtension::kZba)) name += "_zba";
  if (set.has(InstructionExtension::kZbb)) name += "_zbb";
  if (set.has(InstructionExtension::kZbs)) name += "_zbs";
  if (set.has(InstructionExtension::kS)) name += "_sstc";
  return name;
}

std::optional<InstructionSet> InstructionSet::named(std::string_view name) {
  const auto names = instruction_set_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) return std::nullopt;
  InstructionSet set;
  set.xlen = name.starts_with("rv32") ? 32 : 64;
  const auto add = [&](std::string_view text, InstructionExtension extension) {
    if (name.find(text) != std::string_view::npos) set.extensions |= 1u << static_cast<unsigned>(extension);
  };
  const std::string_view base = name.substr(4, name.find('_') - 4);
  const auto add_letter = [&](char letter, InstructionExtension extension) {
    if (base.find(letter) != std::string_view::npos || base.starts_with('g'))
      set.extensions |= 1u << static_cast<unsigned>(extension);
  };
  add_letter('f', InstructionExtension::kF);
  add_letter('d', InstructionExtension::kD);
  add("_zba", InstructionExtension::kZba);
  add("_zbb", InstructionExtension::kZbb);
  add("_zbs", InstructionExtension::kZbs);
  add("_zicond", InstructionExtension::kZicond);
  return set;
}

std::span<const InstructionInfo> instruction_table() { return kTable; }

const InstructionInfo& info_of(Instruction id) { return kTable[static_cast<std::size_t>(id)]; }

std::optional<DecodedInstruction> decode(uint32_t word, int xlen) {
  DecodedInstruction result;
  uint32_t w = word;
  if (is_long_instruction(static_cast<uint16_t>(word))) {
    result.length = 4;
    result.word = word;
  } else {
    const auto half = static_cast<uint16_t>(word);
    const auto expanded = expand_compressed(half, xlen);
    if (!expanded) return std::nullopt;
    w = *expanded;
    result.length = 2;
    result.word = half;
  }
  for (const InstructionInfo* info : rows_by_opcode()[(w >> 2) & 31]) {
    if ((w & info->mask) != info->match) continue;
    if (info->width == InstructionWidth::k64 && xlen != 64) continue;
    if (info->width == InstructionWidth::k32 && xlen != 32) continue;
    const bool xlen_shift = info->format == InstructionFormat::kShift && (info->mask & (1u << 25)) == 0;
    if (xlen_shift && xlen == 32 && (w & (1u << 25)) != 0) return std::nullopt;
    result.id = info->id;
    const InstructionFormat format = info->format;
    result.immediate = immediate_of(format, w, xlen);
    const bool has_rd = format != InstructionFormat::kBranch && format != InstructionFormat::kStore &&
                        format != InstructionFormat::kBare && format != InstructionFormat::kFloatStore;
    const bool has_rs1 = format != InstructionFormat::kUpper && format != InstructionFormat::kJump &&
                         format != InstructionFormat::kBare;
    const bool has_rs2 = format == InstructionFormat::kBranch || format == InstructionFormat::kStore ||
                         format == InstructionFormat::kReg || format == InstructionFormat::kAmo;
    if (has_rd) result.rd = (w >> 7) & 31;
    if (has_rs1) result.rs1 = (w >> 15) & 31;
    if (has_rs2) result.rs2 = (w >> 20) & 31;
    if (format >= InstructionFormat::kFloatLoad && !complete_float(*info, w, result)) return std::nullopt;
    return result;
  }
  return std::nullopt;
}

SourceRegisters sources_of(const DecodedInstruction& instruction) {
  const InstructionFormat format = info_of(instruction.id).format;
  return {format == InstructionFormat::kCsrImm ? uint8_t{0} : instruction.rs1, instruction.rs2,
          instruction.rs3};
}

}  // namespace ganglion
