#pragma once

#include <cstdint>
#include <cstring>
#include <systemc>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

#include "platform/accel/dma.h"
#include "platform/kernel/energy_ledger.h"

namespace ganglion::test {

/// RAM at [kBase, kBase + kBytes) that logs bursts, books beats and answers others with an address error.
/// Parts of it may refuse bursts.
class MemoryStub : public sc_core::sc_module {
 public:
  static constexpr uint64_t kBase = 0x8000'0000;
  static constexpr uint64_t kBytes = 0x8'0000;

  struct Burst {
    bool write;
    uint64_t address;
    uint64_t bytes;
    uint64_t time_ps;
  };

  /// Bytes whose bursts are answered with an error.
  struct Refusal {
    uint64_t base = 0, bytes = 0;
    bool reads = true, writes = true;
    bool visible = false;  ///< to debug accesses, as the registers of a device are
    [[nodiscard]] bool touches(uint64_t address, uint64_t size) const {
      return address < base + bytes && base < address + size;
    }
  };

  MemoryStub(const sc_core::sc_module_name& name, TrafficCounters& traffic)
      : sc_module(name), socket("socket"), bytes(kBytes), traffic_(traffic) {
    socket.register_b_transport(this, &MemoryStub::b_transport);
    socket.register_transport_dbg(this, &MemoryStub::transport_dbg);
  }

  tlm_utils::simple_target_socket<MemoryStub, 64> socket;
  std::vector<unsigned char> bytes;
  std::vector<Burst> bursts;
  std::vector<Refusal> refusals;
  uint64_t latency_ps = 20'000;
  uint64_t beat_ps = 5'000;
  uint64_t waiting_ps = 0;  ///< every burst finds another master's before it

  /// What a burst takes.
  [[nodiscard]] uint64_t delay_ps(uint64_t address, uint64_t size) const {
    return waiting_ps + latency_ps + beats_of(address, size) * beat_ps;
  }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const uint64_t address = payload.get_address();
    const uint64_t size = payload.get_data_length();
    bursts.push_back({payload.is_write(), address, size, sc_core::sc_time_stamp().value()});
    delay += sc_core::sc_time::from_value(waiting_ps + latency_ps);
    if (auto* timing = payload.get_extension<BusTimingExtension>()) timing->arbitration_ps += waiting_ps;
    if (address < kBase || address + size > kBase + kBytes) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    for (const Refusal& refusal : refusals) {
      if (refusal.touches(address, size) && (payload.is_write() ? refusal.writes : refusal.reads)) {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
      }
    }
    unsigned char* place = bytes.data() + (address - kBase);
    const uint64_t beats = beats_of(address, size);
    delay += sc_core::sc_time::from_value(beats * beat_ps);
    if (payload.is_write()) {
      std::memcpy(place, payload.get_data_ptr(), size);
      traffic_.booked_writes += beats;
    } else {
      std::memcpy(payload.get_data_ptr(), place, size);
      traffic_.booked_reads += beats;
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  unsigned transport_dbg(tlm::tlm_generic_payload& payload) {
    const uint64_t address = payload.get_address();
    const unsigned size = payload.get_data_length();
    if (!payload.is_read() || address < kBase || address + size > kBase + kBytes) return 0;
    for (const Refusal& refusal : refusals) {
      if (!refusal.visible && refusal.touches(address, size)) return 0;
    }
    std::memcpy(payload.get_data_ptr(), bytes.data() + (address - kBase), size);
    return size;
  }

  TrafficCounters& traffic_;
};

}  // namespace ganglion::test
