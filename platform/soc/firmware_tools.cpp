#include "platform/soc/firmware_tools.h"

#include "platform/soc/profile_report.h"

namespace ganglion {

FirmwareTools::FirmwareTools(Soc& soc, const ElfImage& elf, const Options& options) : options_(options) {
  const TraceFilter filter = TraceFilter::parse(options.instruction_trace_filter, elf);
  if (!options.instruction_trace.empty()) {
    trace_ = std::make_unique<InstructionTrace>(soc.hart().core(), options.instruction_trace, filter,
                                                [&elf](uint64_t pc) { return elf.symbol_at(pc); });
    soc.hart().attach_observer(*trace_);
  } else if (!options.instruction_trace_filter.empty()) {
    throw ConfigError({{"--trace-isa-filter " + options.instruction_trace_filter, 0, 0},
                       "a filter, and no trace to filter",
                       "--trace-isa FILE beside it",
                       ""});
  }
  if (!options.profile.empty()) profiler_ = std::make_unique<Profiler>(soc, elf);
}

std::string FirmwareTools::profile_table() const {
  return profiler_ == nullptr ? std::string() : ganglion::profile_table(*profiler_);
}

void FirmwareTools::finish() {
  if (trace_ != nullptr && !trace_->finish())
    throw Error(ExitCode::kInternal, "the trace of instructions could not be written to the end: disk full?");
  if (profiler_ == nullptr) return;
  profiler_->finish();
  if (!write_folded(*profiler_, options_.profile))
    throw Error(ExitCode::kInternal, "the profile could not be written to the end: disk full?");
}

}  // namespace ganglion
