#pragma once

#include "platform/kernel/component_registry.h"

namespace ganglion {

/// Types that no simulation needs: for tests of what a scenario says.
inline ComponentRegistry fake_registry() {
  ComponentRegistry registry;
  ParamSpec lanes;
  lanes.name = "lanes";
  lanes.type = ParamType::kInteger;
  lanes.default_text = "16";
  lanes.description = "lanes";
  lanes.minimum = 1;
  lanes.maximum = 64;
  ParamSpec size;
  size.name = "size";
  size.type = ParamType::kQuantity;
  size.dimension = Dimension::kBytes;
  size.default_text = "1 MiB";
  size.description = "capacity";
  ParamSpec quantum = size;
  quantum.name = "quantum";
  quantum.dimension = Dimension::kTime;
  quantum.default_text = "10 us";
  ParamSpec dmi = lanes;
  dmi.name = "dmi";
  dmi.type = ParamType::kBoolean;
  dmi.default_text = "true";
  const auto add = [&](const std::string& name, std::vector<ParamSpec> params, uint64_t window,
                       const std::string& compatible) {
    ComponentType type;
    type.schema = {name, "a " + name, std::move(params)};
    type.window_bytes = window;
    type.device_tree_compatible = compatible;
    type.make = [](const ComponentContext&) { return std::unique_ptr<Component>(); };
    registry.add(std::move(type));
  };
  add("sram", {size}, 0, "");
  add("hart", {quantum, dmi}, 0, "");
  add("core", {lanes}, 0x10000, "ganglion,core");
  add("plic", {}, 0x1000000, "riscv,plic0");
  return registry;
}

}  // namespace ganglion
