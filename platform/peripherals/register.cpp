#include "platform/peripherals/register.h"

#include <string_view>

#include "platform/peripherals/clint.h"
#include "platform/peripherals/exit_device.h"
#include "platform/peripherals/plic.h"
#include "platform/peripherals/pmu.h"
#include "platform/peripherals/uart16550.h"

namespace ganglion {

namespace embedded {
extern const std::string_view kCostClint;
extern const std::string_view kCostExitDevice;
extern const std::string_view kCostPlic;
extern const std::string_view kCostPmu;
extern const std::string_view kCostUart16550;
}  // namespace embedded

namespace {

/// A device whose window, costs and device tree entry are fixed.
template <typename Device>
ComponentType device_type(ParamSchema schema, std::string_view costs, std::string compatible,
                          uint64_t window_bytes) {
  ComponentType type;
  type.schema = std::move(schema);
  type.cost_yaml = costs;
  type.device_tree_compatible = std::move(compatible);
  type.window_bytes = window_bytes;
  type.make = [](const ComponentContext& context) { return std::make_unique<Device>(context); };
  return type;
}

ParamSpec text(std::string name, std::string default_text, std::string description) {
  ParamSpec spec;
  spec.name = std::move(name);
  spec.type = ParamType::kString;
  spec.default_text = std::move(default_text);
  spec.description = std::move(description);
  return spec;
}

}  // namespace

ComponentType Clint::type() {
  ParamSpec harts;
  harts.name = "harts";
  harts.default_text = std::string("1");
  harts.description = "harts with a timer and a software interrupt";
  harts.minimum = 1;
  harts.maximum = 64;
  return device_type<Clint>({"clint", "machine timer at 10 MHz and software interrupts", {std::move(harts)}},
                            embedded::kCostClint, "riscv,clint0", 0x1'0000);
}

ComponentType Plic::type() {
  return device_type<Plic>({"plic", "interrupt controller for sources 1 to 95", {}}, embedded::kCostPlic,
                           "riscv,plic0", 0x60'0000);
}

ComponentType Uart16550::type() {
  return device_type<Uart16550>(
      {"uart16550",
       "serial port",
       {text("output", "stdio", "where characters go: stdio, stderr, none, capture or file:PATH"),
        text("input", "none",
             "where characters come from: none, file:PATH or stdin (live: the run is not repeatable)"),
        text("first_input", "", "characters that come before those")}},
      embedded::kCostUart16550, "ns16550a", 0x100);
}

ComponentType ExitDevice::type() {
  using namespace std::string_literals;
  return device_type<ExitDevice>({"exit_device", "ends the run at firmware's request", {}},
                                 embedded::kCostExitDevice, "sifive,test1\0sifive,test0"s, 0x1000);
}

ComponentType Pmu::type() {
  return device_type<Pmu>({"pmu", "counters of time and energy, regions, power states, clocks", {}},
                          embedded::kCostPmu, "ganglion,pmu", 0x1000);
}

void register_peripherals(ComponentRegistry& registry) {
  registry.add(Clint::type());
  registry.add(Plic::type());
  registry.add(Uart16550::type());
  registry.add(ExitDevice::type());
  registry.add(Pmu::type());
}

}  // namespace ganglion
