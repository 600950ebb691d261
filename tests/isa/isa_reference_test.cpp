// docs/reference/isa.md names every extension of the decode table with its number of instructions.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <sstream>

#include "platform/cpu/isa.h"

namespace ganglion {
namespace {

TEST(IsaReference, HasALineForEachExtensionOfTheDecodeTable) {
  std::map<std::string, std::array<unsigned, 2>> rows;
#define X(name, mnemonic, match, mask, format, instruction_class, width, extension)               \
  rows[std::string(#extension).substr(1)][0] += InstructionWidth::width != InstructionWidth::k64; \
  rows[std::string(#extension).substr(1)][1] += InstructionWidth::width != InstructionWidth::k32;
  GANGLION_RISCV_INSTRUCTIONS(X)
#undef X
  std::ifstream file(GANGLION_ISA_REFERENCE);
  std::stringstream text;
  text << file.rdbuf();

  for (const auto& [extension, count] : rows)
    EXPECT_THAT(text.str(),
                testing::HasSubstr(fmt::format("\n| {} | {} | {} |", extension, count[0], count[1])))
        << "docs/reference/isa.md";
}

}  // namespace
}  // namespace ganglion
