#include "platform/accel/cosim/rtl_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "platform/kernel/access_origin.h"
#include "platform/kernel/bus_timing.h"
#include "platform/kernel/log.h"

namespace ganglion {
namespace {

namespace common = accelerator_common::register_info;

constexpr uint32_t kStart = 1U << 0U;
constexpr uint32_t kReset = 1U << 3U;
constexpr uint32_t kBusy = 1U << 0U;
constexpr uint32_t kHeld = 1U << 2U;
/// Cycles between two looks at registers that say whether the RTL's job has ended.
constexpr uint64_t kPollCycles = 64;

uint64_t now_ps() { return sc_core::sc_time_stamp().value(); }

}  // namespace

RtlTwin::RtlTwin(AcceleratorShell& shell, ClockDomain& clock, PlatformServices& services,
                 const RtlSource& source, Options options)
    : shell_(shell),
      clock_(clock),
      services_(services),
      source_(source),
      machine_(RtlLibrary::load(source.library, source.where), source.options),
      options_(std::move(options)) {
  machine_.check_identity(source.id, source.version);
  machine_.reset();
  machine_.on_step([this] { serve_memory(); });
  shell.observe(*this);
}

bool RtlTwin::model_busy() const {
  return (shell_.register_bank().find(uint64_t{common::kStatus.offset})->raw() & kBusy) != 0;
}

void RtlTwin::on_register_access(const tlm::tlm_generic_payload& payload) {
  if (diverged_ || payload.get_data_length() != sizeof(uint32_t) || payload.get_address() % 4 != 0) return;
  Access access;
  access.write = payload.is_write();
  access.offset = payload.get_address();
  std::memcpy(&access.value, payload.get_data_ptr(), sizeof access.value);
  access.ok = payload.is_response_ok();
  access.time_ps = now_ps();
  access.cycle = clock_.cycle_at_or_after(access.time_ps);
  if (const auto* origin = payload.get_extension<AccessOrigin>(); origin != nullptr && origin->place)
    access.place = origin->place();

  const bool command = access.write && access.ok && access.offset == common::kCtrl.offset;
  if (std::exchange(reset_seen_, false)) {
    if (command && (access.value & kReset) != 0) {
      software_reset(access);
      return;
    }
    hardware_reset();
  }
  if (command && (access.value & kStart) != 0) {
    if (!in_job_) {
      launch_ = access;
    } else if (!next_launch_) {
      next_launch_ = access;
    }
  }
  if (in_job_) {
    window_.push_back(std::move(access));
    return;
  }
  compare_at_rest();
  apply(access);
  if (model_busy()) {
    in_job_ = true;
    model_base_cycle_ = access.cycle;
    rtl_base_edge_ = machine_.edge();
  } else {
    compare_interrupt(access);
  }
}

void RtlTwin::on_job_begin(uint32_t /*job*/, std::span<const uint32_t> /*shadow*/) {
  if (diverged_) return;
  if (!in_job_) {
    compare_at_rest();
    rtl_base_edge_ = machine_.edge();
  }
  in_job_ = true;
  model_base_cycle_ = clock_.cycle_at_or_after(now_ps());
}

void RtlTwin::before_dma_write(uint32_t /*job*/, uint64_t address, uint64_t bytes) {
  std::vector<std::byte> old(bytes);
  if (!shell_.peek(address, old)) return;
  for (uint64_t i = 0; i < bytes; ++i) {
    if (!overwritten_.at(address + i)) overwritten_.put(address + i, old[i]);
  }
}

void RtlTwin::on_burst(bool write, uint64_t address, uint64_t bytes, const BurstResult& result) {
  if (result.ok())
    (write ? write_latency_ : read_latency_)
        .learn(beats_of(address, bytes), clock_.cycles_for(result.delay_ps));
}

void RtlTwin::on_dma_write(uint32_t /*job*/, uint64_t address, std::span<const std::byte> data) {
  model_written_.put(address, data);
}

void RtlTwin::on_reset() {
  reset_seen_ = true;
  ++epoch_;
}

void RtlTwin::on_job_end(uint32_t job, const JobError* error, uint64_t cycles) {
  if (diverged_ || reset_seen_) return;
  const uint64_t epoch = epoch_;
  error_ = error;
  processing_ = true;
  while (!parked_.empty()) {
    const axi::MemoryRequest request = std::move(parked_.front());
    parked_.pop_front();
    serve(request);
  }
  apply_window();
  run_until_held_or_ended(cycles);
  const uint64_t rtl_cycles =
      held_.empty() ? job_cycle()
                    : std::max<uint64_t>(held_.back().due_edge, rtl_base_edge_) - rtl_base_edge_;
  if (rtl_cycles > cycles && error == nullptr && !diverged_) {
    sc_core::wait(sc_core::sc_time::from_value(cycles_to_ps(rtl_cycles - cycles, clock_.frequency_hz())));
    if (epoch != epoch_) return;
    apply_window();
  }
  finish_job(job, error, cycles);
}

void RtlTwin::finish_job(uint32_t job, const JobError* error, uint64_t cycles) {
  release();
  processing_ = false;
  releasing_ = true;
  const bool ended = run_until_ended();
  note_rtl_fault();
  if (!diverged_ && !ended) {
    diverge(fmt::format("job {}: the model {} after {} cycles, the RTL has not after {}", job,
                        error == nullptr ? "completed" : "failed", cycles, job_cycle()),
            nullptr);
  }
  if (!diverged_) compare_outcome(job, error);
  if (!diverged_ && error == nullptr) {
    compare_memory(job);
    if (!diverged_) compare_cycles(job, cycles);
  }
  releasing_ = false;
  history_ = std::exchange(next_history_, History{});
  forget_job();
  if (next_launch_) launch_ = *std::exchange(next_launch_, std::nullopt);
  at_rest_due_ = true;
}

void RtlTwin::forget_job() {
  in_job_ = false;
  processing_ = false;
  error_ = nullptr;
  overwritten_.clear();
  model_written_.clear();
  rtl_written_.clear();
  covered_ = 0;
  held_cycles_ = 0;
}

// --- register accesses ---

void RtlTwin::apply(const Access& access) {
  if (diverged_) return;
  if (access.offset >= machine_.model().window_bytes()) {
    if (access.ok)
      diverge(fmt::format("offset {:#x} is out of reach of the RTL's address port", access.offset), &access);
    return;
  }
  remember(access);
  const auto outcome = access.write ? machine_.write_register(access.offset, access.value)
                                    : machine_.read_register(access.offset);
  if (!outcome) {
    note_rtl_fault();
    return;
  }
  const bool ok = outcome->response == axi::kOkay;
  if (ok != access.ok) {
    const auto text = [](bool good) { return good ? "accepts" : "refuses"; };
    diverge(fmt::format("the model {} a {} of {}, the RTL {} it", text(access.ok),
                        access.write ? "write" : "read",
                        machine_.model().library().describe_register(access.offset), text(ok)),
            &access);
  } else if (!access.write && ok) {
    compare_read(access, *outcome);
  }
}

/// Keeps what write_waveform needs. An accepted START's configuration is that of the job it launches.
void RtlTwin::remember(const Access& access) {
  const bool command = access.offset == common::kCtrl.offset;
  if (in_job_) history_.accesses.emplace_back(job_cycle(), access);
  if (!access.write || !access.ok) return;
  if (!command) {
    written_registers_[access.offset] = access.value;
  } else if ((access.value & kStart) != 0) {
    History& launched = in_job_ ? next_history_ : history_;
    if (!in_job_ || launched.registers.empty()) launched = History{written_registers_};
  }
}

void RtlTwin::compare_read(const Access& access, const axi::LiteManager::Outcome& outcome) {
  const Register* const reg = shell_.register_bank().find(access.offset);
  if (reg == nullptr || reg->info().compare == Comparison::kNever) return;
  if (reg->info().compare == Comparison::kAtJobEnd && in_job_) return;
  ++reads_compared_;
  if (outcome.data == access.value) return;
  diverge(fmt::format("read of {} (offset {:#05x}): model {:#010x}, RTL {:#010x}", reg->info().name,
                      reg->info().offset, access.value, outcome.data),
          &access);
}

/// Registers whose value counts at the end of a job; the model has updated them by now.
void RtlTwin::compare_at_rest() {
  if (!std::exchange(at_rest_due_, false) || diverged_) return;
  for (const Register* reg : shell_.register_bank().registers()) {
    if (reg->info().compare != Comparison::kAtJobEnd) continue;
    uint32_t model = 0;
    if (shell_.register_bank().peek(reg->info().offset, model) != RegisterStatus::kOk) continue;
    const auto rtl = rtl_register(reg->info().offset);
    if (!rtl) return;
    ++reads_compared_;
    if (*rtl == model) continue;
    diverge(fmt::format("{} (offset {:#05x}) after the job: model {:#010x}, RTL {:#010x}", reg->info().name,
                        reg->info().offset, model, *rtl),
            &launch_);
    return;
  }
}

void RtlTwin::compare_interrupt(const Access& access) {
  if (diverged_ || model_busy()) return;
  for (int i = 0; i < 4 && machine_.irq() != shell_.interrupt().level(); ++i) step();
  if (machine_.irq() == shell_.interrupt().level() || diverged_) return;
  diverge(fmt::format("interrupt: model {}, RTL {}", shell_.interrupt().level() ? "high" : "low",
                      machine_.irq() ? "high" : "low"),
          &access);
}

std::optional<uint32_t> RtlTwin::rtl_register(uint64_t offset) {
  const auto outcome = machine_.read_register(offset);
  if (!outcome) {
    note_rtl_fault();
    return std::nullopt;
  }
  return outcome->data;
}

void RtlTwin::apply_window() {
  // A job that a rule ended has no length to lay the accesses along.
  const bool by_rule = error_ != nullptr && error_->code != AcceleratorError::kBusRead &&
                       error_->code != AcceleratorError::kBusWrite;
  while (!window_.empty() && !diverged_) {
    const Access access = std::move(window_.front());
    window_.pop_front();
    if (!by_rule && access.cycle > model_base_cycle_) run_to(access.cycle - model_base_cycle_);
    apply(access);
  }
}

void RtlTwin::software_reset(const Access& access) {
  processing_ = in_job_;
  apply_window();
  if (in_job_ && access.cycle > model_base_cycle_) run_to(access.cycle - model_base_cycle_);
  apply(access);
  release();
  for (uint64_t i = 0; i < 10'000 && machine_.busy() && !machine_.fault(); ++i) step();
  note_rtl_fault();
  forget_job();
  window_.clear();
  parked_.clear();
  next_launch_.reset();
  at_rest_due_ = false;
  jobs_done_ = 0;
  compare_interrupt(access);
}

void RtlTwin::hardware_reset() {
  machine_.reset();
  forget_job();
  held_.clear();
  window_.clear();
  parked_.clear();
  next_launch_.reset();
  at_rest_due_ = false;
  jobs_done_ = 0;
}

// --- the RTL's job ---

void RtlTwin::step() {
  machine_.step();
  serve_memory();
}

void RtlTwin::run_to(uint64_t job_cycle_wanted) {
  // While an answer is held back the RTL waits, and its clock may.
  while (job_cycle() < job_cycle_wanted && held_.empty() && machine_.busy() && !machine_.fault()) step();
  note_rtl_fault();
}

void RtlTwin::run_until_held_or_ended(uint64_t model_cycles) {
  const uint64_t limit = 4 * model_cycles + 100'000;
  while (held_.empty() && !machine_.fault() && job_cycle() < limit) {
    if (!machine_.busy()) break;
    if (job_cycle() > model_cycles && job_cycle() % kPollCycles == 0 && rtl_ended()) break;
    step();
  }
  note_rtl_fault();
}

bool RtlTwin::rtl_ended() {
  const auto done = rtl_register(common::kJobsDone.offset);
  const auto status = rtl_register(common::kStatus.offset);
  return !done || !status || *done != jobs_done_ || (*status & kHeld) != 0;
}

void RtlTwin::release() {
  for (HeldAnswer& held : held_) {
    if (machine_.edge() > held.due_edge)
      held_cycles_ = std::max(held_cycles_, machine_.edge() - held.due_edge);
    machine_.memory().answer(held.tag, std::move(held.answer));
  }
  held_.clear();
}

bool RtlTwin::run_until_ended() {
  for (uint64_t i = 0; i < 10'000 && !machine_.fault(); ++i) {
    if (rtl_ended()) return true;
    step();
  }
  return false;
}

// --- memory ---

void RtlTwin::serve_memory() {
  while (auto request = machine_.memory().take()) {
    if (processing_) {
      serve(*request);
    } else if (!serve_early(*request)) {
      parked_.push_back(std::move(*request));
    }
  }
}

/// A read of a job that the model has not ended yet sees memory as it is, if it can: nothing of the job has
/// been written so far.
bool RtlTwin::serve_early(const axi::MemoryRequest& request) {
  if (request.write || !parked_.empty()) return false;
  axi::MemoryAnswer answer = read_answer(request);
  if (answer.response != axi::kOkay) return false;
  // Before the model's end it is the launched job's, behind the release the next one's.
  (releasing_ ? next_history_ : history_).answers.push_back(answer);
  machine_.memory().answer(request.tag, std::move(answer));
  return true;
}

void RtlTwin::serve(const axi::MemoryRequest& request) {
  axi::MemoryAnswer answer = request.write ? take_write(request) : read_answer(request);
  if (model_failed_at(request)) answer.response = axi::kSubordinateError;
  // What lets the RTL end its job waits for the firmware's accesses up to the model's end.
  const bool last = request.write && error_ == nullptr && covered_ == model_written_.size() && covered_ != 0;
  history_.answers.push_back(answer);
  if (last || answer.response != axi::kOkay) {
    const uint64_t due = std::max(request.edge + answer.cycles, request.last_edge + 1);
    held_.push_back({request.tag, std::move(answer), due});
  } else {
    machine_.memory().answer(request.tag, std::move(answer));
  }
}

axi::MemoryAnswer RtlTwin::read_answer(const axi::MemoryRequest& request) {
  axi::MemoryAnswer answer;
  std::vector<ByteSpan> spans = read_spans(request.burst);
  bool readable = true;
  uint64_t cycles = 0;
  for (ByteSpan& span : spans) {
    peek_as_at_job_begin(span, readable);
    cycles += read_latency_.cycles(beats_of(span.address, span.bytes.size()));
  }
  answer.data = beats_from(request.burst, spans);
  answer.cycles = cycles;
  answer.response = readable ? axi::kOkay : axi::kDecodeError;
  return answer;
}

void RtlTwin::peek_as_at_job_begin(ByteSpan& span, bool& readable) {
  if (!shell_.peek(span.address, span.bytes)) {
    readable = false;
    return;
  }
  if (!processing_ || overwritten_.empty()) return;  // a job that has not been compared yet began later
  for (std::size_t i = 0; i < span.bytes.size(); ++i) {
    if (const auto old = overwritten_.at(span.address + i)) span.bytes[i] = *old;
  }
}

axi::MemoryAnswer RtlTwin::take_write(const axi::MemoryRequest& request) {
  axi::MemoryAnswer answer;
  uint64_t cycles = 0;
  for (const ByteSpan& span : written_spans(request)) {
    cycles += write_latency_.cycles(beats_of(span.address, span.bytes.size()));
    for (std::size_t i = 0; i < span.bytes.size(); ++i) {
      const uint64_t address = span.address + i;
      if (!rtl_written_.at(address) && model_written_.at(address)) ++covered_;
      rtl_written_.put(address, span.bytes[i]);
    }
    std::byte probe{};
    if (!shell_.peek(span.address, {&probe, 1})) answer.response = axi::kDecodeError;
  }
  answer.cycles = cycles;
  return answer;
}

bool RtlTwin::model_failed_at(const axi::MemoryRequest& request) const {
  if (error_ == nullptr) return false;
  const auto code = request.write ? AcceleratorError::kBusWrite : AcceleratorError::kBusRead;
  if (error_->code != code) return false;
  const uint64_t first = error_->address;
  const uint64_t last = first + std::max<uint64_t>(error_->value, 1) - 1;
  const uint64_t begin = request.burst.address;
  const uint64_t end = begin + axi::span_of(request.burst) - 1;
  return begin <= last && first <= end;
}

// --- comparisons ---

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
  text += fmt::format("\n  time: {}; RTL: {}, clock edge {}, {} cycles into the job", format_time(now_ps()),
                      machine_.model().library().file(), machine_.edge(), job_cycle());
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
  (void)again.write_register(common::kCtrl.offset, kStart);
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
