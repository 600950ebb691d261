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
  cycle_error_.add(model_cycles, rtl_cycles);
  if (options_.tolerance.accepts(model_cycles, rtl_cycles)) return;
  diverge(fmt::format("cycles of job {}: model {}, RTL {}; the tolerance is {} % and {} cycles", job,
                      model_cycles, rtl_cycles, 100 * options_.tolerance.share, options_.tolerance.allowance),
          nullptr);
}

void RtlTwin::note_rtl_fault() {
  if (machine_.fault() && !diverged_) diverge("the RTL is at fault: " + *machine_.fault(), nullptr);
}

void RtlTwin::diverge(const std::string& what, const Access* access) {
  if (diverged_) return;
  diverged_ = true;
  const Access& from = access != nullptr ? *access : launch_;
  std::string text = fmt::format("{}: RTL and model diverge\n  {}", shell_.instance_name(), what);
  text +=
      fmt::format("\n  {} at {} (cycle {})", access != nullptr ? "accessed" : "started by the write of CTRL",
                  format_time(from.time_ps), from.cycle);
  if (!from.place.empty()) text += "\n  firmware: " + from.place;
  text += fmt::format("\n  time: {}; RTL: {}, clock edge {}, {} cycles into the job",
                      format_time(kernel_time_ps()), machine_.model().library().file(), machine_.edge(),
                      job_cycle());
  if (!options_.waveform.empty()) text += "\n  waveform: " + write_waveform();
  StopReason reason;
  reason.code = ExitCode::kCheckFailed;
  reason.reason = text;
  services_.stop.request(reason);
}

std::string RtlTwin::write_waveform() {
  constexpr uint64_t kAround = 200;
  if (machine_.model().library().api().can_trace == 0) return "none, the library was built with NO_TRACE";
  const uint64_t centre = job_cycle();
  const uint64_t first = centre > kAround ? centre - kAround : 0;
  RtlMachine again(RtlLibrary::load(source_.library, source_.where), source_.options);
  std::size_t answered = 0;
  uint64_t base = 0;
  bool tracing = false;
  bool opened = true;
  const auto serve = [&] {
    while (const auto request = again.memory().take()) {
      // What the job had not been told yet, it is not told now either.
      if (answered < history_.answers.size())
        again.memory().answer(request->tag, history_.answers[answered++]);
    }
    if (base != 0 && !tracing && opened && again.edge() - base >= first) {
      // The first edge has a period before it, too.
      opened = again.open_trace(options_.waveform, [this, base](uint64_t edge) {
        return cycles_to_ps(edge + 1 - base + model_base_cycle_, clock_.frequency_hz());
      });
      tracing = opened;
    }
  };
  again.on_step(serve);
  for (const auto& [offset, value] : history_.registers) (void)again.write_register(offset, value);
  base = again.edge();
  serve();
  (void)again.write_register(common::kCtrl.offset, common::kCtrlFields[0].mask());  // START
  base = again.edge();
  const auto run_to = [&](uint64_t cycle) {
    while (!again.fault() && again.edge() - base < cycle) {
      again.step();
      serve();
    }
  };
  for (const auto& [cycle, access] : history_.accesses) {
    run_to(cycle);
    if (access.write) {
      (void)again.write_register(access.offset, access.value);
    } else {
      (void)again.read_register(access.offset);
    }
  }
  run_to(centre + kAround);
  again.close_trace();
  if (!opened) return options_.waveform + " could not be written";
  return fmt::format("{}, cycles {} to {} of the job, run again", options_.waveform, first,
                     again.edge() - base);
}

}  // namespace ganglion
