#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <utility>
#include <vector>

#include "platform/kernel/bus_timing.h"
#include "platform/kernel/dmi_counters.h"

namespace ganglion {

/// A bus master whose transactions a test writes down one by one. What it runs as a thread is given in
/// program.
class TestMaster : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(TestMaster);
  explicit TestMaster(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_invalidate_direct_mem_ptr(this, &TestMaster::on_invalidate);
    SC_THREAD(run);
  }

  struct Outcome {
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    uint64_t delay_ps = 0;
    uint64_t arbitration_ps = 0;
    bool dmi_hint = false;
    [[nodiscard]] bool ok() const { return status == tlm::TLM_OK_RESPONSE; }
  };

  Outcome transfer(tlm::tlm_command command, uint64_t address, std::span<uint8_t> data, uint64_t delay_ps = 0,
                   std::span<uint8_t> byte_enables = {}) {
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, data);
    if (!byte_enables.empty()) {
      payload.set_byte_enable_ptr(byte_enables.data());
      payload.set_byte_enable_length(static_cast<unsigned>(byte_enables.size()));
    }
    BusTimingExtension timing;
    payload.set_extension(&timing);
    sc_core::sc_time delay = sc_core::sc_time::from_value(delay_ps);
    socket->b_transport(payload, delay);
    payload.clear_extension(&timing);
    return {payload.get_response_status(), delay.value(), timing.arbitration_ps, payload.is_dmi_allowed()};
  }

  template <typename T>
  Outcome read(uint64_t address, T& value) {
    return transfer(tlm::TLM_READ_COMMAND, address, {reinterpret_cast<uint8_t*>(&value), sizeof value});
  }
  template <typename T>
  Outcome write(uint64_t address, T value) {
    return transfer(tlm::TLM_WRITE_COMMAND, address, {reinterpret_cast<uint8_t*>(&value), sizeof value});
  }
  /// The value read; a failed access gives 0xdead.
  template <typename T = uint32_t>
  T get(uint64_t address) {
    T value = 0;
    return read(address, value).ok() ? value : static_cast<T>(0xdead);
  }

  unsigned debug(tlm::tlm_command command, uint64_t address, std::span<uint8_t> data) {
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, data);
    return socket->transport_dbg(payload);
  }

  struct Grant {
    bool granted = false;
    tlm::tlm_dmi dmi;
    MemoryCounters* counters = nullptr;
  };
  Grant direct(uint64_t address, tlm::tlm_command command = tlm::TLM_READ_COMMAND) {
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, {});
    MemoryCountersExtension extension;
    payload.set_extension(&extension);
    Grant grant;
    grant.granted = socket->get_direct_mem_ptr(payload, grant.dmi);
    grant.counters = extension.counters;
    payload.clear_extension(&extension);
    return grant;
  }

  tlm_utils::simple_initiator_socket<TestMaster, 64> socket;
  std::function<void()> program;
  std::vector<std::pair<uint64_t, uint64_t>> invalidated;

 private:
  static void fill(tlm::tlm_generic_payload& payload, tlm::tlm_command command, uint64_t address,
                   std::span<uint8_t> data) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(static_cast<unsigned>(data.size()));
    payload.set_streaming_width(static_cast<unsigned>(data.size()));
  }
  void on_invalidate(sc_dt::uint64 first, sc_dt::uint64 last) { invalidated.emplace_back(first, last); }
  void run() {
    if (program) program();
  }
};

}  // namespace ganglion
