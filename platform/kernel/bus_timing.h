#pragma once

#include <cstdint>
#include <tlm>

namespace ganglion {

/// Naturally aligned 64-bit beats that [address, address + bytes) touches, 0 for no bytes: what initiators
/// count as issued and targets as booked. Disabled bytes (byte enables) do not reduce it.
[[nodiscard]] constexpr uint64_t beats_of(uint64_t address, uint64_t bytes) {
  return bytes == 0 ? 0 : (address % 8 + bytes + 7) / 8;
}

/// Attached by an initiator that wants to know which part of a transaction's annotated delay was waiting for
/// the target to become free (TimeCause::kArbitration) and not latency or transfer (kBus, kMemory).
struct BusTimingExtension : tlm::tlm_extension<BusTimingExtension> {
  uint64_t arbitration_ps = 0;  ///< the router adds to it
  tlm::tlm_extension_base* clone() const override { return new BusTimingExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    arbitration_ps = static_cast<const BusTimingExtension&>(other).arbitration_ps;
  }
};

}  // namespace ganglion
