#pragma once

#include <cstdint>
#include <span>
#include <tlm>

#include "platform/kernel/bus_timing.h"
#include "platform/kernel/energy_ledger.h"

namespace ganglion {

/// Bytes of the longest AXI-like burst that starts at `address`: at most 256 beats of 8 bytes, never across a
/// 4 KiB border, no more than `remaining`.
[[nodiscard]] uint64_t burst_bytes(uint64_t address, uint64_t remaining);

/// One burst's answer.
struct BurstResult {
  tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
  uint64_t delay_ps = 0;
  uint64_t arbitration_ps = 0;  ///< the part of delay_ps that went into waiting for the target
  uint64_t beats = 0;
  [[nodiscard]] bool ok() const { return status == tlm::TLM_OK_RESPONSE; }
};

/// Issues bursts through an initiator socket at kernel time and counts the beats of those that succeed.
///
/// models: INCR bursts of 64-bit beats, one at a time. leaves out: outstanding bursts, narrow transfers, bus
/// errors in mid-burst (a burst fails as a whole). checked against: test/dma_test.cpp. error bound: the time
/// of a burst is the target's and the router's.
class DmaPort {
 public:
  DmaPort(tlm::tlm_base_initiator_socket<64>& socket, TrafficCounters& traffic)
      : socket_(socket), traffic_(traffic) {}
  /// `data` is no longer than burst_bytes allows. Calls b_transport with no annotated delay.
  BurstResult read(uint64_t address, std::span<std::byte> data);
  BurstResult write(uint64_t address, std::span<const std::byte> data);

 private:
  BurstResult transfer(tlm::tlm_command command, uint64_t address, unsigned char* data, std::size_t bytes);

  tlm::tlm_base_initiator_socket<64>& socket_;
  TrafficCounters& traffic_;
};

}  // namespace ganglion
