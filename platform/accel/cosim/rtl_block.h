#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "platform/accel/cosim/rtl_machine.h"
#include "platform/accel/dma.h"
#include "platform/kernel/component.h"
#include "platform/kernel/component_registry.h"

namespace ganglion {

/// Where RTL comes from and how it is run.
struct RtlSource {
  std::string library;   ///< file
  SourceLocation where;  ///< of its name in the scenario
  RtlMachine::Options options{};
  /// Which block it must be; without, the library's own RDL says.
  std::optional<uint32_t> id{};
  std::optional<uint32_t> version{};
  /// How it must have been built.
  std::vector<BuiltConstant> constants{};
};

/// A component that is RTL: registers, DMA and interrupt of the Verilated model on the platform's bus and
/// time.
///
/// models: register accesses with the clock cycles they take; DMA bursts at the edge at which AXI4 completes
/// their
///   request, with the bus's own delays; the interrupt at its edge; edges on the clock domain's grid
/// leaves out: energy (the ledger books nothing; the report says so); power states (the RTL is clocked when
/// it has
///   work, whatever the PMU says); reset takes no time. A register access is carried out at the time of its
///   call: the few edges it takes run ahead of what other initiators do meanwhile
/// checked against: tests/cli/test_rtl.py (the FIR filter of docs/examples) and test_both.py (the SC-CNN
/// core) error bound: exact to the cycle but for what is left out
class RtlBlock final : public Component {
 public:
  /// "rtl": a block that has no model at all.
  static ComponentType type();

  /// ConfigError when the library, its ports or its identity do not fit.
  RtlBlock(const ComponentContext& context, const RtlSource& source);
  ~RtlBlock() override;

  tlm::tlm_base_target_socket<64>* target_socket() override { return &register_socket_; }
  std::vector<tlm::tlm_base_initiator_socket<64>*> initiator_sockets() override;
  void reset() override;
  [[nodiscard]] ComponentFigures figures() const override { return figures_; }
  [[nodiscard]] bool has_interrupt() const { return machine_.model().has_irq(); }

 private:
  struct InterruptEdge {
    uint64_t edge;
    bool level;
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  [[nodiscard]] std::optional<tlm::tlm_response_status> refused(
      const tlm::tlm_generic_payload& payload) const;
  void catch_up();
  void step();
  /// Ends the run when the RTL has a fault; `during` says what was going on.
  void stop_on_fault(const std::string& during);

  void clock_thread();
  [[nodiscard]] uint64_t horizon_ps() const;
  [[nodiscard]] std::optional<uint64_t> next_event_ps() const;
  void deliver_due();
  void serve(const axi::MemoryRequest& request);
  axi::MemoryAnswer read(const axi::MemoryRequest& request);
  axi::MemoryAnswer write(const axi::MemoryRequest& request);

  tlm_utils::simple_target_socket<RtlBlock, 64> register_socket_;
  std::unique_ptr<tlm_utils::simple_initiator_socket<RtlBlock, 64>> dma_socket_;
  TrafficCounters& traffic_;
  RtlMachine machine_;
  std::unique_ptr<DmaPort> dma_;
  std::deque<axi::MemoryRequest> requests_;  ///< accepted by AXI4, not yet served
  std::deque<InterruptEdge> interrupts_;     ///< seen at the pins, not yet due
  std::shared_ptr<sc_core::sc_event> work_ = std::make_shared<sc_core::sc_event>();
  ComponentFigures figures_;
  bool stopped_ = false;
};

}  // namespace ganglion
