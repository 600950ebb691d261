#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/cpu/hart_core.h"

namespace ganglion {

/// A register as GDB sees it. Numbers follow GDB's own for RISC-V: x0 to x31, pc 32, f0 to f31 from 33, CSR n
/// at 65 + n.
struct GdbRegister {
  std::string name;
  unsigned number = 0;
  unsigned bits = 64;
};

constexpr unsigned kGdbPc = 32;
constexpr unsigned kGdbFirstFloat = 33;
constexpr unsigned kGdbFirstCsr = 65;
constexpr unsigned kGdbPrivilege = kGdbFirstCsr + 4096;

/// CSRs of `core` that have a name here and exist, in order of their numbers.
[[nodiscard]] std::vector<GdbRegister> gdb_csrs(const HartCore& core);
/// Bits of an f register: 0 without F, 32, 64 with D.
[[nodiscard]] unsigned gdb_float_bits(const HartCore& core);
/// Target description: architecture riscv:rv64 or riscv:rv32, no operating system; f registers, CSRs and the
/// privilege `priv` as features of their own.
[[nodiscard]] std::string gdb_description(const HartCore& core);

}  // namespace ganglion
