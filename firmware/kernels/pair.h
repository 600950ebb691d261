/// Two int32 numbers in one int64: first + second * 2^32. Sums and products with a scalar act on both at
/// once, exactly, as long as each stays within int32: RV64 has no packed arithmetic, but its 64-bit
/// multiplier does two multiply-accumulates in one `mul` and one `add`.
#pragma once

#include <stdint.h>

static inline int64_t gn_pair(int32_t first, int32_t second) {
  return (int64_t)((uint64_t)(int64_t)first + ((uint64_t)(int64_t)second << 32));
}
static inline int32_t gn_pair_first(int64_t pair) { return (int32_t)pair; }
/// A negative first number has borrowed one from the second.
static inline int32_t gn_pair_second(int64_t pair) {
  return (int32_t)(((uint64_t)pair - (uint64_t)(int64_t)(int32_t)pair) >> 32);
}
