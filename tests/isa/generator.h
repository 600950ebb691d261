#pragma once

#include <optional>

#include "platform/cpu/isa.h"
#include "tests/isa/encoding.h"
#include "tests/isa/exclusions.h"
#include "tests/isa/layout.h"
#include "tests/isa/random_program.h"
#include "tests/isa/vocabulary.h"

namespace ganglion::isa_test {

inline constexpr unsigned kCounter = 29, kSandbox = 30, kArea = 31;  ///< registers that no draw writes
constexpr uint32_t bit(unsigned index) { return uint32_t{1} << index; }

/// Makes one random program. Each chunk below appends code that is safe wherever it stands.
class Generator {
 public:
  explicit Generator(const ProgramRecipe& recipe)
      : recipe_(recipe), words_(vocabulary(recipe.xlen)), random_(recipe.seed) {}

  RandomProgram make();

 private:
  using Code = std::vector<uint16_t>;

  void emit(Code& code, uint32_t word) {
    const auto decoded = decode(word, recipe_.xlen);
    if (decoded) ++program_.used[static_cast<std::size_t>(decoded->id)];
    ++program_.instructions;
    code.push_back(static_cast<uint16_t>(word));
    if (is_long_instruction(static_cast<uint16_t>(word))) code.push_back(static_cast<uint16_t>(word >> 16));
  }
  static int32_t bytes(const Code& code) { return static_cast<int32_t>(code.size() * 2); }
  static void append(Code& code, const Code& more) { code.insert(code.end(), more.begin(), more.end()); }

  [[nodiscard]] bool free(unsigned reg) const {
    return reg >= kFirstFloatRegister || (reg < kCounter && (reserved_ & bit(reg)) == 0);
  }
  unsigned destination() {
    for (;;)
      if (const auto reg = static_cast<unsigned>(random_.below(kCounter)); free(reg)) return reg;
  }
  unsigned pointer() {  // a destination that can hold something
    for (;;)
      if (const unsigned reg = destination(); reg != 0) return reg;
  }
  unsigned source() { return static_cast<unsigned>(random_.below(32)); }
  /// For the rd field of a load.
  unsigned loaded(const InstructionInfo& info) {
    return info.format == InstructionFormat::kFloatLoad ? source() : destination();
  }
  void constant(Code& code, unsigned rd, uint32_t value) {
    const int32_t low = static_cast<int32_t>(value << 20) >> 20;
    emit(code, lui(rd, value - static_cast<uint32_t>(low)));
    emit(code, i_type(recipe_.xlen == 64 ? 0x1b : 0x13, rd, rd, low));
  }

  std::optional<uint32_t> plain_word();
  void plain(Code& code);
  void memory(Code& code);
  void short_memory(Code& code);
  void amo(Code& code);
  void csr(Code& code);
  uint32_t status_value(unsigned number, unsigned kind, uint32_t bits);
  uint32_t pmp_value();
  /// Two thirds of the programs may delegate traps, the others may set TSR: with both, the handler in S mode
  /// could not return.
  [[nodiscard]] bool delegates() const { return recipe_.seed % 3 != 0; }
  void branch(Code& code, int depth);
  void loop(Code& code, int depth);
  void jump(Code& code, int depth);
  void call(Code& code, int depth);
  void trap(Code& code);
  void wild_access(Code& code);
  void wild_jump(Code& code);
  void trap_return(Code& code);
  void self_modification(Code& code);
  uint32_t float_word();
  void float_operation(Code& code);
  void float_operand(Code& code, unsigned reg, bool is_double);
  uint64_t float_value();
  uint32_t illegal_word();
  void chunk(Code& code, int depth);
  Code block(int depth, unsigned chunks) {
    Code code;
    for (unsigned i = 0; i < chunks; ++i) chunk(code, depth);
    return code;
  }

  const ProgramRecipe& recipe_;
  const Vocabulary& words_;
  Random random_;
  RandomProgram program_;
  uint32_t reserved_ = 0;  ///< registers that must keep their value for now
};

}  // namespace ganglion::isa_test
