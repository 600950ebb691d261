#pragma once

#include <cstring>
#include <string>
#include <systemc>
#include <tlm_utils/simple_target_socket.h>

#include "platform/accel/cosim/sparse_bytes.h"
#include "platform/kernel/bus_timing.h"
#include "platform/kernel/energy_ledger.h"

namespace ganglion {

/// The memory of a replayed accelerator: bytes that its recording or its jobs put there; others are an
/// address error, but for those that share a beat with one (a bus moves whole beats), which read as 0.
class ReplayMemory : public sc_core::sc_module {
 public:
  static constexpr uint64_t kLatencyPs = 20'000;
  static constexpr uint64_t kBeatPs = 5'000;

  ReplayMemory(const sc_core::sc_module_name& name, TrafficCounters& traffic)
      : sc_module(name), socket("socket"), traffic_(traffic) {
    socket.register_b_transport(this, &ReplayMemory::b_transport);
    socket.register_transport_dbg(this, &ReplayMemory::transport_dbg);
  }
  tlm_utils::simple_target_socket<ReplayMemory, 64> socket;
  SparseBytes bytes;
  SparseBytes writable;  ///< where the recorded jobs store results

 private:
  [[nodiscard]] static bool touches(const SparseBytes& held, uint64_t address) {
    for (uint64_t i = address / 8 * 8; i < address / 8 * 8 + 8; ++i) {
      if (held.at(i)) return true;
    }
    return false;
  }
  bool read(uint64_t address, unsigned char* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      const auto value = bytes.at(address + i);
      if (!value && !touches(bytes, address + i) && !touches(writable, address + i)) return false;
      data[i] = value ? std::to_integer<unsigned char>(*value) : 0;
    }
    return true;
  }
  bool write(uint64_t address, const unsigned char* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      if (!touches(writable, address + i)) return false;
    }
    for (std::size_t i = 0; i < size; ++i) bytes.put(address + i, std::byte{data[i]});
    return true;
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const uint64_t beats = beats_of(payload.get_address(), payload.get_data_length());
    delay += sc_core::sc_time::from_value(kLatencyPs + beats * kBeatPs);
    const bool ok = payload.is_write()
                        ? write(payload.get_address(), payload.get_data_ptr(), payload.get_data_length())
                        : read(payload.get_address(), payload.get_data_ptr(), payload.get_data_length());
    payload.set_response_status(ok ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    if (ok) (payload.is_write() ? traffic_.booked_writes : traffic_.booked_reads) += beats;
  }
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) {
    const bool ok =
        payload.is_read() && read(payload.get_address(), payload.get_data_ptr(), payload.get_data_length());
    return ok ? payload.get_data_length() : 0;
  }
  TrafficCounters& traffic_;
};

}  // namespace ganglion
