#pragma once

#include <cstdint>
#include <string>

#include "tests/isa/program_image.h"

namespace ganglion::isa_test {

struct RunResult {
  Memory memory;              ///< RAM afterwards, as long as the image
  std::string uart;           ///< what the harness printed
  std::string error;          ///< why the run is worth nothing; "" when it ended as it should
  uint64_t instructions = 0;  ///< retired; our hart only
};

/// Runs the image on the hart's interpreter with flat memory.
[[nodiscard]] RunResult run_on_hart(const ProgramImage& image, uint32_t block_instructions);

/// Path of the qemu-system for the XLEN; "" when it is not installed.
[[nodiscard]] std::string find_qemu(int xlen);
/// Runs the ELF on QEMU's virt machine, its RAM in a file in `folder`.
[[nodiscard]] RunResult run_on_qemu(const std::string& qemu, const ProgramImage& image,
                                    const std::string& elf, const std::string& folder);
/// Runs the ELF on the platform (`ganglion run`): only the hash on the UART comes back.
[[nodiscard]] RunResult run_on_platform(const std::string& ganglion, const ProgramImage& image,
                                        const std::string& elf);

}  // namespace ganglion::isa_test
