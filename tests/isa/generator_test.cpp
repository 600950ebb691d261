// The witness must be able to see: its programs are repeatable, use the whole decode table, and a difference
// is named.
#include <gmock/gmock.h>

#include "platform/cpu/isa.h"
#include "tests/isa/exclusions.h"
#include "tests/isa/layout.h"
#include "tests/isa/runners.h"

namespace ganglion::isa_test {
namespace {

ProgramImage image(int xlen, unsigned programs) {
  std::vector<ProgramRecipe> recipes;
  for (unsigned i = 0; i < programs; ++i) recipes.push_back({xlen, 500 + i});
  return make_image(std::string(GANGLION_ISA_HARNESS) + "_rv" + std::to_string(xlen) + ".elf", recipes);
}

class RandomPrograms : public testing::TestWithParam<int> {};

TEST_P(RandomPrograms, AreTheSameForTheSameSeed) {
  EXPECT_EQ(image(GetParam(), 3).memory, image(GetParam(), 3).memory);
  EXPECT_NE(make_random_program({GetParam(), 1}).code, make_random_program({GetParam(), 2}).code);
}

TEST_P(RandomPrograms, UseEveryRowOfTheDecodeTableButWfi) {
  const ProgramImage programs = image(GetParam(), 60);

  for (const InstructionInfo& info : instruction_table()) {
    const bool exists = info.width != (GetParam() == 64 ? InstructionWidth::k32 : InstructionWidth::k64);
    if (!exists || info.id == Instruction::kWfi || excluded_extension(info.extension)) continue;
    EXPECT_GT(programs.used[static_cast<std::size_t>(info.id)], 0u) << info.mnemonic;
  }
}

TEST_P(RandomPrograms, EndTheSameInBlocksOfOneInstruction) {
  const ProgramImage programs = image(GetParam(), 20);

  const RunResult blocks = run_on_hart(programs, 64), steps = run_on_hart(programs, 1);

  EXPECT_EQ(blocks.error, "");
  EXPECT_EQ(steps.error, "");
  EXPECT_EQ(blocks.instructions, steps.instructions);
  EXPECT_TRUE(blocks.memory == steps.memory);
}

TEST_P(RandomPrograms, ADifferenceIsFoundAndNamed) {
  const ProgramImage programs = image(GetParam(), 3);
  const RunResult ours = run_on_hart(programs, 64);
  ASSERT_EQ(ours.error, "");
  ASSERT_THAT(compare(programs, ours.memory, ours.memory), testing::IsEmpty());

  Memory in_register = ours.memory, in_sandbox = ours.memory, in_float = ours.memory;
  in_float[programs.areas[0] + AREA_FLOATS_FINAL + 8 * 31 + 7 - kRamBase] ^= 0x80;
  in_register[programs.areas[1] + AREA_FINAL + 8 * 13 - kRamBase] ^= 4;
  in_sandbox[programs.areas[2] + AREA_SANDBOX + 0x123 - kRamBase] ^= 1;

  const auto first = compare(programs, ours.memory, in_register);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].program, 1u);
  EXPECT_THAT(first[0].what, testing::StartsWith("x13 is "));
  const auto second = compare(programs, ours.memory, in_sandbox);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].program, 2u);
  EXPECT_THAT(second[0].what, testing::StartsWith("sandbox word 0x120 is "));
  const auto third = compare(programs, ours.memory, in_float);
  ASSERT_EQ(third.size(), 1u);
  EXPECT_EQ(third[0].program, 0u);
  EXPECT_THAT(third[0].what, testing::StartsWith("f31 is "));
}

INSTANTIATE_TEST_SUITE_P(Xlen, RandomPrograms, testing::Values(32, 64), testing::PrintToStringParamName());

}  // namespace
}  // namespace ganglion::isa_test
