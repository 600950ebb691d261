#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

#include "platform/base/config.h"
#include "platform/kernel/clock_domain.h"
#include "platform/kernel/energy_ledger.h"
#include "platform/kernel/event_log.h"
#include "platform/kernel/interrupt_line.h"
#include "platform/kernel/region_ledger.h"
#include "platform/kernel/stop.h"
#include "platform/kernel/time_ledger.h"

namespace ganglion {

/// Kernel services every component may use; owned by the platform, outlives all components.
struct PlatformServices {
  EnergyLedger& energy;
  TimeLedger& time;
  RegionLedger& regions;
  EventLog& events;
  StopController& stop;
  uint64_t seed = 1;
};

/// What a component learns when it is built.
struct ComponentContext {
  std::string name{};    ///< instance name, also its name in ledgers and report
  ComponentId id = 0;    ///< in the ledgers; registered before construction
  const Params& params;  ///< validated against the type's schema
  PlatformServices& services;
  ClockDomain& clock;
  uint64_t base_address = 0;  ///< where the router maps its target socket
  uint64_t size_bytes = 0;
  /// The open SystemC name scope, so that sockets and processes become children of the component; set by
  /// ComponentRegistry and make_component. Without one (a test that constructs directly) they lie at top
  /// level.
  sc_core::sc_module_name* scope = nullptr;
};

/// Figures every component states in the report; a component fills in what it has.
struct ComponentFigures {
  uint64_t cycles_busy = 0;
  uint64_t jobs = 0;
  uint64_t bytes_read = 0;
  uint64_t bytes_written = 0;
};

/// Opens a SystemC name scope of its own when the context brings none; a base so that it comes before
/// sc_module.
class ComponentScope {
 protected:
  explicit ComponentScope(const ComponentContext& context);
  std::optional<sc_core::sc_module_name> own_scope_;
};

/// A part of the SoC: a SystemC module with sockets, an interrupt line, ledger accounts and a reset.
class Component : private ComponentScope, public sc_core::sc_module {
 public:
  explicit Component(const ComponentContext& context);

  /// Bus side; nullptr when the component is no target. The router subtracts the base address.
  virtual tlm::tlm_base_target_socket<64>* target_socket() { return nullptr; }
  /// Sockets through which the component masters the bus, in arbitration order.
  virtual std::vector<tlm::tlm_base_initiator_socket<64>*> initiator_sockets() { return {}; }
  /// Back to the state after construction; the constructor calls the same code path.
  virtual void reset() = 0;
  [[nodiscard]] virtual ComponentFigures figures() const { return {}; }

  [[nodiscard]] InterruptLine& interrupt() { return interrupt_; }
  [[nodiscard]] const std::string& instance_name() const { return instance_name_; }
  [[nodiscard]] ComponentId id() const { return id_; }

 protected:
  [[nodiscard]] PlatformServices& services() { return services_; }
  [[nodiscard]] ClockDomain& clock() { return clock_; }
  /// Kernel time in ps.
  [[nodiscard]] static uint64_t now_ps();

 private:
  std::string instance_name_;
  ComponentId id_;
  PlatformServices& services_;
  ClockDomain& clock_;
  InterruptLine interrupt_;
};

/// A component whose sockets and processes are named "<instance>.<child>".
template <typename T, typename... Args>
[[nodiscard]] std::unique_ptr<T> make_component(const ComponentContext& context, Args&&... args) {
  sc_core::sc_module_name scope(context.name.c_str());
  ComponentContext scoped = context;
  scoped.scope = &scope;
  return std::make_unique<T>(scoped, std::forward<Args>(args)...);
}

}  // namespace ganglion
