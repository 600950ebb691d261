#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ganglion {

/// Offset of the device tree in the boot ROM.
inline constexpr uint64_t kDeviceTreeOffset = 0x40;

/// Contents of the boot ROM, wherever it is mapped: reset code that enters `entry` with a0 = hart id and a1 =
/// address of the device tree, and the tree behind it. `xlen` is 32 or 64.
[[nodiscard]] std::vector<uint8_t> make_boot_rom(uint64_t entry, std::span<const uint8_t> device_tree,
                                                 int xlen);

}  // namespace ganglion
