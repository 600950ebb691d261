#pragma once

#include "platform/kernel/component_registry.h"

namespace ganglion {

/// Every component type of this binary: the platform's own and those of all folders under ip/.
[[nodiscard]] ComponentRegistry make_registry();

/// The blocks under ip/; CMake generates the definition from the folders it finds.
void register_blocks(ComponentRegistry& registry);

}  // namespace ganglion
