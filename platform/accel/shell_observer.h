#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tlm>

#include "platform/accel/dma.h"
#include "platform/accel/job.h"

namespace ganglion {

/// Sees everything that passes between a shell and the outside, in order: what a recording needs, and what
/// RTL beside the model is fed with. Called at kernel time; must not access the block's registers.
class ShellObserver {
 public:
  virtual ~ShellObserver() = default;
  /// After the access took effect; `payload` carries its response and extensions (PC, call stack).
  virtual void on_register_access(const tlm::tlm_generic_payload& payload) {}
  /// The shell's decision about a START. `shadow` is what it latched; `job` is 0 when it was refused.
  virtual void on_start(uint32_t job, std::span<const uint32_t> shadow) {}
  virtual void on_job_begin(uint32_t job, std::span<const uint32_t> shadow) {}
  /// A burst is about to overwrite memory.
  virtual void before_dma_write(uint32_t job, uint64_t address, uint64_t bytes) {}
  /// What the bus answered to any burst, with the time it takes; before that time passes.
  virtual void on_burst(bool write, uint64_t address, uint64_t bytes, const BurstResult& result) {}
  /// One burst, after it was answered without error.
  virtual void on_dma_read(uint32_t job, uint64_t address, std::span<const std::byte> data) {}
  virtual void on_dma_write(uint32_t job, uint64_t address, std::span<const std::byte> data) {}
  /// The job's outcome is known but not yet visible (`error` is nullptr when it completed). Runs in the job's
  /// thread and may wait(): DONE and STATUS follow its return, so a slower twin can finish first.
  virtual void on_job_end(uint32_t job, const JobError* error, uint64_t cycles) {}
  virtual void on_interrupt(bool level) {}
  virtual void on_reset() {}
};

}  // namespace ganglion
