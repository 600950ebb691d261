#include "platform/soc/instance.h"

#include <spdlog/spdlog.h>

#include "platform/accel/cosim/rtl_block.h"
#include "platform/bus/axi/stall.h"

namespace ganglion {
namespace {

axi::Stalls stalls_of(const InstanceSpec& spec) {
  return axi::random_stalls(spec.params.real("stalls.share"),
                            static_cast<uint64_t>(spec.params.integer("stalls.seed")), spec.name);
}

RtlSource rtl_source_of(const InstanceSpec& spec, uint64_t seed) {
  RtlSource source{spec.library, spec.library_where};
  source.options.seed = seed;
  source.options.timeout_cycles = static_cast<uint64_t>(spec.params.integer("rtl_timeout"));
  source.options.unknown_cycles = static_cast<uint64_t>(spec.params.integer("rtl_unknown_cycles"));
  source.options.memory.stalls = stalls_of(spec);
  if (spec.type->identity) {
    source.id = spec.type->identity->id;
    source.version = spec.type->identity->version;
  }
  if (spec.type->built_constants) source.constants = spec.type->built_constants(spec.params);
  return source;
}

}  // namespace

/// none.
CostTable costs_of(const InstanceSpec& spec) {
  if (spec.implementation == Implementation::kRtl) {
    CostTable none;
    none.component = spec.type->schema.name;
    return none;
  }
  CostTable costs = cost_table_of(*spec.type);
  if (costs.leakage && spec.type->leakage_scale) {
    const double scale = spec.type->leakage_scale(spec.params, costs);
    costs.leakage->value *= scale;
    costs.leakage->low *= scale;
    costs.leakage->high *= scale;
  }
  return costs;
}

std::unique_ptr<Component> make_instance(const InstanceSpec& spec, const ComponentContext& context) {
  if (spec.implementation != Implementation::kRtl) return spec.type->make(context);
  spdlog::warn("{}: runs as RTL; its energy is not counted", spec.name);
  auto block = make_component<RtlBlock>(context, rtl_source_of(spec, context.services.seed));
  if (spec.interrupt && !block->has_interrupt()) {
    throw ConfigError({spec.params.where("interrupt"),
                       "an interrupt for '" + spec.name + "', whose RTL has no port irq",
                       "none, or RTL with an output irq", ""});
  }
  return block;
}

std::unique_ptr<RtlTwin> make_twin(const InstanceSpec& spec, Component& component, ClockDomain& clock,
                                   PlatformServices& services) {
  if (spec.implementation != Implementation::kBoth) return nullptr;
  auto* const shell = dynamic_cast<AcceleratorShell*>(&component);
  if (shell == nullptr) {
    throw ConfigError({spec.params.where("impl"),
                       "impl: both for '" + spec.name + "' of type " + spec.type->schema.name,
                       "an accelerator: only their models are compared with RTL", "impl: tlm or rtl"});
  }
  RtlTwin::Options options;
  options.tolerance = {spec.params.real("cycle_tolerance"),
                       static_cast<uint64_t>(spec.params.integer("cycle_allowance"))};
  // The model's memory never waits for its own sake: with stalls, cycles that differ are no mistake of the
  // RTL.
  options.stop_on_cycles = spec.params.given("cycle_check") ? spec.params.text("cycle_check") == "stop"
                                                            : stalls_of(spec) == axi::Stalls{};
  options.waveform = spec.name + "-divergence.vcd";
  return std::make_unique<RtlTwin>(*shell, clock, services, rtl_source_of(spec, services.seed),
                                   std::move(options));
}

}  // namespace ganglion
