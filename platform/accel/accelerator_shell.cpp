#include "platform/accel/accelerator_shell.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

#include "platform/accel/running_job.h"
#include "platform/kernel/register_socket.h"

namespace ganglion {

namespace {
// Engines keep tiles and scratch arrays on the job's stack; untouched pages cost nothing.
constexpr std::size_t kJobStackBytes = 1U << 20U;
}  // namespace

AcceleratorShell::AcceleratorShell(const ComponentContext& context,
                                   std::unique_ptr<accelerator_common::Registers> registers)
    : Component(context),
      registers_(std::move(registers)),
      register_socket_("registers"),
      dma_socket_("dma"),
      traffic_(services().energy.traffic(id())),
      dma_(dma_socket_, traffic_),
      dma_beats_(action("dma_beat")) {
  register_socket_.register_b_transport(this, &AcceleratorShell::b_transport);
  register_socket_.register_transport_dbg(this, &AcceleratorShell::transport_dbg);
  registers_->ctrl.on_write([this](uint32_t written) { command(written); });
  registers_->irq_enable.on_write([this](uint32_t) { update(); });
  registers_->irq_status.on_write([this](uint32_t) { update(); });
  registers_->job_energy_fj_lo.on_read([this] { services().energy.note_read_by_firmware(); });
  clock().on_change([wake = std::weak_ptr(wake_)] {
    if (const auto alive = wake.lock()) alive->notify(sc_core::SC_ZERO_TIME);
  });
  SC_HAS_PROCESS(AcceleratorShell);
  SC_THREAD(job_thread);
  set_stack_size(kJobStackBytes);
}

AcceleratorShell::~AcceleratorShell() = default;

void AcceleratorShell::reset() {
  ++generation_;
  if (running_.has_value()) post(Event::Kind::kJobEnd, running_->id, 0, "reset");
  running_.reset();
  waiting_.reset();
  held_ = false;
  registers_->reset();
  reset_engine();
  enter_between_jobs();
  wake_->notify(sc_core::SC_ZERO_TIME);
  update();
  for (ShellObserver* observer : observers_) observer->on_reset();
}

std::vector<uint32_t> AcceleratorShell::state() const {
  std::vector<uint32_t> values = registers_->state();
  for (const std::optional<Job>* slot : {&running_, &waiting_}) {
    values.push_back(slot->has_value() ? (*slot)->id : 0);
    if (slot->has_value()) values.insert(values.end(), (*slot)->shadow.begin(), (*slot)->shadow.end());
  }
  values.push_back(held_ ? 1 : 0);
  values.push_back(const_cast<AcceleratorShell*>(this)->interrupt().level() ? 1 : 0);
  const std::vector<uint32_t> engine = engine_state();
  values.insert(values.end(), engine.begin(), engine.end());
  return values;
}

void AcceleratorShell::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
  serve_registers(*registers_, payload);
  if (payload.is_response_ok()) ++(payload.is_write() ? traffic_.booked_writes : traffic_.booked_reads);
  for (ShellObserver* observer : observers_) observer->on_register_access(payload);
}

unsigned AcceleratorShell::transport_dbg(tlm::tlm_generic_payload& payload) {
  return serve_registers_debug(*registers_, payload);
}

bool AcceleratorShell::peek(uint64_t address, std::span<std::byte> data) {
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
  payload.set_data_length(static_cast<unsigned>(data.size()));
  payload.set_streaming_width(static_cast<unsigned>(data.size()));
  return dma_socket_->transport_dbg(payload) == data.size();
}

void AcceleratorShell::command(uint32_t written) {
  const auto asked = [written](std::size_t field) {
    return (written & accelerator_common::register_info::kCtrlFields[field].mask()) != 0;
  };
  enum : std::size_t { kStart, kResume, kFlush, kReset };
  if (asked(kReset)) {
    reset();
    return;
  }
  if (asked(kFlush)) waiting_.reset();
  if (asked(kFlush) || asked(kResume)) clear_error();
  if (asked(kStart)) start();
  activate_next();
  update();
}

void AcceleratorShell::start() {
  std::vector<uint32_t> shadow = registers_->shadow();
  if (waiting_.has_value()) {
    registers_->irq_status.set_rejected(true);
    const JobError error{.code = AcceleratorError::kRejected,
                         .reg = &accelerator_common::register_info::kCtrl,
                         .value = 1,
                         .rule = "START needs a free place; one job waits already"};
    if (registers_->error.code() == AcceleratorError::kNone) record_error(error, 0);
    spdlog::warn("{}: START refused: {}", instance_name(), error.to_string(registers_.get()));
    for (ShellObserver* observer : observers_) observer->on_start(0, shadow);
    return;
  }
  const uint32_t job = registers_->jobs_accepted.value() + 1;
  registers_->jobs_accepted.set_value(job);
  post(Event::Kind::kJobSubmitted, job);
  for (ShellObserver* observer : observers_) observer->on_start(job, shadow);
  waiting_ = Job{job, std::move(shadow)};
  activate_next();
}

void AcceleratorShell::activate_next() {
  if (!running_.has_value() && waiting_.has_value() && !held_) {
    running_ = std::exchange(waiting_, std::nullopt);
    queue_changed_.notify(sc_core::SC_ZERO_TIME);
  }
}

