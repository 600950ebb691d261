// Floating point of the hart: what the self-checking programs cannot say, because QEMU runs those too or
// because it depends on the instruction set.
#include <gmock/gmock.h>

#include <bit>
#include <random>

#include "platform/cpu/fp_execute.h"
#include "platform/cpu/test/flat_port.h"

namespace ganglion {
namespace {

constexpr uint64_t kStart = test::FlatPort::kRam;
constexpr uint32_t kStateMask = 3u << 13;
constexpr uint32_t kMstatus = 0x300;

class FloatingPoint : public testing::Test {
 protected:
  void start(std::string_view isa, std::vector<uint32_t> words) {
    HartCoreConfig config;
    config.isa = *InstructionSet::named(isa);
    config.reset_pc = kStart;
    config.max_instructions = words.size();
    words.push_back(0x0000006f);  // j .
    port_.load(kStart, words);
    core_ = HartCore::make(config, port_);
  }
  bool is_illegal(std::string_view isa, uint32_t word) {
    start(isa, {0x00006fb7, 0x300fa073, word});  // lui t6, 6; csrs mstatus, t6
    core_->set_integer_register(10, kStart + 64);
    return core_->run() == HartCore::Outcome::kFirmwareTrap &&
           core_->firmware_trap()->cause == static_cast<uint64_t>(TrapCause::kIllegalInstruction);
  }
  uint64_t state() const { return *core_->csr(kMstatus) & kStateMask; }

