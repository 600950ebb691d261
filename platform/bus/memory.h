#pragma once

#include <cstdint>
#include <span>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "platform/bus/host_pages.h"
#include "platform/kernel/component.h"
#include "platform/kernel/component_registry.h"
#include "platform/kernel/dmi_counters.h"

namespace ganglion {

/// Random-access memory: on-chip SRAM, off-chip DRAM (they differ in costs and default timing), and the
/// ground of the boot ROM.
///
/// Models: a latency for the first beat of a transaction and a streaming rate for the others
/// (delay = latency + (beats - 1) * beat time), reads and writes apart; beats and fetched lines booked alike
/// through b_transport and DMI. The latency of a DMI grant is that of one beat.
/// Leaves out: banks, rows and refresh of a DRAM (its latency and energy are averages), wear, errors.
/// Checked against: test/memory_test.cpp (DMI and b_transport give the same counts and latencies).
/// Error bound: none published; energies are bounded in cost_sram.yaml and cost_dram.yaml.
class Memory : public Component {
 public:
  static ComponentType sram_type();  ///< "sram"
  static ComponentType dram_type();  ///< "dram"

  explicit Memory(const ComponentContext& context);

  tlm::tlm_base_target_socket<64>* target_socket() override { return &socket_; }
  /// All bytes 0, as after power-up.
  void reset() override;
  void end_of_elaboration() override;
  [[nodiscard]] ComponentFigures figures() const override;

  /// Beats and lines so far; those of a hart with DMI as of its last fold.
  [[nodiscard]] const MemoryCounters& counters() const { return counters_; }
  [[nodiscard]] uint64_t size_bytes() const { return pages_.size(); }
  /// Places bytes of an image without time, energy or bookings. std::out_of_range when they do not fit.
  void load(uint64_t offset, std::span<const uint8_t> bytes);
  /// Zeroes a span (an ELF segment's .bss). std::out_of_range when it does not fit.
  void clear(uint64_t offset, uint64_t length);
  /// Copies bytes out without time, energy or bookings. std::out_of_range when they do not fit.
  void peek(uint64_t offset, std::span<uint8_t> bytes) const;

 protected:
  Memory(const ComponentContext& context, bool writable);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  [[nodiscard]] tlm::tlm_response_status check(const tlm::tlm_generic_payload& payload) const;
  void copy(const tlm::tlm_generic_payload& payload);
  void check_span(uint64_t offset, uint64_t length) const;
  void fold();

  tlm_utils::simple_target_socket<Memory, 64> socket_;
  HostPages pages_;
  const bool writable_;
  uint64_t read_latency_ps_;
  uint64_t write_latency_ps_;
  uint64_t bytes_per_second_;
  MemoryCounters counters_;  ///< bumped here and by harts through their DMI grant
  MemoryCounters folded_;    ///< the part that the ledger has
  TrafficCounters& traffic_;
  ActionCounter& reads_;
  ActionCounter* writes_;  ///< nullptr: not writable
  ActionCounter& fetches_;
};

/// Read-only memory, loaded before the run: writes end in TLM_COMMAND_ERROR_RESPONSE, DMI is granted for
/// reading.
class Rom : public Memory {
 public:
  static ComponentType type();  ///< "rom"
  explicit Rom(const ComponentContext& context) : Memory(context, false) {}
};

}  // namespace ganglion
