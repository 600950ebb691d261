#include "platform/accel/dma.h"

#include <algorithm>
#include <systemc>

namespace ganglion {

namespace {
constexpr uint64_t kBeatBytes = 8;
constexpr uint64_t kBurstBytes = 256 * kBeatBytes;
constexpr uint64_t kPageBytes = 4096;
}  // namespace

uint64_t burst_bytes(uint64_t address, uint64_t remaining) {
  const uint64_t to_last_beat = kBurstBytes - address % kBeatBytes;
  const uint64_t to_page_end = kPageBytes - address % kPageBytes;
  return std::min({remaining, to_last_beat, to_page_end});
}

BurstResult DmaPort::transfer(tlm::tlm_command command, uint64_t address, unsigned char* data,
                              std::size_t bytes) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(data);
  payload.set_data_length(static_cast<unsigned>(bytes));
  payload.set_streaming_width(static_cast<unsigned>(bytes));
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  BusTimingExtension timing;
  payload.set_extension(&timing);
  const uint64_t begin = sc_core::sc_time_stamp().value();
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket_->b_transport(payload, delay);
  payload.clear_extension(&timing);
  const uint64_t end = (sc_core::sc_time_stamp() + delay).value();  // a target may have waited, too
  return {payload.get_response_status(), end - begin, timing.arbitration_ps, beats_of(address, bytes)};
}

BurstResult DmaPort::read(uint64_t address, std::span<std::byte> data) {
  const BurstResult result =
      transfer(tlm::TLM_READ_COMMAND, address, reinterpret_cast<unsigned char*>(data.data()), data.size());
  if (result.ok()) traffic_.issued_reads += result.beats;
  return result;
}

BurstResult DmaPort::write(uint64_t address, std::span<const std::byte> data) {
  // TLM has one data pointer for both directions; a target does not write through it for a write command.
  auto* bytes = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(data.data()));
  const BurstResult result = transfer(tlm::TLM_WRITE_COMMAND, address, bytes, data.size());
  if (result.ok()) traffic_.issued_writes += result.beats;
  return result;
}

}  // namespace ganglion
