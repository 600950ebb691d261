#include "platform/peripherals/mmio_device.h"

#include <bit>
#include <cstring>

namespace ganglion {

MmioDevice::MmioDevice(const ComponentContext& context, unsigned access_bytes)
    : Component(context),
      socket_("socket"),
      access_bytes_(access_bytes),
      traffic_(context.services.energy.traffic(context.id)),
      accesses_(context.services.energy.action(context.id, "access")) {
  socket_.register_b_transport(this, &MmioDevice::b_transport);
}

tlm::tlm_response_status MmioDevice::check(const tlm::tlm_generic_payload& payload) const {
  const unsigned bytes = payload.get_data_length();
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (!std::has_single_bit(bytes) || (bytes & access_bytes_) == 0 || payload.get_address() % bytes != 0 ||
      payload.get_streaming_width() < bytes) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

void MmioDevice::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
  const tlm::tlm_response_status shape = check(payload);
  payload.set_response_status(shape);
  if (shape != tlm::TLM_OK_RESPONSE) return;

  const unsigned bytes = payload.get_data_length();
  uint64_t value = 0;
  bool done = false;
  if (payload.is_write()) {
    std::memcpy(&value, payload.get_data_ptr(), bytes);
    done = write(payload.get_address(), bytes, value);
  } else {
    done = read(payload.get_address(), bytes, value);
    if (done) std::memcpy(payload.get_data_ptr(), &value, bytes);
  }
  if (!done) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  ++(payload.is_write() ? traffic_.booked_writes : traffic_.booked_reads);
  accesses_.add();
}

}  // namespace ganglion
