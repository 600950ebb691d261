#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "platform/cpu/isa.h"

namespace ganglion {

/// Cycles of a hart's pipeline. Each instruction issues in one cycle; the fields are the cycles that it costs
/// beyond that, all booked as stall. Memory latency comes from the bus and is added to loads, stores and
/// AMOs.
///
/// models: multi-cycle units, taken-transfer bubbles, load-use and jump-register hazards between neighbours.
/// leaves out: instruction fetch latency, dynamic branch prediction (a table may assume that backward
/// branches are predicted taken and forward ones not), hazards beyond the next instruction and across a 4 KiB
/// page border, and the extra cycle for jumps to a long instruction that is not word aligned. checked
/// against: the cycle table of each source, instruction by instruction (test/timing_test.cpp). error bound:
/// none against silicon; not measured.
struct TimingTable {
  std::string_view name;
  std::string_view description;
  std::string_view source;
  uint8_t mul = 0;                  ///< lower-half multiplication
  uint8_t mul_high = 0;             ///< mulh, mulhsu, mulhu
  uint8_t div = 0;                  ///< division and remainder, fixed part
  bool div_leading_zeros = false;   ///< one cycle more for each leading zero bit of the divisor
  uint8_t mul_use = 0;              ///< the next instruction reads the product, or multiplies or divides
  uint8_t branch_taken = 0;         ///< a taken branch, forward or backward
  uint8_t branch_mispredicted = 0;  ///< a branch taken forward or not taken backward
  uint8_t jump = 0;
  uint8_t jump_indirect = 0;    ///< jalr that is no return (x1 or x5 to x0), beyond `jump`
  uint8_t load_use = 0;         ///< the next instruction reads the loaded register
  uint8_t load_use_narrow = 0;  ///< beyond load_use, for bytes and half words
  uint8_t jump_register = 0;    ///< jalr reads the register that the previous instruction wrote
  uint8_t csr = 0;
  uint8_t amo = 0;
  uint8_t misaligned = 0;  ///< second transfer of a misaligned access
  uint8_t fence_i = 0;
  uint8_t trap_entry = 0;  ///< from the trapped instruction to the first one of the handler
  uint8_t trap_return = 0;
  uint8_t fp_use = 0;  ///< the next instruction reads the result of a floating-point one, division excepted
  uint8_t fp_use_double = 0;  ///< beyond fp_use, in double precision
  uint8_t fp_div = 0;         ///< floating-point division and square root
  uint8_t fp_div_double = 0;  ///< beyond fp_div, in double precision

  /// Extra cycles of an instruction, whether it transfers control or not.
  [[nodiscard]] uint32_t extra_cycles(const DecodedInstruction& instruction) const;
  /// Extra cycles of a branch that is taken, and of one that is not.
  [[nodiscard]] uint32_t taken_cycles(const DecodedInstruction& branch) const;
  [[nodiscard]] uint32_t not_taken_cycles(const DecodedInstruction& branch) const;
  /// Whether hazard_cycles can be other than 0.
  [[nodiscard]] bool has_hazards() const;
  /// Cycles lost between two neighbours in program order.
  [[nodiscard]] uint32_t hazard_cycles(const DecodedInstruction& first,
                                       const DecodedInstruction& second) const;
};

/// The tables a scenario can name.
[[nodiscard]] std::span<const TimingTable> timing_tables();
/// nullptr when there is no table of that name.
[[nodiscard]] const TimingTable* find_timing_table(std::string_view name);

}  // namespace ganglion
