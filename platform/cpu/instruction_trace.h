#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/cpu/hart_core.h"
#include "platform/cpu/hart_observer.h"
#include "platform/cpu/isa.h"
#include "platform/cpu/trace_filter.h"

namespace ganglion {

/// Writes a line for every instruction a hart executes, and for every trap it takes:
///
///          12 M 0x80000004 00050513         addi a0, a0, 4             a0=0x80000044    main+0x4
///
/// cycle at which it issues, privilege (U, S or M), PC, encoding, assembly, what it wrote (registers, CSRs)
/// and where it accessed memory (`[address]`, with the value of a store), symbol. A trap stands on a line of
/// its own after the instruction: "!" in place of the PC's column.
class InstructionTrace : public HartObserver {
 public:
  using Symboliser = std::function<std::string(uint64_t pc)>;
  /// `path`: a file, truncated; "-" is standard output. ConfigError when it cannot be written.
  InstructionTrace(const HartCore& core, const std::string& path, TraceFilter filter, Symboliser symboliser);
  ~InstructionTrace() override;
  InstructionTrace(const InstructionTrace&) = delete;
  InstructionTrace& operator=(const InstructionTrace&) = delete;

  void before_instruction(uint32_t word, unsigned length) override;
  void trapped(uint64_t cause, bool interrupt, uint64_t pc) override;
  void before_reset() override;
  /// Writes what is left, after the last run of the core. False when not everything could be written.
  [[nodiscard]] bool finish();

 private:
  struct Current {
    uint64_t cycle = 0;
    uint64_t instructions = 0;  ///< before it
    uint64_t pc = 0;
    uint32_t word = 0;
    unsigned length = 4;
    unsigned privilege = 0;
    uint64_t address = 0;  ///< of a load, store or AMO
    uint64_t stored = 0;
    std::optional<DecodedInstruction> decoded;
  };
  void complete(bool retired);
  void effects(const Current& now);
  void write_out();

  const HartCore& core_;
  TraceFilter filter_;
  Symboliser symboliser_;
  std::FILE* file_;
  bool failed_ = false;
  fmt::memory_buffer text_;
  std::optional<Current> current_;
};

}  // namespace ganglion
