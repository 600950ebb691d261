#pragma once

#include <memory>
#include <string>

#include "platform/cpu/elf_image.h"
#include "platform/cpu/instruction_trace.h"
#include "platform/soc/profiler.h"
#include "platform/soc/soc.h"

namespace ganglion {

/// What a person who writes firmware asks a run to keep: all of it watches, none of it moves simulated time,
/// counts or results.
class FirmwareTools {
 public:
  struct Options {
    std::string instruction_trace{};         ///< file of one line an instruction; "" for none
    std::string instruction_trace_filter{};  ///< see TraceFilter; "" shows everything
    std::string profile{};                   ///< prefix of the files of write_folded(); "" for none
  };
  /// `elf` outlives the tools. ConfigError for a file that cannot be written or a filter that names nothing.
  FirmwareTools(Soc& soc, const ElfImage& elf, const Options& options);

  /// The run is over. Error when a file could not be written to its end.
  void finish();
  /// Innermost first: by the profile's shadow stack where there is one, else by call frame information.
  [[nodiscard]] std::vector<uint64_t> call_stack() const;
  /// Where the cycles and the energy went, by function; "" without a profile. After finish().
  [[nodiscard]] std::string profile_table() const;

 private:
  [[nodiscard]] std::vector<uint64_t> call_stack(uint64_t pc, const Hart::Registers& registers) const;

  Soc& soc_;
  const ElfImage& elf_;
  Options options_;
  std::unique_ptr<InstructionTrace> trace_;
  std::unique_ptr<Profiler> profiler_;
};

}  // namespace ganglion
