#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "platform/kernel/component.h"

namespace ganglion {

/// What devices with hand-written registers share (the standard ones, whose layout is given by others): one
/// target socket, checks of an access's shape, booking. An access takes effect at kernel time and takes no
/// time of its own: latency is the router's.
class MmioDevice : public Component {
 public:
  tlm::tlm_base_target_socket<64>* target_socket() override { return &socket_; }

 protected:
  /// `access_bytes`: the allowed sizes, or-ed (4 | 8). Others, and unaligned ones, are burst errors.
  MmioDevice(const ComponentContext& context, unsigned access_bytes);

  /// One access of `bytes` at the aligned `offset`; false when no register is there (address error). Values
  /// stand in the low bits.
  virtual bool read(uint64_t offset, unsigned bytes, uint64_t& value) = 0;
  virtual bool write(uint64_t offset, unsigned bytes, uint64_t value) = 0;

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  [[nodiscard]] tlm::tlm_response_status check(const tlm::tlm_generic_payload& payload) const;

  tlm_utils::simple_target_socket<MmioDevice, 64> socket_;
  const unsigned access_bytes_;
  TrafficCounters& traffic_;
  ActionCounter& accesses_;
};

}  // namespace ganglion
