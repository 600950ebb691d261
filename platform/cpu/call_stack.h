#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ganglion {

/// A function that was active, inlined ones included.
struct SourceFrame {
  uint64_t pc = 0;
  std::string function;
  std::string file;  ///< as the debug information names it
  int line = 0;

  /// "offload_conv, offload.c:88 (pc 0x800012ac)".
  [[nodiscard]] std::string to_string() const;
};

/// Walks the stack of a stopped hart with the ELF's call frame information (libdw): what runs, and who called
/// it.
///
/// models: rules "same value", "saved at CFA + offset", "in another register"; inlined functions by their
/// scopes leaves out: DWARF expressions as rules (GCC gives RISC-V code none); code without debug information
/// ends the walk checked against: the source lines of the demo's STARTs (tests/cli/test_record.py) error
/// bound: exact where the compiler's information is
class CallStack {
 public:
  using Register = std::function<uint64_t(unsigned index)>;
  using Memory = std::function<bool(uint64_t address, void* data, unsigned bytes)>;

  /// Without debug information in `elf` every stack is empty.
  explicit CallStack(const std::string& elf);
  ~CallStack();
  CallStack(const CallStack&) = delete;
  CallStack& operator=(const CallStack&) = delete;

  /// Innermost first. `bytes` of a saved register: 4 or 8.
  [[nodiscard]] std::vector<SourceFrame> frames(uint64_t pc, const Register& registers, const Memory& memory,
                                                unsigned bytes) const;

 private:
  struct Debug;
  void add_scopes(uint64_t pc, uint64_t lookup, std::vector<SourceFrame>& out) const;
  std::unique_ptr<Debug> debug_;
};

/// The innermost frame that is the application's: outside drivers (a folder driver/), generated register
/// headers
/// (*_regs.h) and mmio.h; the innermost of all when there is no such. nullptr without frames.
[[nodiscard]] const SourceFrame* application_frame(const std::vector<SourceFrame>& frames);

}  // namespace ganglion
