#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/accel/accelerator_shell.h"
#include "platform/accel/cosim/burst_latency.h"
#include "platform/accel/cosim/cycle_error.h"
#include "platform/accel/cosim/memory_access.h"
#include "platform/accel/cosim/rtl_block.h"
#include "platform/accel/cosim/sparse_bytes.h"

namespace ganglion {

/// RTL beside a block's model (`impl: both`): gets the same register accesses, its jobs are compared with the
/// model's.
///
/// The model alone reads and writes memory. A job of the RTL runs when the model's has ended, in no simulated
/// time: its reads see memory as it was when the job began (bytes that the model overwrote were kept), its
/// writes go to a comparison. Register accesses that came while the job ran are repeated at the same cycle of
/// the RTL's job. The answer that would let the RTL finish (the last write, or an error) is held back until
/// all of them have been, and when the RTL is slower, until as many cycles have passed for the firmware too:
/// so DONE follows the later one, and both decide alike about a START.
///
/// models: section 9 of the architecture: register reads by their RDL `compare` rule, memory by its final
///   content when a job has completed, interrupt level when no job runs, cycles within a tolerance
/// leaves out: what a job that failed had written (its error registers are compared); power states (a job
///   refused as UNPOWERED ends the run); order and shape of bursts; memory that others change while a job
///   runs (its operands must not); RTL that fetches operands of the waiting job before the running one has
///   stored its last result; contention in the RTL's memory latency (burst_latency.h); what a job that RESET
///   ended had written
/// checked against: cosim/test/rtl_twin_test.cpp
/// error bound: register values and bytes exact
class RtlTwin final : public ShellObserver {
 public:
  struct Options {
    CycleTolerance tolerance{};
    bool stop_on_cycles = true;  ///< cycles beyond the tolerance are a divergence; else they are counted
    std::string waveform{};      ///< VCD around the first divergence; "" for none
  };

  /// Attaches itself to `shell`, which it must outlive. ConfigError as RtlBlock.
  RtlTwin(AcceleratorShell& shell, ClockDomain& clock, PlatformServices& services, const RtlSource& source,
          Options options);

  void on_register_access(const tlm::tlm_generic_payload& payload) override;
  void on_job_begin(uint32_t job, std::span<const uint32_t> shadow) override;
  void before_dma_write(uint32_t job, uint64_t address, uint64_t bytes) override;
  void on_burst(bool write, uint64_t address, uint64_t bytes, const BurstResult& result) override;
  void on_dma_write(uint32_t job, uint64_t address, std::span<const std::byte> data) override;
  void on_job_end(uint32_t job, const JobError* error, uint64_t cycles) override;
  void on_reset() override;

  [[nodiscard]] const CycleError& cycle_error() const { return cycle_error_; }
  /// Bytes and register reads that were compared.
  [[nodiscard]] uint64_t bytes_compared() const { return bytes_compared_; }
  [[nodiscard]] uint64_t reads_compared() const { return reads_compared_; }
  [[nodiscard]] bool diverged() const { return diverged_; }

 private:
  struct Access {
    bool write = false;
    uint64_t offset = 0;
    uint32_t value = 0;
    bool ok = true;
    uint64_t cycle = 0;  ///< of the clock domain
    uint64_t time_ps = 0;
    std::string place;  ///< firmware
  };
  /// A write of the RTL whose answer is held back, or an error.
  struct HeldAnswer {
    uint64_t tag;
    axi::MemoryAnswer answer;
    uint64_t due_edge;
  };

  /// What a job can be run again from: registers as its START found them, and what happened while it ran.
  struct History {
    std::map<uint64_t, uint32_t> registers{};
    std::vector<std::pair<uint64_t, Access>> accesses{};  ///< with the cycle of the RTL's job
    std::vector<axi::MemoryAnswer> answers{};             ///< in order of the requests
  };
  struct JobRun {
    Access launch{};
    History history{};
    uint64_t rtl_base_edge = 0;
    uint64_t model_base_cycle = 0;
    uint64_t cycle = 0;  ///< of the RTL's job, at the divergence
  };

  void apply(const Access& access);
  void apply_window();
  void compare_read(const Access& access, const axi::LiteManager::Outcome& outcome);
  void compare_at_rest();
  void compare_interrupt(const Access& access);
  /// The RTL's part of the job runs from now on; what it asked memory for already is answered.
  void begin_processing();
  void software_reset(const Access& access);
  void hardware_reset();
  void forget_job();

