#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/isa/random_program.h"

namespace ganglion::isa_test {

/// What lies in RAM from 0x80000000 on.
using Memory = std::vector<uint8_t>;
inline constexpr uint64_t kRamBase = 0x80000000;
inline constexpr uint64_t kRamBytes = 64 << 20;

/// The harness and many programs, ready to run.
struct ProgramImage {
  int xlen = 64;
  uint64_t entry = 0;
  std::vector<ProgramRecipe> recipes;
  std::vector<uint64_t> areas;  ///< address of each program's area
  uint64_t end = 0;             ///< first address behind the last area
  Memory memory;
  uint64_t text_instructions = 0;
  std::vector<uint64_t> used;  ///< rows of instruction_table() emitted, over all programs
};

/// Generates the programs and lays them out behind the harness (an ELF built from harness.S).
[[nodiscard]] ProgramImage make_image(const std::string& harness_elf, std::vector<ProgramRecipe> recipes);

/// Writes the image as an executable. std::runtime_error when that fails.
void write_elf(const ProgramImage& image, const std::string& path);

/// Where two outcomes of an image differ first, program by program; registers before memory.
struct Mismatch {
  unsigned program = 0;  ///< index of the recipe
  std::string what;      ///< "x13 is 0x1, QEMU has 0x2"
};
[[nodiscard]] std::vector<Mismatch> compare(const ProgramImage& image, const Memory& ours,
                                            const Memory& theirs);

}  // namespace ganglion::isa_test
