#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "platform/bus/address_map.h"
#include "platform/kernel/component.h"
#include "platform/kernel/component_registry.h"

namespace ganglion {

/// Address-mapped TLM-2.0 interconnect of the SoC.
///
/// Models: decoding with base subtraction; a latency per target and the streaming time of bursts
/// (delay = latency + max(time the target annotates, (beats - 1) * beat time)); contention: an initiator
/// finds its target busy until the transfer before has ended, and waits. The order of requests is kernel
/// time, at equal times harts before devices, then the order of connect(). Energy per beat and per fetched
/// line. Leaves out: outstanding and interleaved transfers of one target (a target serves one at a time), and
/// contention of a hart's traffic to memory that grants DMI: those accesses neither wait nor make others
/// wait, with DMI on or off. Checked against: hand-computed schedules in test/router_contention_test.cpp.
/// Error bound: none published; with one DMA initiator, what is left out is the hart's own slow-down.
class Router : public Component {
 public:
  static ComponentType type();  ///< "router"

  explicit Router(const ComponentContext& context);
  ~Router() override;

  struct Mapping {
    std::string name;
    uint64_t base = 0;
    uint64_t size = 0;  ///< bytes
    ComponentId id = 0;
    std::optional<uint64_t> latency_ps = {};        ///< default: the router's parameter
    std::optional<uint64_t> bytes_per_second = {};  ///< default: the router's parameter
    SourceLocation where = {};
  };
  /// Places a target; offsets it sees begin at 0. Before elaboration ends. ConfigError on overlap.
  void map(const Mapping& mapping, tlm::tlm_base_target_socket<64>& socket);

  enum class InitiatorKind { kHart, kDevice };
  /// Connects a master and returns its index (0, 1, ...): the order of arbitration. `name` is unique here.
  unsigned connect(const std::string& name, ComponentId id, InitiatorKind kind,
                   tlm::tlm_base_initiator_socket<64>& socket);

  void reset() override;
  void end_of_elaboration() override;
  void start_of_simulation() override;

  [[nodiscard]] const AddressMap& address_map() const { return map_; }
  /// ps that the transactions of initiator `index` waited for busy targets.
  [[nodiscard]] uint64_t waited_ps(unsigned index) const;

 private:
  struct InitiatorPort;
  struct TargetPort;

  void transport(InitiatorPort& from, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  bool direct_memory(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  unsigned debug(tlm::tlm_generic_payload& payload);
  void invalidate(const TargetPort& target, uint64_t first, uint64_t last);
  [[nodiscard]] unsigned decode(InitiatorPort& from, uint64_t address, uint64_t length) const;
  [[nodiscard]] bool needs_arbitration(const InitiatorPort& from, const TargetPort& target) const;
  void await_turn(const InitiatorPort& from, TargetPort& target);
  void report_decode_error(const InitiatorPort& from, const tlm::tlm_generic_payload& payload);
  void fold_traffic();

  AddressMap map_;
  std::vector<std::unique_ptr<InitiatorPort>> initiators_;
  std::vector<std::unique_ptr<TargetPort>> targets_;
  uint64_t latency_ps_;
  uint64_t bytes_per_second_;
  unsigned harts_ = 0;
  ActionCounter& beats_;
  ActionCounter& fetches_;
};

}  // namespace ganglion
