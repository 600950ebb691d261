#pragma once

#include <memory>
#include <string>
#include <systemc>

#include "platform/kernel/component.h"
#include "platform/kernel/component_registry.h"

namespace ganglion {

/// Kernel services and one clock for tests of components; builds components from their registered types.
class TestPlatform {
 public:
  explicit TestPlatform(uint64_t frequency_hz = 100'000'000)
      : clock("clock", frequency_hz, 1.1),
        energy(ReferenceNode{}, now),
        time(now),
        regions(energy, time, now),
        services{energy, time, regions, events, stop} {
    time.follow_power(energy);
  }

  /// `yaml`: the instance's parameters, as "{latency: 5 ns}"; "" for all defaults.
  template <typename T = Component>
  std::unique_ptr<T> make(const ComponentType& type, const std::string& name, const std::string& yaml = "",
                          uint64_t size_bytes = 0) {
    const ConfigNode node = parse_config(yaml.empty() ? "{}" : yaml, name + ".yaml");
    const Params params = validate(&node, type.schema);
    const ComponentId id =
        energy.add_component(name, parse_cost_table(type.cost_yaml, type.schema.name), clock);
    time.add_component(id);
    if (size_bytes == 0) size_bytes = type.window_bytes;
    sc_core::sc_module_name scope(name.c_str());
    std::unique_ptr<Component> component =
        type.make({name, id, params, services, clock, 0, size_bytes, &scope});
    return std::unique_ptr<T>(dynamic_cast<T*>(component.release()));
  }

  static uint64_t now() { return sc_core::sc_time_stamp().value(); }

  ClockDomain clock;
  EnergyLedger energy;
  TimeLedger time;
  RegionLedger regions;
  EventLog events;
  StopController stop;
  PlatformServices services;
};

}  // namespace ganglion
