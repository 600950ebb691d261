#include "platform/accel/cosim/rtl_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "platform/kernel/access_origin.h"
#include "platform/kernel/bus_timing.h"

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
      options_(std::move(options)),
      cycle_error_(options_.tolerance) {
  machine_.check_identity(source.id, source.version);
  for (const BuiltConstant& constant : source.constants) machine_.check_constant(constant);
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
  if (!result.ok()) return;
  (write ? write_latency_ : read_latency_)
      .learn(beats_of(address, bytes), clock_.cycles_for(result.delay_ps));
  if (!write) model_reads_.emplace_back(address, bytes);
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
  if (error != nullptr && error->code == AcceleratorError::kUnpowered) {
    refuse_power_states(job);
    return;
  }
  const uint64_t epoch = epoch_;
  error_ = error;
  begin_processing();
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
    const std::string pending = machine_.memory().pending();
    diverge(fmt::format("job {}: the model {} after {} cycles, the RTL has not after {}; {}", job,
                        error == nullptr ? "completed" : "failed", cycles, job_cycle(),
                        pending.empty() ? "no handshake on its bus is open" : "AXI4 " + pending),
            nullptr);
  }
  if (!diverged_) compare_outcome(job, error);
  if (!diverged_ && error == nullptr) {
    compare_memory(job);
    if (!diverged_) compare_cycles(job, cycles);
  }
  releasing_ = false;
  finished_ = {launch_, std::move(history_), rtl_base_edge_, model_base_cycle_, job_cycle()};
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
  model_reads_.clear();
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
            nullptr, &finished_);
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

void RtlTwin::begin_processing() {
  processing_ = true;
  while (!parked_.empty()) {
    const axi::MemoryRequest request = std::move(parked_.front());
    parked_.pop_front();
    serve(request);
  }
}

void RtlTwin::software_reset(const Access& access) {
  if (in_job_) begin_processing();
  apply_window();
  if (in_job_ && access.cycle > model_base_cycle_) run_to(access.cycle - model_base_cycle_);
  resetting_ = true;
  apply(access);
  for (uint64_t i = 0; i < 10'000 && machine_.busy() && !machine_.fault(); ++i) {
    release();  // of a burst that came behind the RESET, too: the RTL brings it to its end
    step();
  }
  resetting_ = false;
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

}  // namespace ganglion
