// F and D in random programs: every row, every rounding mode, operands where rounding, overflow, cancellation
// and NaN-boxing happen.
#include <array>

#include "tests/isa/generator.h"

namespace ganglion::isa_test {
namespace {

constexpr bool is_double_row(const InstructionInfo& info) {
  return info.extension == InstructionExtension::kD;
}

constexpr uint32_t kFsgnjDouble = 0x22000053;

/// A number of the format whose exponent and fraction are where things happen.
uint64_t interesting(Random& random, unsigned exponent_bits, unsigned fraction_bits) {
  const uint64_t bias = (uint64_t{1} << (exponent_bits - 1)) - 1, top = 2 * bias + 1;
  const uint64_t fraction_mask = (uint64_t{1} << fraction_bits) - 1;
  const std::array<uint64_t, 16> exponents = {0,
                                              0,
                                              1,
                                              2,
                                              bias - fraction_bits,
                                              bias - 1,
                                              bias,
                                              bias + 1,
                                              bias + fraction_bits,
                                              bias + fraction_bits + 1,
                                              bias + 31,
                                              bias + (top > 1000 ? 63 : 62),
                                              top - 2,
                                              top - 1,
                                              top,
                                              top};
  uint64_t exponent = random.of(exponents);
  if (random.percent(20)) exponent = bias + static_cast<uint64_t>(random.between(-3, 66));
  if (random.percent(15)) exponent = random.bits() & top;
  const std::array<uint64_t, 8> fractions = {0,
                                             0,
                                             1,
                                             fraction_mask,
                                             fraction_mask - 1,
                                             (fraction_mask >> 1) + 1,
                                             fraction_mask >> 1,
                                             fraction_mask & ~uint64_t{0x7f}};
  uint64_t fraction = random.of(fractions);
  if (random.percent(30)) fraction = random.bits() & fraction_mask;
  if (random.percent(15)) fraction = random.bits() & random.bits() & random.bits() & fraction_mask;
  return (random.bits() & 1) << (exponent_bits + fraction_bits) | exponent << fraction_bits | fraction;
}

}  // namespace

/// What an f register may hold: a double, a boxed single, a single that is not boxed properly, anything.
uint64_t Generator::float_value() {
  const uint64_t kind = random_.below(100);
  if (kind < 42) return interesting(random_, 11, 52);
  if (kind < 84) return 0xffffffff00000000u | interesting(random_, 8, 23);
  if (kind < 92) return random_.bits() << 32 | interesting(random_, 8, 23);
  return random_.bits();
}

/// Loads a value from the pool; a flw boxes it, whatever half it takes.
void Generator::float_operand(Code& code, unsigned reg, bool is_double) {
  auto offset = static_cast<int32_t>(AREA_FLOAT_POOL + 8 * random_.below(FLOAT_POOL_ENTRIES));
  if (!is_double && random_.percent(10)) offset += 4;
  emit(code, i_type(is_double ? 0x3007 : 0x2007, reg, kArea, offset));
}

/// A row with its free bits random, reserved rounding modes rarely.
uint32_t Generator::float_word() {
  const InstructionInfo& info = *random_.of(words_.floats);
  uint32_t word = info.match | (static_cast<uint32_t>(random_.bits()) & ~info.mask);
  if ((info.mask & 0x7000) == 0 && !random_.percent(3)) {
    const uint64_t mode = random_.percent(45) ? 7 : random_.below(5);
    word = (word & ~0x7000u) | static_cast<uint32_t>(mode) << 12;
  }
  const bool integer_result =
      info.format == InstructionFormat::kFloatCompare || info.format == InstructionFormat::kFloatToInt;
  if (integer_result) word = (word & ~0xf80u) | destination() << 7;
  return word;
}

void Generator::float_operation(Code& code) {
  const uint32_t word = float_word();
  const auto decoded = decode(word, recipe_.xlen);
  if (decoded) {
    const InstructionInfo& info = info_of(decoded->id);
    const bool wide =
        decoded->id == Instruction::kFcvtSD || (is_double_row(info) && decoded->id != Instruction::kFcvtDS);
    for (const unsigned reg : {decoded->rs1, decoded->rs2, decoded->rs3})
      if (reg >= kFirstFloatRegister && random_.percent(45))
        float_operand(code, reg - kFirstFloatRegister, random_.percent(95) == wide);
    if (info.format == InstructionFormat::kFloatCompare || info.format == InstructionFormat::kFloatToInt) {
      const unsigned reg = source();  // exclusions.cpp: a flag without a result in an f register
      emit(code, kFsgnjDouble | reg << 7 | reg << 15 | reg << 20);
    }
  }
  emit(code, word);
}

}  // namespace ganglion::isa_test
