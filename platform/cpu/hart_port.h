#pragma once

#include <cstdint>
#include <functional>

#include "platform/kernel/dmi_counters.h"

namespace ganglion {

/// A range of addresses that answers alike. All bounds are inclusive.
struct MemoryRegion {
  uint64_t first = 0;
  uint64_t last = 0;
  bool is_memory = false;      ///< memory does not need the access to happen at kernel time; a device does
  uint8_t* host = nullptr;     ///< DMI: host address of `first`; nullptr when each access is a transaction
  bool host_writable = false;  ///< DMI covers stores too
  uint32_t read_cycles = 0;    ///< DMI latency of a beat in hart cycles
  uint32_t write_cycles = 0;
  MemoryCounters* counters = nullptr;  ///< of the memory; fetches are booked here always, beats with DMI only
  uint64_t hole = 0;                   ///< bytes from here on that do not belong to it: stores there act
  uint64_t hole_bytes = 0;

  [[nodiscard]] bool contains(uint64_t address, uint64_t bytes = 1) const {
    return address >= first && address <= last && bytes - 1 <= last - address &&
           (hole_bytes == 0 || address + bytes <= hole || address >= hole + hole_bytes);
  }
};

/// Outcome of one transaction.
struct BusResult {
  bool ok = false;
  uint32_t cycles = 0;  ///< annotated delay, rounded up to hart cycles
};

/// A trap that was taken.
struct TrapTaken {
  uint64_t cycle = 0;
  uint64_t cause = 0;
  bool interrupt = false;
  uint64_t pc = 0;       ///< of an exception the instruction that caused it, of an interrupt the next one
  uint64_t tval = 0;     ///< address or instruction word; 0 of an interrupt
  bool at_once = false;  ///< an interrupt, and nothing was executed since the return from the last trap
};

/// What the instruction interpreter needs from its surroundings; without SystemC, so that it can be tested
/// alone. Times are cycle numbers of the hart.
class HartPort {
 public:
  virtual ~HartPort() = default;

  /// The region around `address`; an unmapped address gives a region that is no memory.
  virtual MemoryRegion probe(uint64_t address) = 0;
  /// One naturally aligned access of 1, 2, 4 or 8 bytes. Devices are accessed after synchronise(cycle).
  virtual BusResult read(uint64_t address, void* data, unsigned bytes, uint64_t cycle) = 0;
  virtual BusResult write(uint64_t address, const void* data, unsigned bytes, uint64_t cycle) = 0;
  /// Bytes of code without time or booking; false when nothing readable is there.
  virtual bool debug_read(uint64_t address, void* data, unsigned bytes) = 0;

  /// As debug_read, for the accessed and dirty bits of page tables.
  virtual bool debug_write(uint64_t address, const void* data, unsigned bytes) = 0;

  /// Lets simulated time reach `cycle` and everything due by then happen (the interrupt lines are up to date
  /// afterwards).
  virtual void synchronise(uint64_t cycle) = 0;
  /// First cycle, after `cycle`, at which something else may happen: the hart runs ahead no further.
  [[nodiscard]] virtual uint64_t run_ahead_limit(uint64_t cycle) = 0;
  /// Called when synchronised at `cycle`: returns the cycle at which `awake()` first holds or a stop is
  /// requested.
  virtual uint64_t wait_for_interrupt(uint64_t cycle, const std::function<bool()>& awake) = 0;
  /// Value of the `time` CSR at `cycle`.
  [[nodiscard]] virtual uint64_t time_value(uint64_t cycle) = 0;
  /// Raises InterruptBit::kSupervisorTimer while the `time` CSR is at least `compare`; at a synchronised
  /// cycle.
  virtual void supervisor_timer(uint64_t compare) = 0;
  /// A trap was taken; for logs, must not change anything.
  virtual void trapped(const TrapTaken& trap) = 0;
  /// Somebody asked for the end of the simulation.
  [[nodiscard]] virtual bool stopping() const = 0;
};

}  // namespace ganglion
