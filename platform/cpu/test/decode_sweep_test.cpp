// What isa_test samples, in all its breadth: label slow.
#include <random>

#include "platform/cpu/test/decode_or_trap.h"

namespace ganglion {
namespace {

/// Every major opcode, funct3 and funct7, with the rs2 field (a part of many opcodes) in all its values: the
/// whole space but for registers and immediates, of which each word has others.
class DecodeSweep : public testing::TestWithParam<int> {};

TEST_P(DecodeSweep, EveryOpcodeDecodesOrTraps) {
  std::mt19937 random(3);
  for (uint32_t opcode = 3; opcode < 128; opcode += 4)
    for (uint32_t function = 0; function < 8 * 128 * 32; ++function) {
      const uint32_t registers = random() & (0x1fu << 7 | 0x1fu << 15);
      expect_decodes_or_traps(opcode | (function & 7) << 12 | function >> 3 << 20 | registers, GetParam());
      ASSERT_FALSE(testing::Test::HasFatalFailure());
    }
}

INSTANTIATE_TEST_SUITE_P(Xlen, DecodeSweep, testing::Values(32, 64), testing::PrintToStringParamName());

}  // namespace
}  // namespace ganglion
