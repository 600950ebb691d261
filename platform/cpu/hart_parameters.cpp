#include "platform/cpu/hart_parameters.h"

#include <memory>
#include <string_view>

#include "platform/cpu/hart.h"

namespace ganglion {

namespace embedded {
extern const std::string_view hart_cost_yaml;
}

HartCoreConfig hart_config(const Params& params) {
  HartCoreConfig config;
  config.isa = *InstructionSet::named(params.text("isa"));
  config.hart_id = static_cast<uint64_t>(params.integer("hart_id"));
  config.reset_pc = static_cast<uint64_t>(params.integer("reset_pc"));
  config.timing = find_timing_table(params.text("timing"));
  if (params.boolean("supervisor")) config.isa.add(InstructionExtension::kS);
  config.misaligned_access = params.boolean("misaligned_access");
  config.use_dmi = params.boolean("dmi");
  config.block_instructions = static_cast<uint32_t>(params.integer("block_instructions"));
  if (params.integer("max_instructions") > 0)
    config.max_instructions = static_cast<uint64_t>(params.integer("max_instructions"));
  return config;
}

ParamSchema Hart::schema() {
  const auto spec = [](std::string name, ParamType type, std::string default_text, std::string description) {
    ParamSpec result;
    result.name = std::move(name);
    result.type = type;
    result.default_text = std::move(default_text);
    result.description = std::move(description);
    return result;
  };
  ParamSpec isa = spec("isa", ParamType::kChoice, "rv64imac",
                       "instruction set; Zicsr, Zifencei, Zicntr and U mode included");
  isa.choices.assign(instruction_set_names().begin(), instruction_set_names().end());
  ParamSpec timing = spec("timing", ParamType::kChoice, "small_in_order", "cycles by instruction class");
  for (const TimingTable& table : timing_tables()) timing.choices.emplace_back(table.name);
  ParamSpec quantum = spec("quantum", ParamType::kQuantity, "100 us",
                           "longest run-ahead of simulated time; results do not depend on it");
  quantum.dimension = Dimension::kTime;
  quantum.minimum = 1000;
  ParamSpec hart_id = spec("hart_id", ParamType::kInteger, "0", "mhartid");
  hart_id.minimum = 0;
  ParamSpec reset_pc = spec("reset_pc", ParamType::kInteger, "4096", "address of the first instruction");
  reset_pc.minimum = 0;
  ParamSpec block = spec("block_instructions", ParamType::kInteger, "64",
                         "longest decoded block; results do not depend on it");
  block.minimum = 1;
  block.maximum = 64;
  ParamSpec limit = spec("max_instructions", ParamType::kInteger, "0",
                         "end the run after this many instructions; 0: never");
  limit.minimum = 0;
  return {"hart",
          "RISC-V hart, in-order, loosely timed",
          {isa, timing, quantum, hart_id, reset_pc,
           spec("dmi", ParamType::kBoolean, "true", "direct memory access; results do not depend on it"),
           spec("supervisor", ParamType::kBoolean, "true",
                "S mode, PMP, Sv39 (RV64) and Sstc; false: M and U mode alone"),
           spec("misaligned_access", ParamType::kBoolean, "true",
                "misaligned loads and stores work; false: they trap"),
           block, limit}};
}

void register_hart(ComponentRegistry& registry) {
  ComponentType type;
  type.schema = Hart::schema();
  type.cost_yaml = std::string(embedded::hart_cost_yaml);
  type.device_tree_compatible = "riscv";
  type.window_bytes = 0;
  type.make = [](const ComponentContext& context) { return std::make_unique<Hart>(context); };
  registry.add(std::move(type));
}

}  // namespace ganglion
