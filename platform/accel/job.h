#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "accelerator_common_register_bank.h"
#include "platform/kernel/energy_ledger.h"
#include "platform/kernel/time_ledger.h"

namespace ganglion {

/// Codes 1 to 15 are common (common.rdl); a block's own start at kFirstOwnError.
using accelerator_common::AcceleratorError;
inline constexpr uint32_t kFirstOwnError = 16;

/// Why a job cannot be done: what ERROR and the log line say.
struct JobError {
  AcceleratorError code = AcceleratorError::kNone;
  const RegisterInfo* reg = nullptr;  ///< register that broke the rule, nullptr when none did
  uint64_t value = 0;                 ///< value that broke it
  std::string rule;                   ///< what would be right: "must be a multiple of 2"
  uint64_t address = 0;               ///< bus address of a DMA error

  /// "IN_ROW_STRIDE (offset 0x124) = 7 (0x7): must be a multiple of 2 (MISALIGNED)"; `bank` as for name_of.
  [[nodiscard]] std::string to_string(const RegisterBank* bank = nullptr) const;
};

/// The error of a rule that a model, which knows no registers, found broken. `value` is a register's 32 bits
/// (a negative number keeps its bit pattern) or a 64-bit address. With `offset`, the value lies in memory,
/// that many bytes from the address in the register.
[[nodiscard]] JobError broken_rule(AcceleratorError code, const Register* reg, int64_t value,
                                   std::string rule, std::optional<uint64_t> offset);

/// Name of a code as the RDL has it: "MISALIGNED", or, of a block's own in its register FAULT, "DIMENSION".
/// "code 17" without the block's bank, or when that has no such register.
[[nodiscard]] std::string name_of(AcceleratorError code, const RegisterBank* bank = nullptr);

/// MISALIGNED unless `value` is a multiple of `multiple`.
[[nodiscard]] std::optional<JobError> require_multiple(const RegisterInfo& reg, uint64_t value,
                                                       uint64_t multiple);
/// OUT_OF_RANGE unless low <= value <= high.
[[nodiscard]] std::optional<JobError> require_range(const RegisterInfo& reg, uint64_t value, uint64_t low,
                                                    uint64_t high);
/// `code` with `rule` unless `holds`.
[[nodiscard]] std::optional<JobError> require(bool holds, AcceleratorError code, const RegisterInfo& reg,
                                              uint64_t value, std::string rule);
/// The first one that is an error.
[[nodiscard]] std::optional<JobError> first_error(std::initializer_list<std::optional<JobError>> checks);

/// Thrown by an engine (or by the DMA under it) to end the job with an error.
struct JobFailure {
  JobError error;
};
/// Thrown through an engine when the block is reset under it. Engines let it pass; their job state dies with
/// the stack.
struct JobAborted {};

/// What a running job may do: move data, let time pass, book actions. Called from the job's thread only.
///
/// Time: the job keeps an integer cycle of the block's clock; every operation ends on an edge. A burst takes
/// the bus delay rounded up to whole cycles. The datapath may be busy beside the DMA (start_compute).
class JobContext {
 public:
  virtual ~JobContext() = default;
  [[nodiscard]] virtual uint32_t job_id() const = 0;
  /// Block-clock cycles since the job became active.
  [[nodiscard]] virtual uint64_t cycles() const = 0;

  /// Fetches data.size() bytes at a bus address, in bursts; returns the cycles it took. Throws JobFailure
  /// (BUS_READ with the address of the failing burst, OVERFLOW when the range passes 2^64) and JobAborted.
  virtual uint64_t dma_read(uint64_t address, std::span<std::byte> data) = 0;
  /// Stores data.size() bytes; as dma_read with BUS_WRITE. Bursts before a failing one have been written.
  virtual uint64_t dma_write(uint64_t address, std::span<const std::byte> data) = 0;

  /// Lets `cycles` pass, booked to `cause`. Throws JobAborted.
  virtual void wait_cycles(uint64_t cycles, TimeCause cause) = 0;
  /// The datapath is busy for `cycles` from now on; returns at once, so that DMA overlaps. One computation at
  /// a time: waits for an earlier one first.
  virtual void start_compute(uint64_t cycles) = 0;
  /// Waits until the datapath is free.
  virtual void await_compute() = 0;
};

}  // namespace ganglion
