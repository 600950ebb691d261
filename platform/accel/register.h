#pragma once

#include "platform/kernel/component_registry.h"

namespace ganglion {

/// Adds "rtl": a block that exists only as RTL.
void register_accel(ComponentRegistry& registry);

}  // namespace ganglion