  test::FlatPort port_;
  std::unique_ptr<HartCore> core_;
};

TEST_F(FloatingPoint, IsIllegalWhereTheInstructionSetLacksIt) {
  constexpr uint32_t kFaddS = 0x00b57553, kFaddD = 0x02b57553, kFld = 0x00053507, kFlw = 0x00052507;
  EXPECT_TRUE(is_illegal("rv64imac", kFaddS));
  EXPECT_TRUE(is_illegal("rv64imac", kFlw));
  EXPECT_TRUE(is_illegal("rv64imac", 0x00301573)) << "csrrw a0, fcsr, zero";
  EXPECT_TRUE(is_illegal("rv64imac", 0x00012108)) << "c.fld";
  EXPECT_FALSE(is_illegal("rv32imafc", kFaddS));
  EXPECT_FALSE(is_illegal("rv32imafc", kFlw));
  EXPECT_FALSE(is_illegal("rv32imafc", 0x00016108)) << "c.flw";
  EXPECT_TRUE(is_illegal("rv32imafc", kFaddD));
  EXPECT_TRUE(is_illegal("rv32imafc", kFld));
  EXPECT_FALSE(is_illegal("rv32imafdc", kFld));
  EXPECT_FALSE(is_illegal("rv64gc", kFaddD));
  EXPECT_TRUE(is_illegal("rv32gc", 0xc2251553)) << "fcvt.l.d";
  EXPECT_TRUE(is_illegal("rv32gc", 0xe2050553)) << "fmv.x.d";
}

TEST_F(FloatingPoint, FsIsReadOnlyZeroWithoutIt) {
  start("rv64imac", {0x00006fb7, 0x300fa073});
  core_->run();
  EXPECT_EQ(state(), 0u);
}

// Volume II, 3.1.6.6: any change of the state, flags included. QEMU 7.2 leaves it clean here.
TEST_F(FloatingPoint, AFlagRaisedByAComparisonMakesTheStateDirty) {
  // lui t6, 4; csrs mstatus, t6; flt.s a1, fa3, fa3 of zeros, then of NaNs.
  start("rv64gc", {0x00004fb7, 0x300fa073, 0xa0d695d3});
  core_->set_float_register(13, fp::boxed(0));
  core_->run();
  EXPECT_EQ(state(), 2u << 13);

  start("rv64gc", {0x00004fb7, 0x300fa073, 0xa0d695d3});
  core_->set_float_register(13, ~uint64_t{0});
  core_->run();
  EXPECT_EQ(state(), 3u << 13);
  EXPECT_EQ(core_->csr(1), fp::kInvalid);
}

/// Encodes with rd = f12 or a2, rs1 = f10 or a0, rs2 = f11, rs3 = f13 and the rounding mode where there is
/// one.
uint32_t encode(const InstructionInfo& info, uint32_t rounding) {
  uint32_t word = info.match | 12u << 7 | 10u << 15;
  if ((info.mask & 0x7000) == 0) word |= rounding << 12;
  if ((info.mask & (31u << 20)) == 0) word |= 11u << 20;
  if (info.format == InstructionFormat::kFloatFused) word |= 13u << 27;
  return word;
}

uint64_t operand(std::mt19937_64& random) {
  const uint64_t r = random();
  const auto single = [&] {
    return fp::boxed((static_cast<uint32_t>(r) & 0x80ffffffu) | (120 + r % 16) << 23);
  };
  switch (random() % 6) {
    case 0:
      return r;
    case 1:
      return single();
    case 2:
      return (r & 0x801fffffffffffff) | (1010 + r % 32) << 52;
    case 3:
      return std::bit_cast<uint64_t>(static_cast<double>(static_cast<int32_t>(r)) / 4);
    case 4:
      return fp::boxed(std::bit_cast<uint32_t>(static_cast<float>(static_cast<int16_t>(r)) / 4));
    default: {
      constexpr uint64_t kCorners[] = {0,
                                       uint64_t{1} << 63,
                                       0x7ff0000000000000,
                                       0x7ff8000000000000,
                                       0x0010000000000000,
                                       1,
                                       fp::kBox,
                                       fp::boxed(0x80000000),
                                       fp::boxed(0x7f800000),
                                       fp::boxed(0x00800000),
                                       fp::boxed(1),
                                       fp::boxed(0x7fa00000),
                                       0x7fefffffffffffff,
                                       fp::boxed(0x7f7fffff)};
      return kCorners[random() % std::size(kCorners)];
    }
  }
}

/// The fast path takes part while the inexact flag stands; the software decides alone in execute().
TEST_F(FloatingPoint, TheFastPathAgreesWithTheSoftware) {
  std::mt19937_64 random(754);
  for (const InstructionInfo& info : instruction_table()) {
    if (info.format < InstructionFormat::kFloatReg) continue;
    for (const uint32_t rounding : {0u, 1u, 7u}) {
      if ((info.mask & 0x7000) != 0 && rounding != 0) continue;
      // lui t6, 6; csrs mstatus, t6; csrwi fcsr, 1; the instruction.
      start("rv64gc", {0x00006fb7, 0x300fa073, 0x0030d073, encode(info, rounding)});
      for (int i = 0; i < 3000; ++i) {
        const fp::Operands in = {operand(random), operand(random), operand(random), operand(random)};
        core_->set_pc(kStart);
        core_->set_max_instructions(core_->instructions() + 5);
        core_->set_float_register(10, in.a);
        core_->set_float_register(11, in.b);
        core_->set_float_register(13, in.c);
        core_->set_integer_register(10, in.x);
        ASSERT_EQ(core_->run(), HartCore::Outcome::kInstructionLimit) << info.mnemonic;

        uint32_t flags = fp::kInexact;
        const auto mode = rounding == 1 ? fp::Rounding::kTowardZero : fp::Rounding::kNearestEven;
        const uint64_t expected = fp::execute(info.id, in, mode, flags);
        const bool integer =
            info.format == InstructionFormat::kFloatCompare || info.format == InstructionFormat::kFloatToInt;
        ASSERT_EQ(integer ? core_->integer_register(12) : core_->float_register(12), expected)
            << info.mnemonic << std::hex << " " << in.a << " " << in.b << " " << in.c << " " << in.x;
        ASSERT_EQ(core_->csr(1), flags)
            << info.mnemonic << std::hex << " " << in.a << " " << in.b << " " << in.c;
      }
    }
  }
}

}  // namespace
}  // namespace ganglion
