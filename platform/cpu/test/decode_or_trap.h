#pragma once

#include <gmock/gmock.h>

#include <memory>

#include "platform/cpu/isa.h"
#include "platform/cpu/test/flat_port.h"

namespace ganglion {

/// Executes `word` with registers that point into RAM. True when the hart calls it illegal; whatever else
/// happens, the run ends: zeros follow, which are illegal.
inline bool is_illegal(uint32_t word, int xlen) {
  constexpr uint64_t kStart = test::FlatPort::kRam + 0x1000, kCode = kStart + 8;
  static test::FlatPort port;
  static std::unique_ptr<HartCore> cores[2];
  port.exit_value.reset();
  port.stop = false;
  auto& core = cores[xlen == 32 ? 0 : 1];
  if (!core) {
    HartCoreConfig config;
    config.isa =
        *InstructionSet::named(xlen == 32 ? "rv32gc_zba_zbb_zbs_zicond" : "rv64gc_zba_zbb_zbs_zicond");
    config.reset_pc = kStart;
    config.max_instructions = 3;
    config.isa.add(InstructionExtension::kS);
    core = HartCore::make(config, port);
  }
  core->reset();
  port.core = core.get();
  for (unsigned i = 1; i < 32; ++i) core->set_integer_register(i, test::FlatPort::kRam + 0x8000 + 64 * i);
  // lui t6, 6; csrs mstatus, t6: floating point on.
  const uint32_t code[] = {0x00006fb7, 0x300fa073, word};
  port.load(kStart, code);
  return core->run() == HartCore::Outcome::kFirmwareTrap && core->firmware_trap()->pc == kCode &&
         core->firmware_trap()->cause == static_cast<uint64_t>(TrapCause::kIllegalInstruction);
}

inline void expect_decodes_or_traps(uint32_t word, int xlen) {
  const auto decoded = decode(word, xlen);
  const bool illegal = is_illegal(word, xlen);

  // A CSR access may be illegal although it decodes; nothing executes that does not decode.
  if (!decoded) {
    ASSERT_TRUE(illegal) << std::hex << word;
  } else if (illegal) {
    ASSERT_EQ(info_of(decoded->id).instruction_class, InstructionClass::kCsr) << std::hex << word;
  }
  ASSERT_FALSE(disassemble(word, 0x80000000, xlen).empty());
}

}  // namespace ganglion
