#include "platform/bus/register.h"

#include <string_view>

#include "platform/bus/memory.h"
#include "platform/bus/router.h"

namespace ganglion {

namespace embedded {
extern const std::string_view kCostRouter;
extern const std::string_view kCostSram;
extern const std::string_view kCostDram;
extern const std::string_view kCostRom;
}  // namespace embedded

namespace {

ParamSpec quantity(std::string name, Dimension dimension, std::string default_text, std::string description,
                   double minimum, double maximum) {
  ParamSpec spec;
  spec.name = std::move(name);
  spec.type = ParamType::kQuantity;
  spec.dimension = dimension;
  spec.default_text = std::move(default_text);
  spec.description = std::move(description);
  spec.minimum = minimum;
  spec.maximum = maximum;
  return spec;
}

ParamSpec latency(std::string name, std::string default_text, std::string description) {
  return quantity(std::move(name), Dimension::kTime, std::move(default_text), std::move(description), 0, 1e9);
}

ParamSpec bandwidth(std::string default_text, std::string description) {
  return quantity("bandwidth", Dimension::kBandwidth, std::move(default_text), std::move(description), 1e3,
                  1e12);
}

/// Timing and size of a memory that differs from the others by its defaults only.
ComponentType memory_type(std::string name, std::string description, std::string_view costs,
                          const std::string& read_latency, const std::string& write_latency) {
  ParamSpec size = quantity("size", Dimension::kBytes, "64 MiB",
                            "capacity; host memory is used for touched pages only", 4096, 1LL << 40);
  ComponentType type;
  type.schema = {std::move(name),
                 std::move(description),
                 {std::move(size), latency("read_latency", read_latency, "first beat of a read"),
                  latency("write_latency", write_latency, "first beat of a write"),
                  bandwidth("1.6 GB/s", "rate of the beats after the first")}};
  type.cost_yaml = costs;
  type.window_bytes = 0;
  type.make = [](const ComponentContext& context) { return std::make_unique<Memory>(context); };
  return type;
}

}  // namespace

ComponentType Memory::sram_type() {
  return memory_type("sram", "on-chip memory", embedded::kCostSram, "3 ns", "3 ns");
}

ComponentType Memory::dram_type() {
  return memory_type("dram", "off-chip memory with average latencies", embedded::kCostDram, "60 ns", "30 ns");
}

ComponentType Rom::type() {
  ComponentType type;
  type.schema = {"rom",
                 "boot ROM: reset code and device tree",
                 {latency("read_latency", "3 ns", "first beat of a read"),
                  bandwidth("1.6 GB/s", "rate of the beats after the first")}};
  type.cost_yaml = embedded::kCostRom;
  type.window_bytes = 0xf000;  // as QEMU's virt machine
  type.make = [](const ComponentContext& context) { return std::make_unique<Rom>(context); };
  return type;
}

ComponentType Router::type() {
  ComponentType type;
  type.schema = {"router",
                 "interconnect between masters and targets",
                 {latency("latency", "2 ns", "decoding and wires, there and back, of every transaction"),
                  bandwidth("1.6 GB/s", "rate of the beats after the first")}};
  type.cost_yaml = embedded::kCostRouter;
  type.window_bytes = 0;
  type.make = [](const ComponentContext& context) { return std::make_unique<Router>(context); };
  return type;
}

void register_bus(ComponentRegistry& registry) {
  registry.add(Router::type());
  registry.add(Memory::sram_type());
  registry.add(Memory::dram_type());
  registry.add(Rom::type());
}

}  // namespace ganglion
