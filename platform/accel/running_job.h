#pragma once

#include "platform/accel/accelerator_shell.h"

namespace ganglion {

/// The JobContext of the shell: time on the edges of the block's clock, DMA through the shell's port.
class AcceleratorShell::Running final : public JobContext {
 public:
  Running(AcceleratorShell& shell, uint32_t id);
  ~Running() override;
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] uint32_t job_id() const override { return id_; }
  [[nodiscard]] uint64_t cycles() const override { return cycle_ - begin_cycle_; }
  uint64_t dma_read(uint64_t address, std::span<std::byte> data) override;
  uint64_t dma_write(uint64_t address, std::span<const std::byte> data) override;
  void wait_cycles(uint64_t cycles, TimeCause cause) override;
  void start_compute(uint64_t cycles) override;
  void await_compute() override;

  /// Waits for the edge at which the job becomes active.
  void begin();
  [[nodiscard]] bool aborted() const { return generation_ != shell_.generation_; }

 private:
  class DmaPhase;
  void advance_to(uint64_t cycle, TimeCause cause);
  void wait_for(const BurstResult& burst);
  void end_compute();
  void post_phase(Event::Kind kind, const char* phase);
  void check_range(uint64_t address, uint64_t bytes) const;
  [[noreturn]] void fail_burst(AcceleratorError code, uint64_t address, uint64_t bytes,
                               tlm::tlm_response_status status) const;

  AcceleratorShell& shell_;
  uint32_t id_;
  uint64_t generation_;
  uint64_t begin_cycle_;
  uint64_t cycle_;          ///< where the job is, in cycles of the clock domain
  uint64_t compute_until_;  ///< the datapath is busy up to this cycle
  bool computing_ = false;
};

}  // namespace ganglion
