#pragma once

#include <memory>

#include "platform/accel/cosim/rtl_twin.h"
#include "platform/kernel/component.h"
#include "platform/soc/scenario.h"

namespace ganglion {

/// Costs of an instance: those of its type, leakage as its parameters make it. RTL books nothing: it has
/// none.
[[nodiscard]] CostTable costs_of(const InstanceSpec& spec);
/// The model or the RTL, as the scenario says.
[[nodiscard]] std::unique_ptr<Component> make_instance(const InstanceSpec& spec,
                                                       const ComponentContext& context);
/// RTL beside the model of an accelerator; nullptr unless the scenario says both.
[[nodiscard]] std::unique_ptr<RtlTwin> make_twin(const InstanceSpec& spec, Component& component,
                                                 ClockDomain& clock, PlatformServices& services);

}  // namespace ganglion
