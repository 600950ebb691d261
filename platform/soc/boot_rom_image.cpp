#include "platform/soc/boot_rom_image.h"

#include <array>

namespace ganglion {
namespace {

constexpr std::size_t kEntryOffset = 0x18;

void put(std::vector<uint8_t>& bytes, uint64_t value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

}  // namespace

std::vector<uint8_t> make_boot_rom(uint64_t entry, std::span<const uint8_t> device_tree, int xlen) {
  const std::array<uint32_t, kEntryOffset / 4> code = {
      0x00000297,                              // auipc t0, 0: the base of the ROM
      0x04028593,                              // addi  a1, t0, kDeviceTreeOffset
      0xf1402573,                              // csrr  a0, mhartid
      xlen == 64 ? 0x0182b283U : 0x0182a283U,  // ld/lw t0, kEntryOffset(t0)
      0x00028067,                              // jr    t0
      0x00000000,                              // never reached, and illegal
  };
  std::vector<uint8_t> rom;
  for (const uint32_t word : code) put(rom, word, 4);
  put(rom, entry, 8);
  rom.resize(kDeviceTreeOffset);
  rom.insert(rom.end(), device_tree.begin(), device_tree.end());
  return rom;
}

}  // namespace ganglion
