#include <fmt/format.h>

#include <iterator>

#include "platform/cpu/hart.h"

namespace ganglion {

std::string describe_place(uint64_t pc, const std::function<std::string(uint64_t)>& symboliser) {
  const std::string symbol = symboliser ? symboliser(pc) : std::string();
  return symbol.empty() ? fmt::format("{:#x}", pc) : fmt::format("{:#x} {}", pc, symbol);
}

std::string describe_stack(const std::vector<uint64_t>& call_stack,
                           const std::function<std::string(uint64_t)>& symboliser) {
  if (call_stack.size() < 2) return {};
  std::string text = "\n  call stack:";
  for (std::size_t i = 0; i < call_stack.size(); ++i)
    fmt::format_to(std::back_inserter(text), "\n    #{:<2} {}", i, describe_place(call_stack[i], symboliser));
  return text;
}

namespace {

/// The last ones of `executed`, a line each.
std::string describe_instructions(const std::vector<FirmwareTrap::Executed>& executed, int xlen,
                                  const std::function<std::string(uint64_t)>& symboliser) {
  std::string text = executed.empty() ? "" : "\n  last instructions:";
  const std::size_t count = executed.size();
  for (std::size_t i = count > kInstructionsShown ? count - kInstructionsShown : 0; i < count; ++i)
    fmt::format_to(std::back_inserter(text), "\n    {}: {}", describe_place(executed[i].pc, symboliser),
                   disassemble(executed[i].word, executed[i].pc, xlen));
  return text;
}

}  // namespace

std::string Hart::last_exception() const {
  if (!last_exception_) return {};
  const auto& [trap, registers, executed] = *last_exception_;
  return fmt::format("{} at pc {}, tval {:#x}", trap_name(trap.cause, false),
                     describe_place(trap.pc, symboliser_), trap.tval) +
         describe_stack(call_stack(trap.pc, registers), symboliser_) +
         describe_instructions(executed, core_->xlen(), symboliser_);
}

std::string describe(const FirmwareTrap& trap, int xlen,
                     const std::function<std::string(uint64_t)>& symboliser,
                     const std::vector<uint64_t>& call_stack) {
  const auto place = [&](uint64_t pc) { return describe_place(pc, symboliser); };
  std::string text =
      fmt::format("unhandled trap: {} at pc {}", trap_name(trap.cause, trap.interrupt), place(trap.pc));
  auto out = std::back_inserter(text);
  fmt::format_to(out, "\n  cause {}{}, tval {:#x}", trap.interrupt ? "interrupt " : "", trap.cause,
                 trap.tval);
  if (trap.vector_executable) {
    fmt::format_to(out, "\n  reason: the trap hit the first instruction of its own handler");
  } else {
    fmt::format_to(out, "\n  reason: trap vector {:#x} is not executable memory (mtvec not set?)",
                   trap.vector);
  }
  if (trap.jump_source) fmt::format_to(out, "\n  last jump taken from {}", place(*trap.jump_source));
  text += describe_stack(call_stack, symboliser);
  fmt::format_to(out, "\n  registers:");
  for (unsigned i = 1; i < 32; ++i)
    fmt::format_to(out, "{}{:>4} {:#0{}x}", (i - 1) % 4 == 0 ? "\n    " : "  ", register_name(i),
                   trap.registers[i], xlen / 4 + 2);
  text += describe_instructions(trap.last_instructions, xlen, symboliser);
  return text;
}

}  // namespace ganglion
