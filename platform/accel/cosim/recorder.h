#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "platform/accel/accelerator_shell.h"
#include "platform/accel/cosim/recording.h"

namespace ganglion {

/// Writes down what passes between one accelerator and the outside, so that it can be replayed without
/// firmware: accesses, decisions about START, every byte of a job's operands and results.
///
/// Repeated reads of one register become one poll for what ended them; a rising interrupt becomes await_irq,
/// behind the access that caused it. Times are informative.
class Recorder final : public ShellObserver {
 public:
  /// Attaches itself to `shell`. Both outlive it.
  Recorder(AcceleratorShell& shell, RecordingWriter& writer);

  void on_register_access(const tlm::tlm_generic_payload& payload) override;
  void on_start(uint32_t job, std::span<const uint32_t> shadow) override;
  void on_dma_read(uint32_t job, uint64_t address, std::span<const std::byte> data) override;
  void on_dma_write(uint32_t job, uint64_t address, std::span<const std::byte> data) override;
  void on_job_end(uint32_t job, const JobError* error, uint64_t cycles) override;
  void on_interrupt(bool level) override;
  void on_reset() override;
  /// Writes what waits to be merged; after the last event.
  void finish();

 private:
  /// Reads of one register in a row.
  struct Reads {
    uint64_t offset = 0;
    uint64_t count = 0;
    uint32_t value = 0;     ///< the last
    uint32_t previous = 0;  ///< the last one that differed
    bool changed = false;
    uint64_t time_ps = 0;  ///< of the first
    bool busy = false;     ///< a job ran at the last one
  };
  void add_read(uint64_t offset, uint32_t value);
  void flush_reads();
  void write_line(const nlohmann::ordered_json& line);
  void write_pending_interrupt();
  [[nodiscard]] nlohmann::ordered_json line_of(const char* op, uint64_t time_ps) const;
  void name_register(nlohmann::ordered_json& line, uint64_t offset) const;
  [[nodiscard]] Comparison rule_of(uint64_t offset) const;

  AcceleratorShell& shell_;
  RecordingWriter& writer_;
  std::optional<Reads> reads_;
  std::optional<uint64_t> interrupt_ps_;  ///< of a rise that is not written yet
  std::optional<uint32_t> started_;       ///< decision about the START whose access follows
  SparseBytes read_, written_;
};

}  // namespace ganglion
