/// Control and status registers of the hart, and the fence between memory and devices.
#pragma once

#include <stdint.h>

#define gn_csr_read(name)                                         \
  __extension__({                                                 \
    uint64_t value_;                                              \
    __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory"); \
    value_;                                                       \
  })
#define gn_csr_write(name, value) __asm__ volatile("csrw " #name ", %0" ::"rK"(value) : "memory")
#define gn_csr_set(name, bits) __asm__ volatile("csrs " #name ", %0" ::"rK"(bits) : "memory")
#define gn_csr_clear(name, bits) __asm__ volatile("csrc " #name ", %0" ::"rK"(bits) : "memory")

enum {
  GN_MSTATUS_MIE = 1 << 3,
  GN_MIE_SOFTWARE = 1 << 3,
  GN_MIE_TIMER = 1 << 7,
  GN_MIE_EXTERNAL = 1 << 11,
};

/// Cycles of the hart's clock and instructions retired since reset.
static inline uint64_t gn_cycles(void) { return gn_csr_read(mcycle); }
static inline uint64_t gn_instructions(void) { return gn_csr_read(minstret); }

/// What was stored before is in memory before the next device access, and the other way round.
static inline void gn_fence(void) { __asm__ volatile("fence iorw, iorw" ::: "memory"); }
