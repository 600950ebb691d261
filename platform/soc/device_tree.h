#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/cpu/isa.h"
#include "platform/soc/memory_layout.h"
#include "platform/soc/scenario.h"

namespace ganglion {

/// The flattened device tree of a scenario: harts, memory, placed images and results under /reserved-memory,
/// and every mapped component whose type has a `compatible` string. Node names and properties follow QEMU's
/// `virt` machine, so that one ELF finds its devices on both.
[[nodiscard]] std::vector<uint8_t> make_device_tree(const Scenario& scenario, const MemoryLayout& layout,
                                                    const InstructionSet& isa);

}  // namespace ganglion
