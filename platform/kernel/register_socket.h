#pragma once

#include <cstdint>
#include <cstring>
#include <tlm>

#include "platform/kernel/register_bank.h"

namespace ganglion {

/// Serves one TLM transaction from `bank` with all effects of the access. Sets the response: undefined offset
/// -> address error; other than an aligned 32-bit transfer -> burst error; byte enables -> byte enable error;
/// neither read nor write -> command error.
inline void serve_registers(RegisterBank& bank, tlm::tlm_generic_payload& payload) {
  if (payload.get_byte_enable_ptr() != nullptr) {
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    return;
  }
  if (payload.get_streaming_width() < payload.get_data_length()) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return;
  }
  uint32_t value = 0;
  RegisterStatus status = RegisterStatus::kOk;
  if (payload.is_read()) {
    status = bank.read(payload.get_address(), payload.get_data_length(), value);
    if (status == RegisterStatus::kOk) std::memcpy(payload.get_data_ptr(), &value, sizeof value);
  } else if (payload.is_write()) {
    if (payload.get_data_length() == sizeof value) std::memcpy(&value, payload.get_data_ptr(), sizeof value);
    status = bank.write(payload.get_address(), payload.get_data_length(), value);
  } else {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    return;
  }
  switch (status) {
    case RegisterStatus::kOk:
      payload.set_response_status(tlm::TLM_OK_RESPONSE);
      break;
    case RegisterStatus::kUndefined:
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      break;
    case RegisterStatus::kBadShape:
      payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
      break;
  }
}

/// Debug reads without side effects, as many aligned words as there are registers; writes are refused (a
/// debugger that wants the effects uses the hart). Returns the bytes transferred.
inline unsigned serve_registers_debug(const RegisterBank& bank, tlm::tlm_generic_payload& payload) {
  if (!payload.is_read()) return 0;
  unsigned done = 0;
  uint32_t value = 0;
  while (done + sizeof value <= payload.get_data_length() &&
         bank.peek(payload.get_address() + done, value) == RegisterStatus::kOk) {
    std::memcpy(payload.get_data_ptr() + done, &value, sizeof value);
    done += sizeof value;
  }
  return done;
}

}  // namespace ganglion
