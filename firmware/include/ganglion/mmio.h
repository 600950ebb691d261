/// Device registers: one aligned access each, never merged or split by the compiler.
#pragma once

#include <stdint.h>

static inline uint8_t gn_read8(uintptr_t address) { return *(volatile const uint8_t*)address; }
static inline void gn_write8(uintptr_t address, uint8_t value) { *(volatile uint8_t*)address = value; }
static inline uint32_t gn_read32(uintptr_t address) { return *(volatile const uint32_t*)address; }
static inline void gn_write32(uintptr_t address, uint32_t value) { *(volatile uint32_t*)address = value; }

/// A 64-bit counter as a LO/HI pair: reading LO latches HI (architecture.md section 4).
static inline uint64_t gn_read64_latched(uintptr_t lo, uintptr_t hi) {
  const uint64_t low = gn_read32(lo);
  return low | (uint64_t)gn_read32(hi) << 32;
}
