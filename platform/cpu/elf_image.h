#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/error.h"

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

/// The innermost frame that is the application's: outside drivers (a folder driver/), generated register
/// headers
/// (*_regs.h) and mmio.h; the innermost of all when there is no such. nullptr without frames.
[[nodiscard]] const SourceFrame* application_frame(const std::vector<SourceFrame>& frames);

/// A RISC-V executable: what to load, where to start, what the addresses mean.
class ElfImage {
 public:
  struct Segment {
    uint64_t address = 0;       ///< physical
    std::vector<uint8_t> data;  ///< as in the file
    uint64_t memory_bytes = 0;  ///< zero-filled behind the data
  };

  /// Reads `path`. ConfigError with the file and the reason: cannot be opened, not an ELF, truncated, not
  /// RISC-V, not an executable, big endian, of another XLEN than `expected_xlen` (32 or 64; 0: any). `where`
  /// is the place that named the file.
  [[nodiscard]] static ElfImage load(const std::string& path, int expected_xlen = 0,
                                     const SourceLocation& where = {});

  ElfImage(ElfImage&&) noexcept;
  ElfImage& operator=(ElfImage&&) noexcept;
  ~ElfImage();

  [[nodiscard]] int xlen() const { return xlen_; }
  [[nodiscard]] uint64_t entry() const { return entry_; }
  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
  /// A stretch of code with a name: [begin, end).
  struct Function {
    std::string name;
    uint64_t begin = 0;
    uint64_t end = 0;
    [[nodiscard]] bool contains(uint64_t pc) const { return pc >= begin && pc < end; }
  };
  /// The function that holds `pc`; without one, from the label before it to the next one. nullopt: unknown
  /// code.
  [[nodiscard]] std::optional<Function> function_at(uint64_t pc) const;
  /// The function or label of that name.
  [[nodiscard]] std::optional<Function> function_named(const std::string& name) const;
  /// Names of all functions.
  [[nodiscard]] std::vector<std::string> function_names() const;
  /// Address of a symbol.
  [[nodiscard]] std::optional<uint64_t> symbol(const std::string& name) const;
  /// "main+0x12" of the function or label that holds `pc`; "" when there is none.
  [[nodiscard]] std::string symbol_at(uint64_t pc) const;
  /// Registers of a frame and the memory its stack lies in.
  struct Unwinding {
    uint64_t pc = 0;
    std::array<uint64_t, 32> registers{};  ///< x0 to x31
    /// XLEN bits at an address of the program; nullopt when nothing is there.
    std::function<std::optional<uint64_t>(uint64_t address)> read;
  };
  /// PCs of the call stack, innermost first: `pc`, then those of the calls by the debug information's call
  /// frame information, which needs no frame pointer. A leaf without it, or a wild jump, is left by `ra` if
  /// that is behind a call. Ends where nothing is known any more; at most 64.
  [[nodiscard]] std::vector<uint64_t> call_stack(const Unwinding& from) const;
  /// The functions of a call stack as call_stack() gives it, those that were inlined with their callers'
  /// lines; code without debug information has none.
  [[nodiscard]] std::vector<SourceFrame> source_frames(const std::vector<uint64_t>& call_stack) const;
  /// "main.c:34" from the debug information; "" when there is none.
  [[nodiscard]] std::string line_at(uint64_t pc) const;
  /// "main+0x12 (main.c:34)" with what is known; "" when nothing is.
  [[nodiscard]] std::string describe(uint64_t pc) const;

 private:
  struct Debug;
  struct Symbol {
    std::string name;
    uint64_t size = 0;
  };

  ElfImage();
  void read_symbols();
  [[nodiscard]] bool is_loaded(uint64_t address) const;
  [[nodiscard]] std::optional<uint64_t> call_before(uint64_t address) const;
  bool unwind(Unwinding& frame, uint64_t place) const;
  void add_source_frames(uint64_t pc, std::vector<SourceFrame>& frames) const;

  std::string path_;
  int xlen_ = 0;
  uint64_t entry_ = 0;
  std::vector<Segment> segments_;
  std::map<uint64_t, Symbol> symbols_;      ///< by address
  std::map<uint64_t, Function> functions_;  ///< those with a size, by address
  std::map<std::string, uint64_t> addresses_;
  std::unique_ptr<Debug> debug_;
};

}  // namespace ganglion
