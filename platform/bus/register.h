#pragma once

#include "platform/kernel/component_registry.h"

namespace ganglion {

/// Adds "router", "sram", "dram" and "rom".
void register_bus(ComponentRegistry& registry);

}  // namespace ganglion
