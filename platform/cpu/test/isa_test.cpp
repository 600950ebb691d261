#include "platform/cpu/isa.h"

#include <gmock/gmock.h>

#include <random>

#include "platform/cpu/test/decode_or_trap.h"

namespace ganglion {
namespace {

TEST(Isa, NoTwoRowsOfTheTableMatchTheSameWord) {
  for (const InstructionInfo& a : instruction_table()) {
    EXPECT_EQ(a.match & ~a.mask, 0u) << a.mnemonic;
    EXPECT_EQ(a.match & 3, 3u) << a.mnemonic;
    EXPECT_EQ(&info_of(a.id), &a);
    for (const InstructionInfo& b : instruction_table()) {
      if (&a == &b) continue;
      const bool one_width =
          a.width == b.width || a.width == InstructionWidth::kAny || b.width == InstructionWidth::kAny;
      if (!one_width) continue;
      const uint32_t common = a.mask & b.mask;
      EXPECT_NE(a.match & common, b.match & common) << a.mnemonic << " and " << b.mnemonic;
    }
  }
}

TEST(Isa, DecodesOperandsAndImmediates) {
  const auto text = [](uint32_t word) { return disassemble(word, 0x80000000, 64); };

  // Encodings from the assembler (riscv64-unknown-elf-as 2.40).
  EXPECT_EQ(text(0xffc10113), "addi sp, sp, -4");
  EXPECT_EQ(text(0x7ff00513), "addi a0, zero, 2047");
  EXPECT_EQ(text(0xfffff537), "lui a0, 0xfffff");
  EXPECT_EQ(text(0xfe000ee3), "beq zero, zero, 0x7ffffffc");
  EXPECT_EQ(text(0x7e000fe3), "beq zero, zero, 0x80000ffe");
  EXPECT_EQ(text(0x8000006f), "jal zero, 0x7ff00000");
  EXPECT_EQ(text(0x7ffff06f), "jal zero, 0x800ffffe");
  EXPECT_EQ(text(0xfe113c23), "sd ra, -8(sp)");
  EXPECT_EQ(text(0x03f51513), "slli a0, a0, 63");
  EXPECT_EQ(text(0x41f5551b), "sraiw a0, a0, 31");
  EXPECT_EQ(text(0x1005252f), "lr.w a0, (a0)");
  EXPECT_EQ(text(0x30529073), "csrrw zero, mtvec, t0");
  EXPECT_EQ(text(0x4501), "addi a0, zero, 0");
  EXPECT_EQ(text(0x8082), "jalr zero, 0(ra)");
  EXPECT_EQ(text(0x0000), ".half 0x0000");
  EXPECT_EQ(text(0x02c5f553), "fadd.d fa0, fa1, fa2");
  EXPECT_EQ(text(0x6a061543), "fmadd.d fa0, fa2, ft0, fa3, rtz");
  EXPECT_EQ(text(0x00853587), "fld fa1, 8(a0)");
  EXPECT_EQ(text(0xfeb52e27), "fsw fa1, -4(a0)");
  EXPECT_EQ(text(0xc2059553), "fcvt.w.d a0, fa1, rtz");
  EXPECT_EQ(text(0xa2c5a553), "feq.d a0, fa1, fa2");
  EXPECT_EQ(text(0xf20585d3), "fmv.d.x fa1, a1");
  EXPECT_EQ(text(0x2508), "fld fa0, 8(a0)");
  EXPECT_EQ(text(0x0ec5d533), "czero.eqz a0, a1, a2");  // by hand: binutils 2.40 does not know Zicond
  EXPECT_EQ(text(0x0ec5f533), "czero.nez a0, a1, a2");
}

TEST(Isa, Rv32LacksWhatIsForRv64Only) {
  EXPECT_FALSE(decode(0x00053503, 32)) << "ld";
  EXPECT_FALSE(decode(0x0005051b, 32)) << "addiw";
  EXPECT_FALSE(decode(0x02051513, 32)) << "slli by 32";
  EXPECT_FALSE(decode(0x1502, 32)) << "c.slli by 32";
  EXPECT_FALSE(decode(0x8d09 | 0x1000, 32)) << "c.subw";
  ASSERT_TRUE(decode(0x2001, 32));
  EXPECT_EQ(decode(0x2001, 32)->id, Instruction::kJal) << "c.jal";
  EXPECT_FALSE(decode(0x2001, 64)) << "c.addiw with rd = x0";
}

TEST(Isa, AnExtensionThatTheHartLacksIsIllegal) {
  test::FlatPort port;
  const uint32_t code[] = {0x20b52533};  // sh1add a0, a0, a1
  port.load(test::FlatPort::kRam, code);
  HartCoreConfig config;
  config.reset_pc = test::FlatPort::kRam;
  const auto core = HartCore::make(config, port);

  EXPECT_EQ(core->run(), HartCore::Outcome::kFirmwareTrap);
  EXPECT_EQ(core->firmware_trap()->cause, static_cast<uint64_t>(TrapCause::kIllegalInstruction));
  EXPECT_FALSE(InstructionSet::named("rv64imad"));
}

class DecodeFuzz : public testing::TestWithParam<int> {};

TEST_P(DecodeFuzz, EveryHalfWordDecodesOrTraps) {
  for (uint32_t half = 0; half < 0x10000; ++half)
    if (!is_long_instruction(static_cast<uint16_t>(half))) expect_decodes_or_traps(half, GetParam());
}

TEST_P(DecodeFuzz, RandomWordsDecodeOrTrap) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) expect_decodes_or_traps(random() | 3, GetParam());
}

TEST_P(DecodeFuzz, NeighboursOfInstructionsDecodeOrTrap) {
  std::mt19937 random(2);
  for (const InstructionInfo& info : instruction_table())
    for (int i = 0; i < 200; ++i)
      expect_decodes_or_traps(
          (info.match | (random() & ~info.mask)) ^ (i % 2 ? 1u << (random() % 30 + 2) : 0), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Xlen, DecodeFuzz, testing::Values(32, 64), testing::PrintToStringParamName());

}  // namespace
}  // namespace ganglion
