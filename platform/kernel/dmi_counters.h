#pragma once

#include <cstdint>
#include <tlm>

namespace ganglion {

/// What a memory lets a DMI user book on its behalf, so that DMI on or off makes no difference to any ledger.
struct MemoryCounters {
  uint64_t read_beats = 0;  ///< naturally aligned 64-bit beats
  uint64_t write_beats = 0;
  uint64_t fetch_lines = 0;  ///< 32-byte lines of instructions entered
};

/// Attached by an initiator to the payload of get_direct_mem_ptr; a memory fills in its counters even when it
/// refuses DMI.
struct MemoryCountersExtension : tlm::tlm_extension<MemoryCountersExtension> {
  MemoryCounters* counters = nullptr;
  tlm::tlm_extension_base* clone() const override { return new MemoryCountersExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    counters = static_cast<const MemoryCountersExtension&>(other).counters;
  }
};

}  // namespace ganglion
