#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

#include "platform/accel/dma.h"
#include "platform/accel/job.h"
#include "platform/accel/shell_observer.h"
#include "platform/kernel/component.h"

namespace ganglion {

/// What all accelerators share: registers, job queue, DMA, interrupt, ledgers. A block derives from
/// Accelerator<Registers> (accelerator.h) and adds what to compute.
///
/// models: shadowed configuration latched by START; one running and one waiting job; a failed job stops the
///   queue; DMA in AXI-like bursts; times on the block clock's edges, JOB_CYCLES from the edge at or after
///   the job became active to DONE
/// leaves out: clock cycles of a register access (the router's latency stands for it); a read and a write
///   burst in flight at once; effects of power states on a running job
/// checked against: test/accelerator_shell_test.cpp
/// error bound: none, it defines the behaviour
class AcceleratorShell : public Component {
 public:
  ~AcceleratorShell() override;
  tlm::tlm_base_target_socket<64>* target_socket() override { return &register_socket_; }
  std::vector<tlm::tlm_base_initiator_socket<64>*> initiator_sockets() override { return {&dma_socket_}; }

  /// Everything but the ledgers and figures() comes back to the state after construction; a running job ends
  /// without a trace.
  void reset() final;
  [[nodiscard]] ComponentFigures figures() const override { return figures_; }

  /// Attaches an observer that outlives the shell's last activity.
  void observe(ShellObserver& observer) { observers_.push_back(&observer); }
  /// The registers as they are, without effects, and bytes at a bus address without time or bookings (false
  /// when nothing readable is there): for observers and diagnosis.
  [[nodiscard]] const accelerator_common::Registers& register_bank() const { return *registers_; }
  [[nodiscard]] bool peek(uint64_t address, std::span<std::byte> data);
  /// Every bit of state that reset() restores, for comparing a reset block with a fresh one.
  [[nodiscard]] std::vector<uint32_t> state() const;

 protected:
  AcceleratorShell(const ComponentContext& context, std::unique_ptr<accelerator_common::Registers> registers);

  /// Checks a job's configuration before anything is fetched; the first broken rule.
  [[nodiscard]] virtual std::optional<JobError> validate_shadow(std::span<const uint32_t> shadow) const = 0;
  /// Does the job in the job's thread. Throws JobFailure; lets JobAborted pass.
  virtual void run_shadow(std::span<const uint32_t> shadow, JobContext& job) = 0;
  /// Brings back state that a block keeps across jobs (none should be needed: job state does not leak).
  virtual void reset_engine() {}
  /// That state, appended to state().
  [[nodiscard]] virtual std::vector<uint32_t> engine_state() const { return {}; }

  [[nodiscard]] accelerator_common::Registers& common_registers() { return *registers_; }
  /// Counter of an action of the block's cost.yaml; ask in the constructor, so that a missing cost is an
  /// error at start.
  [[nodiscard]] ActionCounter& action(const std::string& key) { return services().energy.action(id(), key); }

 private:
  struct Job {
    uint32_t id = 0;
    std::vector<uint32_t> shadow;
  };
  class Running;

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);

  void command(uint32_t written);
  void start();
  void clear_error();
  void record_error(const JobError& error, uint32_t job);
  void activate_next();
  void
  update();  ///< STATUS and the interrupt level from the queue and IRQ_*; the only place they are computed

  void job_thread();
  void run_job(Job job);
  /// UNPOWERED unless the block's power state is on.
  std::optional<JobError> validate_power();
  std::optional<JobError> outcome_of(const Job& job, Running& running);
  void complete(const Job& job, uint64_t cycles, int64_t energy_fj);
  void fail(const Job& job, const JobError& error);
  void enter_between_jobs();
  void stop_with(const Job& job, const std::exception& exception);
  void post(Event::Kind kind, uint64_t a, uint64_t b = 0, std::string text = {});

  std::unique_ptr<accelerator_common::Registers> registers_;
  tlm_utils::simple_target_socket<AcceleratorShell, 64> register_socket_;
  tlm_utils::simple_initiator_socket<AcceleratorShell, 64> dma_socket_;
  TrafficCounters& traffic_;
  DmaPort dma_;
  ActionCounter& dma_beats_;
  std::vector<ShellObserver*> observers_;

  std::optional<Job> running_;
  std::optional<Job> waiting_;
  bool held_ = false;
  uint64_t generation_ = 0;  ///< counts resets: a job of an older one is aborted
  sc_core::sc_event queue_changed_;
  /// Ends the job thread's wait early: reset, or another clock frequency. Shared with the clock domain's
  /// observer, which may outlive the shell.
  std::shared_ptr<sc_core::sc_event> wake_ = std::make_shared<sc_core::sc_event>();
  ComponentFigures figures_;
};

}  // namespace ganglion
