#include "platform/bus/memory.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "platform/kernel/bus_timing.h"

namespace ganglion {

using sc_core::sc_time;

Memory::Memory(const ComponentContext& context) : Memory(context, true) {}

Memory::Memory(const ComponentContext& context, bool writable)
    : Component(context),
      socket_("socket"),
      pages_(context.size_bytes),
      writable_(writable),
      read_latency_ps_(static_cast<uint64_t>(context.params.integer("read_latency"))),
      write_latency_ps_(writable ? static_cast<uint64_t>(context.params.integer("write_latency")) : 0),
      bytes_per_second_(static_cast<uint64_t>(context.params.integer("bandwidth"))),
      traffic_(context.services.energy.traffic(context.id)),
      reads_(context.services.energy.action(context.id, "read")),
      writes_(writable ? &context.services.energy.action(context.id, "write") : nullptr),
      fetches_(context.services.energy.action(context.id, "fetch")) {
  socket_.register_b_transport(this, &Memory::b_transport);
  socket_.register_get_direct_mem_ptr(this, &Memory::get_direct_mem_ptr);
  socket_.register_transport_dbg(this, &Memory::transport_dbg);
  reset();
}

void Memory::reset() { pages_.clear(0, pages_.size()); }

void Memory::end_of_elaboration() {
  // After every constructor, so that harts have folded their DMI traffic into counters_ before.
  services().energy.on_fold([this] { fold(); });
}

void Memory::fold() {
  const uint64_t reads = counters_.read_beats - folded_.read_beats;
  const uint64_t writes = counters_.write_beats - folded_.write_beats;
  traffic_.booked_reads += reads;
  traffic_.booked_writes += writes;
  reads_.add(reads);
  if (writes_ != nullptr) writes_->add(writes);
  fetches_.add(counters_.fetch_lines - folded_.fetch_lines);
  folded_ = counters_;
}

ComponentFigures Memory::figures() const {
  ComponentFigures figures;
  figures.bytes_read = counters_.read_beats * 8;
  figures.bytes_written = counters_.write_beats * 8;
  return figures;
}

void Memory::check_span(uint64_t offset, uint64_t length) const {
  if (offset > pages_.size() || length > pages_.size() - offset) {
    throw std::out_of_range(instance_name() + ": span runs over the end of the memory");
  }
}

void Memory::load(uint64_t offset, std::span<const uint8_t> bytes) {
  check_span(offset, bytes.size());
  if (!bytes.empty()) std::memcpy(pages_.data() + offset, bytes.data(), bytes.size());
}

void Memory::clear(uint64_t offset, uint64_t length) {
  check_span(offset, length);
  pages_.clear(offset, length);
}

void Memory::peek(uint64_t offset, std::span<uint8_t> bytes) const {
  check_span(offset, bytes.size());
  if (!bytes.empty()) std::memcpy(bytes.data(), pages_.data() + offset, bytes.size());
}

tlm::tlm_response_status Memory::check(const tlm::tlm_generic_payload& payload) const {
  const uint64_t offset = payload.get_address();
  const uint64_t length = payload.get_data_length();
  if (length == 0 || payload.get_streaming_width() < length) return tlm::TLM_BURST_ERROR_RESPONSE;
  if (offset >= pages_.size() || length > pages_.size() - offset) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (payload.is_write() && !writable_) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  if (payload.get_byte_enable_ptr() != nullptr && payload.get_byte_enable_length() == 0) {
    return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

void Memory::copy(const tlm::tlm_generic_payload& payload) {
  uint8_t* const memory = pages_.data() + payload.get_address();
  uint8_t* const data = payload.get_data_ptr();
  const unsigned length = payload.get_data_length();
  uint8_t* const to = payload.is_write() ? memory : data;
  const uint8_t* const from = payload.is_write() ? data : memory;
  const uint8_t* const enables = payload.get_byte_enable_ptr();
  if (enables == nullptr) {
    std::memcpy(to, from, length);
    return;
  }
  const unsigned period = payload.get_byte_enable_length();
  for (unsigned i = 0; i < length; ++i) {
    if (enables[i % period] != TLM_BYTE_DISABLED) to[i] = from[i];
  }
}

void Memory::b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
  const tlm::tlm_response_status status =
      payload.get_command() == tlm::TLM_IGNORE_COMMAND ? tlm::TLM_OK_RESPONSE : check(payload);
  payload.set_response_status(status);
  if (status != tlm::TLM_OK_RESPONSE || payload.get_command() == tlm::TLM_IGNORE_COMMAND) return;

  copy(payload);
  const uint64_t beats = beats_of(payload.get_address(), payload.get_data_length());
  uint64_t latency_ps = read_latency_ps_;
  if (payload.is_write()) {
    counters_.write_beats += beats;
    latency_ps = write_latency_ps_;
  } else {
    counters_.read_beats += beats;
  }
  if (beats > 1) latency_ps += cycles_to_ps((beats - 1) * 8, bytes_per_second_);
  delay += sc_time::from_value(latency_ps);
  payload.set_dmi_allowed(true);
}

bool Memory::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  if (auto* extension = payload.get_extension<MemoryCountersExtension>()) extension->counters = &counters_;
  dmi.set_dmi_ptr(pages_.data());
  dmi.set_start_address(0);
  dmi.set_end_address(pages_.size() - 1);
  dmi.set_read_latency(sc_time::from_value(read_latency_ps_));
  dmi.set_write_latency(sc_time::from_value(write_latency_ps_));
  if (writable_) {
    dmi.allow_read_write();
  } else {
    dmi.allow_read();
  }
  return writable_ || !payload.is_write();
}

unsigned Memory::transport_dbg(tlm::tlm_generic_payload& payload) {
  const uint64_t offset = payload.get_address();
  if (offset >= pages_.size()) return 0;
  // A debugger may write to a ROM (breakpoints).
  const uint64_t length = std::min<uint64_t>(payload.get_data_length(), pages_.size() - offset);
  if (payload.is_write()) {
    std::memcpy(pages_.data() + offset, payload.get_data_ptr(), length);
  } else if (payload.is_read()) {
    std::memcpy(payload.get_data_ptr(), pages_.data() + offset, length);
  }
  return static_cast<unsigned>(length);
}

}  // namespace ganglion
