#pragma once

#include "platform/kernel/component_registry.h"

namespace ganglion {

/// Adds "clint", "plic", "uart16550", "exit_device" and "pmu".
void register_peripherals(ComponentRegistry& registry);

}  // namespace ganglion
