// What a twin compares at a job's end, and what it says of a divergence.
#include <fmt/format.h>

#include <utility>

#include "platform/accel/cosim/rtl_twin.h"
#include "platform/kernel/kernel_time.h"
#include "platform/kernel/log.h"

namespace ganglion {

namespace common = accelerator_common::register_info;

void RtlTwin::compare_outcome(uint32_t job, const JobError* error) {
  const auto code = rtl_register(common::kError.offset);
  const auto done = rtl_register(common::kJobsDone.offset);
  if (!code || !done) return;
  const uint32_t rtl_code = *code & common::kErrorFields[0].mask();
  if (error != nullptr) {
    if (*done == jobs_done_ && rtl_code == static_cast<uint32_t>(error->code)) return;
    diverge(fmt::format("job {}: the model failed with {}, the RTL {}", job, error->to_string(),
                        *done != jobs_done_
                            ? "completed"
                            : fmt::format("with {}", name_of(static_cast<AcceleratorError>(rtl_code)))),
            nullptr);
    return;
  }
  ++jobs_done_;
  const auto id = rtl_register(common::kJobId.offset);
  if (*done == jobs_done_ && id && *id == job) return;
  if (*done > jobs_done_) {  // it went on to the next one: what it wrote tells more
    compare_memory(job);
    diverge(fmt::format("job {}: the model completed {} jobs, the RTL {}", job, jobs_done_, *done), nullptr);
  }
  diverge(*done != jobs_done_
              ? fmt::format("job {}: the model completed, the RTL failed with {}", job,
                            name_of(static_cast<AcceleratorError>(rtl_code)))
              : fmt::format("JOB_ID after job {}: model {}, RTL {}", job, job, id.value_or(0)),
          nullptr);
}

void RtlTwin::compare_memory(uint32_t job) {
  std::string found;
  uint64_t wrong = 0;
  const auto report = [&](uint64_t address, const std::string& model, const std::string& rtl) {
    if (wrong++ == 0)
      found = fmt::format("memory at {:#x} after job {}: model {}, RTL {}", address, job, model, rtl);
  };
  const auto text = [](std::byte value) { return fmt::format("{:#04x}", std::to_integer<unsigned>(value)); };
  model_written_.for_each([&](uint64_t address, std::byte value) {
    const auto rtl = rtl_written_.at(address);
    ++bytes_compared_;
    if (!rtl || *rtl != value) report(address, text(value), rtl ? text(*rtl) : "did not write");
    return true;
  });
  rtl_written_.for_each([&](uint64_t address, std::byte value) {
    if (!model_written_.at(address)) report(address, "did not write", text(value));
    return wrong == 0;
  });
  if (wrong == 0) return;
  if (wrong > 1) found += fmt::format(" (the first of {} bytes that differ)", wrong);
  diverge(found, nullptr);
}

void RtlTwin::compare_cycles(uint32_t job, uint64_t model_cycles) {
  const auto low = rtl_register(common::kJobCyclesLo.offset);
  const auto high = rtl_register(common::kJobCyclesHi.offset);
  if (!low || !high) return;
  const uint64_t shown = uint64_t{*high} << 32U | *low;
  const uint64_t rtl_cycles = shown > held_cycles_ ? shown - held_cycles_ : 0;
  if (cycle_error_.add(model_cycles, rtl_cycles) || !options_.stop_on_cycles) return;
  diverge(fmt::format("cycles of job {}: model {}, RTL {}; the tolerance is {} % and {} cycles", job,
                      model_cycles, rtl_cycles, 100 * options_.tolerance.share, options_.tolerance.allowance),
          nullptr);
}

void RtlTwin::note_rtl_fault() {
  if (machine_.fault() && !diverged_) diverge("the RTL is at fault: " + *machine_.fault(), nullptr);
}

void RtlTwin::diverge(const std::string& what, const Access* access, const JobRun* run) {
  if (diverged_) return;
  diverged_ = true;
  const JobRun job = run != nullptr ? *run : current_run();
  const Access& from = access != nullptr ? *access : job.launch;
  std::string text = fmt::format("{}: RTL and model diverge\n  {}", shell_.instance_name(), what);
  text +=
      fmt::format("\n  {} at {} (cycle {})", access != nullptr ? "accessed" : "started by the write of CTRL",
                  format_time(from.time_ps), from.cycle);
  if (!from.place.empty()) text += "\n  firmware: " + from.place;
  text += fmt::format("\n  time: {}; RTL: {}, clock edge {}, {} cycles into the job",
                      format_time(kernel_time_ps()), machine_.model().library().file(),
                      job.rtl_base_edge + job.cycle, job.cycle);
  if (const std::string unknown = unknown_value(job); !unknown.empty())
    text += "\n  the job run again: " + unknown;
  if (!options_.waveform.empty()) text += "\n  waveform: " + write_waveform(job);
  StopReason reason;
  reason.code = ExitCode::kCheckFailed;
  reason.reason = text;
  services_.stop.request(reason);
}

void RtlTwin::refuse_power_states(uint32_t job) {
  diverged_ = true;
  StopReason reason;
  reason.code = ExitCode::kCheckFailed;
  reason.reason = fmt::format(
      "{}: job {} was refused as UNPOWERED, and RTL has no power states to refuse it by: nothing can be "
      "compared from here "
      "on\n  power the block on before START, or run this firmware with impl: tlm",
      shell_.instance_name(), job);
  services_.stop.request(reason);
}

}  // namespace ganglion