void AcceleratorShell::clear_error() {
  held_ = false;
  registers_->error.reset();
  registers_->error_job.reset();
  registers_->error_value.reset();
  registers_->error_address_lo.reset();
  registers_->error_address_hi.reset();
}

void AcceleratorShell::record_error(const JobError& error, uint32_t job) {
  registers_->error.set_code(error.code);
  registers_->error.set_register(error.reg != nullptr ? error.reg->offset : 0);
  registers_->error_job.set_value(job);
  registers_->error_value.set_value(static_cast<uint32_t>(error.value));
  registers_->set_error_address(error.address);
}

void AcceleratorShell::update() {
  registers_->status.set_busy(running_.has_value());
  registers_->status.set_waiting(waiting_.has_value());
  registers_->status.set_held(held_);
  registers_->status.set_error(registers_->error.code() != AcceleratorError::kNone);
  const bool level = (registers_->irq_status.raw() & registers_->irq_enable.raw()) != 0;
  if (level == interrupt().level()) return;
  interrupt().set(level);
  for (ShellObserver* observer : observers_) observer->on_interrupt(level);
}

void AcceleratorShell::post(Event::Kind kind, uint64_t a, uint64_t b, std::string text) {
  services().events.post(
      {.kind = kind, .time_ps = now_ps(), .component = id(), .a = a, .b = b, .text = std::move(text)});
}

void AcceleratorShell::enter_between_jobs() {
  services().time.enter(id(), held_ && waiting_.has_value() ? TimeCause::kStall : TimeCause::kIdle);
}

void AcceleratorShell::job_thread() {
  for (;;) {
    while (!running_.has_value()) sc_core::wait(queue_changed_);
    run_job(*running_);
    update();
  }
}

void AcceleratorShell::run_job(Job job) {
  Running running(*this, job.id);
  try {
    running.begin();
    post(Event::Kind::kJobBegin, job.id);
    for (ShellObserver* observer : observers_) observer->on_job_begin(job.id, job.shadow);
    const int64_t energy_before_fj = services().energy.energy_fj(id());
    const std::optional<JobError> error = outcome_of(job, running);
    for (ShellObserver* observer : observers_) {
      observer->on_job_end(job.id, error.has_value() ? &*error : nullptr, running.cycles());
    }
    if (running.aborted()) return;
    if (error.has_value()) {
      fail(job, *error);
    } else {
      complete(job, running.cycles(), services().energy.energy_fj(id()) - energy_before_fj);
    }
    figures_.cycles_busy += running.cycles();
    post(Event::Kind::kJobEnd, job.id, error.has_value() ? static_cast<uint64_t>(error->code) : 0);
    running_.reset();
    activate_next();
    enter_between_jobs();
  } catch (const JobAborted&) {
    // reset() has put everything right already; the next START finds the thread waiting.
  } catch (const sc_core::sc_unwind_exception&) {
    throw;
  } catch (const std::exception& exception) {  // of an observer or a ledger: nothing may leave an SC_THREAD
    stop_with(job, exception);
    running_.reset();
  }
}

void AcceleratorShell::stop_with(const Job& job, const std::exception& exception) {
  StopReason reason;
  reason.code = ExitCode::kInternal;
  reason.reason = instance_name() + ": job " + std::to_string(job.id) + ": " + exception.what();
  services().stop.request(reason);
}

std::optional<JobError> AcceleratorShell::validate_power() {
  const PowerState state = services().energy.power_state(id());
  if (state == PowerState::kOn) return std::nullopt;
  return JobError{.code = AcceleratorError::kUnpowered,
                  .rule = fmt::format("the block is {}, a job needs its power state on",
                                      state == PowerState::kOff ? "powered off" : "clock gated")};
}

// What the engine makes of the job. Its own mistakes end the run with a message, not the simulator.
std::optional<JobError> AcceleratorShell::outcome_of(const Job& job, Running& running) {
  try {
    if (std::optional<JobError> error = validate_power()) return error;
    if (std::optional<JobError> error = validate_shadow(job.shadow)) return error;
    run_shadow(job.shadow, running);
    running.await_compute();
    return std::nullopt;
  } catch (const JobFailure& failure) {
    return failure.error;
  } catch (const sc_core::sc_unwind_exception&) {
    throw;
  } catch (const std::exception& exception) {
    stop_with(job, exception);
    return JobError{.code = AcceleratorError::kInternal, .rule = exception.what()};
  }
}

void AcceleratorShell::complete(const Job& job, uint64_t cycles, int64_t energy_fj) {
  registers_->job_id.set_value(job.id);
  registers_->jobs_done.set_value(registers_->jobs_done.value() + 1);
  registers_->set_job_cycles(cycles);
  registers_->set_job_energy_fj(static_cast<uint64_t>(energy_fj));
  registers_->irq_status.set_done(true);
  ++figures_.jobs;
}

void AcceleratorShell::fail(const Job& job, const JobError& error) {
  held_ = true;
  record_error(error, job.id);
  registers_->irq_status.set_error(true);
  spdlog::warn("{}: job {} failed: {}", instance_name(), job.id, error.to_string(registers_.get()));
}

}  // namespace ganglion
