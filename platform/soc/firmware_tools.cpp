#include "platform/soc/firmware_tools.h"

#include "platform/soc/profile_report.h"

namespace ganglion {

FirmwareTools::FirmwareTools(Soc& soc, const ElfImage& elf, const Options& options)
    : soc_(soc), elf_(elf), options_(options) {
  soc.hart().set_call_stack(
      [this](uint64_t pc, const Hart::Registers& registers) { return call_stack(pc, registers); });
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

std::vector<uint64_t> FirmwareTools::call_stack() const {
  return call_stack(soc_.hart().core().pc(), soc_.hart().registers());
}

std::vector<uint64_t> FirmwareTools::call_stack(uint64_t pc, const Hart::Registers& registers) const {
  Hart& hart = soc_.hart();
  // The shadow stack is that of the present.
  if (profiler_ != nullptr && pc == hart.core().pc()) return profiler_->call_stack(pc);
  ElfImage::Unwinding from;
  from.pc = pc;
  from.registers = registers;
  from.read = [&hart](uint64_t address) -> std::optional<uint64_t> {
    const auto bytes = static_cast<unsigned>(hart.core().xlen()) / 8;
    const auto physical = hart.core().physical_address(address);
    uint64_t value = 0;
    if (!physical || hart.debug_transport(tlm::TLM_READ_COMMAND, *physical, &value, bytes) != bytes)
      return std::nullopt;
    return value;
  };
  return elf_.call_stack(from);
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
