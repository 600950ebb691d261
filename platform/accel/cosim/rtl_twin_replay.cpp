// A job that diverged, run once more: for its waveform, and for what it owes to values that nothing has
// written.
#include <fmt/format.h>

#include "platform/accel/cosim/rtl_twin.h"
#include "platform/kernel/kernel_time.h"

namespace ganglion {

namespace common = accelerator_common::register_info;

RtlTwin::JobRun RtlTwin::current_run() const {
  return {launch_, history_, rtl_base_edge_, model_base_cycle_, job_cycle()};
}

uint64_t RtlTwin::run_again(const JobRun& run, RtlMachine& again, uint64_t last,
                            const std::function<void(uint64_t base)>& watch) const {
  constexpr uint64_t kStallPeriod = 64;
  const std::vector<axi::MemoryAnswer>& answers = run.history.answers;
  std::size_t answered = 0;
  uint64_t base = 0;
  const auto serve = [&] {
    while (const auto request = again.memory().take()) {
      // What the job had not been told yet, it is not told now either.
      if (answered == answers.size()) continue;
      if (!request->write && answers[answered].data.size() != request->burst.beats()) continue;
      again.memory().answer(request->tag, answers[answered++]);
    }
    if (base != 0) watch(base);
  };
  again.on_step(serve);
  uint64_t access_cycles = 0;
  for (const auto& [offset, value] : run.history.registers) {
    const uint64_t before = again.edge();
    (void)again.write_register(offset, value);
    access_cycles = again.edge() - before;
  }
  // The bus stalls at the same cycles of the job.
  again.skip_to(again.edge() + (run.rtl_base_edge - access_cycles - again.edge()) % kStallPeriod);
  (void)again.write_register(common::kCtrl.offset, common::kCtrlFields[0].mask());  // START
  base = again.edge();
  serve();
  const auto run_to = [&](uint64_t cycle) {
    while (!again.fault() && again.edge() - base < cycle) {
      again.step();
      serve();
    }
  };
  for (const auto& [cycle, access] : run.history.accesses) {
    run_to(cycle);
    if (access.write) {
      (void)again.write_register(access.offset, access.value);
    } else {
      (void)again.read_register(access.offset);
    }
  }
  run_to(last);
  return base;
}

std::string RtlTwin::write_waveform(const JobRun& run) const {
  constexpr uint64_t kAround = 200;
  if (machine_.model().library().api().can_trace == 0) return "none, the library was built with NO_TRACE";
  const uint64_t first = run.cycle > kAround ? run.cycle - kAround : 0;
  RtlMachine again(RtlLibrary::load(source_.library, source_.where), source_.options);
  bool tracing = false;
  bool opened = true;
  const uint64_t base = run_again(run, again, run.cycle + kAround, [&](uint64_t begin) {
    if (tracing || !opened || again.edge() - begin < first) return;
    // The first edge has a period before it, too.
    opened = again.open_trace(options_.waveform, [this, &run, begin](uint64_t edge) {
      return cycles_to_ps(edge + 1 - begin + run.model_base_cycle, clock_.frequency_hz());
    });
    tracing = opened;
  });
  again.close_trace();
  if (!opened) return options_.waveform + " could not be written";
  return fmt::format("{}, cycles {} to {} of the job, run again", options_.waveform, first,
                     again.edge() - base);
}

std::string RtlTwin::unknown_value(const JobRun& run) const {
  constexpr uint64_t kSlack = 200;  // the run again may take a few cycles more
  if (machine_.fault()) return "";  // it says what is wrong
  RtlMachine::Options options = source_.options;
  options.unknown_cycles = ~uint64_t{0};
  RtlMachine again(RtlLibrary::load(source_.library, source_.where), options);
  (void)run_again(run, again, run.cycle + kSlack, [](uint64_t) {});
  return again.unknown() ? *again.fault() : "";
}

}  // namespace ganglion
