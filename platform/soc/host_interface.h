#pragma once

#include <optional>

#include "platform/cpu/elf_image.h"
#include "platform/soc/soc.h"

namespace ganglion {

/// The host-target interface (HTIF) of self-checking RISC-V programs (riscv-tests): firmware with a symbol
/// `tohost` ends the run, or prints, by a store there.
///
/// models: the word is device (8 bits), command (8), payload (48). Device 0, command 0, odd payload: the end;
///   payload >> 1 is the exit code, 0 for success. Device 1, command 1: prints payload's low byte and clears
///   tohost. A 64-bit store acts, of two 32-bit stores that to the upper half.
/// leaves out: system calls by proxy (device 0, even payload) end the run with exit code 4 and say so; input
///   (device 1, command 0) never arrives; stores by other initiators than the hart do not act.
/// checked against: tests/cli/test_htif.py.
/// error bound: none.
class HostInterface {
 public:
  /// Watches `tohost` if `elf` has it. ConfigError when it is not aligned, or in no memory of `soc`.
  HostInterface(Soc& soc, const ElfImage& elf, const SourceLocation& where);

 private:
  void act(uint64_t word);
  void end(uint64_t code);

  Soc& soc_;
  uint64_t address_ = 0;
};

}  // namespace ganglion
