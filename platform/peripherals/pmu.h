#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "gn_pmu_register_bank.h"
#include "platform/kernel/component.h"
#include "platform/kernel/component_registry.h"

namespace ganglion {

/// Power management unit: what firmware sees of time and energy, and how it changes power states and clocks.
/// Registers: pmu.rdl. A domain is a component with an account in the energy ledger.
///
/// Models: counters read from the ledgers at the kernel time of the access, so they agree with the report;
/// regions; power states; frequency and voltage of a domain's clock, which all components on that clock
/// share. Leaves out: the time and energy of a transition, which voltage a frequency needs, and any effect of
/// a power state on what a component does. Checked against: test/pmu_test.cpp. Error bound: that of the costs
/// behind the counters.
class Pmu : public Component {
 public:
  static ComponentType type();  ///< "pmu"

  explicit Pmu(const ComponentContext& context);
  tlm::tlm_base_target_socket<64>* target_socket() override { return &socket_; }
  /// Registers, power states (all on) and open regions (closed); clocks are reset by who owns them.
  void reset() override;
  void start_of_simulation() override;

  /// Writes to POWER_STATE of this domain are logged and ignored: what the SoC cannot run without. The PMU
  /// itself is one from the start.
  void keep_on(ComponentId domain) { kept_on_.insert(domain); }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  void connect_counters();
  void connect_controls();
  void show_domain();
  void select(uint32_t domain);
  void set_power_state(uint32_t state);
  void set_operating_point(uint64_t frequency_khz, uint64_t voltage_mv);
  void begin_region();
  void end_region();
  bool close_region();  ///< false when none is open
  /// For firmware, so the report must say that prices were read.
  [[nodiscard]] uint64_t read_price(int64_t energy_fj);

  tlm_utils::simple_target_socket<Pmu, 64> socket_;
  gn_pmu::Registers registers_;
  TrafficCounters& traffic_;
  ActionCounter& accesses_;
  std::set<ComponentId> kept_on_;
  ComponentId selected_ = 0;
};

}  // namespace ganglion
