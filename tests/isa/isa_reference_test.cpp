// docs/reference/isa.md says how each extension of the decode table is tested; here its claims are counted.
#include <elf.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "platform/cpu/isa.h"
#include "tests/isa/exclusions.h"
#include "tests/isa/runners.h"

namespace ganglion::isa_test {
namespace {

std::string name_of(InstructionExtension extension) {
  static const auto names = [] {
    std::map<InstructionExtension, std::string> result;
#define X(name, mnemonic, match, mask, format, instruction_class, width, ext) \
  result[InstructionExtension::ext] = std::string(#ext).substr(1);
    GANGLION_RISCV_INSTRUCTIONS(X)
#undef X
    return result;
  }();
  return names.at(extension);
}

bool exists(const InstructionInfo& info, int xlen) {
  return info.width != (xlen == 64 ? InstructionWidth::k32 : InstructionWidth::k64);
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Which instructions stand in the executable sections of an ELF file.
template <class Ehdr, class Shdr>
std::set<Instruction> instructions_in(const std::string& elf, int xlen) {
  const auto at = [&elf](std::size_t offset, auto value) {
    std::memcpy(&value, elf.substr(offset, sizeof value).data(), sizeof value);
    return value;
  };
  std::set<Instruction> result;
  const auto header = at(0, Ehdr{});
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    const auto section = at(header.e_shoff + i * sizeof(Shdr), Shdr{});
    if (section.sh_type != SHT_PROGBITS || (section.sh_flags & SHF_EXECINSTR) == 0) continue;
    const std::string code = elf.substr(section.sh_offset, section.sh_size) + std::string(2, '\0');
    for (std::size_t offset = 0; offset + 4 <= code.size();) {
      uint32_t word = 0;
      std::memcpy(&word, code.data() + offset, sizeof word);
      if (const auto decoded = decode(word, xlen)) result.insert(decoded->id);
      offset += is_long_instruction(static_cast<uint16_t>(word)) ? 4 : 2;
    }
  }
  return result;
}

/// Instructions of each directed program of an XLEN, by its name.
std::map<std::string, std::set<Instruction>> directed_programs(int xlen) {
  std::map<std::string, std::set<Instruction>> result;
  const std::string ending = fmt::format("_rv{}", xlen);
  for (const auto& entry : std::filesystem::directory_iterator(GANGLION_TEST_PROGRAMS)) {
    const std::string stem = entry.path().stem();
    if (entry.path().extension() != ".elf" || !stem.ends_with(ending)) continue;
    const std::string elf = bytes_of(entry.path());
    result[stem.substr(0, stem.size() - ending.size())] =
        xlen == 64 ? instructions_in<Elf64_Ehdr, Elf64_Shdr>(elf, xlen)
                   : instructions_in<Elf32_Ehdr, Elf32_Shdr>(elf, xlen);
  }
  return result;
}

/// One row of the table: "| M | 8 / 13 | arithmetic, trap | 2000 / 2300 |".
struct Row {
  std::array<unsigned, 2> instructions{};
  std::vector<std::string> programs;
  std::array<uint64_t, 2> drawn{};  ///< at least; 0: none, with a reason
};

std::vector<std::string> split(const std::string& text, const std::string& at) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(at, start), text.size());
    const std::string part = text.substr(start, end - start);
    const std::size_t first = part.find_first_not_of(' ');
    parts.push_back(first == std::string::npos ? ""
                                               : part.substr(first, part.find_last_not_of(' ') + 1 - first));
    start = end + at.size();
  }
  return parts;
}

std::map<std::string, Row> documented() {
  std::map<std::string, Row> rows;
  std::istringstream text(bytes_of(GANGLION_ISA_REFERENCE));
  for (std::string line; std::getline(text, line);) {
    const auto cells = split(line, "|");
    if (!line.starts_with("| ") || cells.size() != 6 || cells[1] == "extension") continue;
    const auto pair = [](const std::string& cell) {
      const auto numbers = split(cell, "/");
      std::array<uint64_t, 2> result{};
      for (std::size_t i = 0; i < std::min<std::size_t>(numbers.size(), 2); ++i)
        result[i] = std::strtoull(numbers[i].c_str(), nullptr, 10);
      return result;
    };
    const auto count = pair(cells[2]);
    rows[cells[1]] = {{static_cast<unsigned>(count[0]), static_cast<unsigned>(count[1])},
                      split(cells[3], ","),
                      pair(cells[4])};
  }
  return rows;
}

TEST(IsaReference, HasARowForEachExtensionWithItsInstructions) {
  std::map<std::string, std::array<unsigned, 2>> counts;
  for (const InstructionInfo& info : instruction_table())
    for (const int xlen : {32, 64}) counts[name_of(info.extension)][xlen == 64] += exists(info, xlen);

  const auto rows = documented();

  EXPECT_EQ(rows.size(), counts.size());
  for (const auto& [extension, count] : counts) {
    ASSERT_TRUE(rows.contains(extension)) << "docs/reference/isa.md has no row for " << extension;
    EXPECT_EQ(rows.at(extension).instructions, count) << extension;
  }
}

class IsaReferenceXlen : public testing::TestWithParam<int> {};

TEST_P(IsaReferenceXlen, EveryInstructionIsInADirectedProgramOfItsRow) {
  const auto programs = directed_programs(GetParam());
  ASSERT_FALSE(programs.empty()) << GANGLION_TEST_PROGRAMS;
  const auto rows = documented();

  for (const InstructionInfo& info : instruction_table()) {
    if (!exists(info, GetParam())) continue;
    const std::string extension = name_of(info.extension);
    ASSERT_TRUE(rows.contains(extension)) << extension;
    bool found = false;
    for (const std::string& program : rows.at(extension).programs) {
      ASSERT_TRUE(programs.contains(program)) << "isa.md names a program that is not there: " << program;
      found |= programs.at(program).contains(info.id);
    }
    EXPECT_TRUE(found) << info.mnemonic << " is in none of the programs that isa.md names for " << extension;
  }
}

TEST_P(IsaReferenceXlen, TheDefaultRunDrawsAsManyAsTheTableSays) {
  std::vector<ProgramRecipe> recipes;
  for (unsigned i = 0; i < 100; ++i) recipes.push_back({GetParam(), 1 + i});  // what ctest runs
  const ProgramImage image =
      make_image(fmt::format("{}_rv{}.elf", GANGLION_ISA_HARNESS, GetParam()), recipes);
  std::map<InstructionExtension, uint64_t> drawn;
  for (const InstructionInfo& info : instruction_table())
    drawn[info.extension] += image.used[static_cast<std::size_t>(info.id)];

  for (const auto& [extension, row] : documented()) {
    const uint64_t claim = row.drawn[GetParam() == 64];
    for (const auto& [id, count] : drawn) {
      if (name_of(id) != extension) continue;
      EXPECT_GE(count, claim) << extension;
      EXPECT_LE(count, 2 * claim) << extension << ": the table may say more";
      EXPECT_EQ(claim == 0, excluded_extension(id)) << extension;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Xlen, IsaReferenceXlen, testing::Values(32, 64), testing::PrintToStringParamName());

}  // namespace
}  // namespace ganglion::isa_test