  void serve_memory();
  [[nodiscard]] bool nothing_to_do() const;
  bool serve_early(const axi::MemoryRequest& request);
  void serve(const axi::MemoryRequest& request);
  [[nodiscard]] axi::MemoryAnswer read_answer(const axi::MemoryRequest& request);
  [[nodiscard]] axi::MemoryAnswer take_write(const axi::MemoryRequest& request);
  [[nodiscard]] bool model_failed_at(const axi::MemoryRequest& request) const;
  void peek_as_at_job_begin(ByteSpan& span, bool& readable);

  void step();
  void run_to(uint64_t job_cycle);
  void run_until_held_or_ended(uint64_t model_cycles);
  [[nodiscard]] bool rtl_ended();
  void release();
  [[nodiscard]] bool run_until_ended();
  void finish_job(uint32_t job, const JobError* error, uint64_t cycles);
  void compare_memory(uint32_t job);
  void compare_outcome(uint32_t job, const JobError* error);
  void compare_cycles(uint32_t job, uint64_t model_cycles);
  void note_rtl_fault();
  void remember(const Access& access);
  /// `access` is where it showed; without, the START of the job is named. `run` is the job, the current one
  /// without.
  void diverge(const std::string& what, const Access* access, const JobRun* run = nullptr);
  /// Ends the run: the model refused `job` by a power state, which RTL does not have.
  void refuse_power_states(uint32_t job);
  [[nodiscard]] JobRun current_run() const;
  /// Runs the job once more on a fresh machine up to cycle `last`; `watch` is told the job's first edge at
  /// every step from there on. Returns that edge.
  uint64_t run_again(const JobRun& run, RtlMachine& again, uint64_t last,
                     const std::function<void(uint64_t base)>& watch) const;
  /// The job again with tracing on around the cycle where it diverged; what to say of it.
  [[nodiscard]] std::string write_waveform(const JobRun& run) const;
  /// The job again on two instances with other initial values: which output depends on a value that nothing
  /// has written; "" for none.
  [[nodiscard]] std::string unknown_value(const JobRun& run) const;
  [[nodiscard]] uint64_t job_cycle() const { return machine_.edge() - rtl_base_edge_; }
  [[nodiscard]] std::optional<uint32_t> rtl_register(uint64_t offset);
  [[nodiscard]] bool model_busy() const;

  AcceleratorShell& shell_;
  ClockDomain& clock_;
  PlatformServices& services_;
  RtlSource source_;
  RtlMachine machine_;
  Options options_;
  BurstLatency read_latency_, write_latency_;

  bool in_job_ = false;      ///< the model runs a job: accesses wait in window_
  bool releasing_ = false;   ///< the RTL ends its job: what it asks memory for is the next one's
  bool processing_ = false;  ///< the RTL's part of the job runs now
  bool resetting_ = false;   ///< the RTL ends what a reset found on its bus
  uint64_t epoch_ = 0;       ///< counts resets
  bool reset_seen_ = false;
  bool at_rest_due_ = false;
  uint64_t model_base_cycle_ = 0;
  uint64_t rtl_base_edge_ = 0;
  std::deque<Access> window_;
  Access launch_;  ///< the START of the running job; of the waiting one in next_launch_
  std::optional<Access> next_launch_;
  const JobError* error_ = nullptr;
  SparseBytes overwritten_;  ///< what the model's job wrote over
  SparseBytes model_written_;
  std::vector<std::pair<uint64_t, uint64_t>> model_reads_;  ///< address and bytes of bursts that succeeded
  SparseBytes rtl_written_;
  std::deque<axi::MemoryRequest> parked_;  ///< requests of a job whose turn has not come
  uint64_t covered_ = 0;                   ///< bytes the model wrote that the RTL wrote too
  std::vector<HeldAnswer> held_;
  uint64_t held_cycles_ = 0;
  uint32_t jobs_done_ = 0;                          ///< completions since reset
  std::map<uint64_t, uint32_t> written_registers_;  ///< last value software wrote
  History history_, next_history_;
  JobRun finished_;  ///< the last job that ended
  CycleError cycle_error_;
  uint64_t bytes_compared_ = 0;
  uint64_t reads_compared_ = 0;
  bool diverged_ = false;
};

}  // namespace ganglion
