#pragma once

#include <cstdint>

namespace ganglion {

/// 128 bits for exact products; __extension__ because ISO C++ has no such type.
__extension__ using uint128_t = unsigned __int128;

inline constexpr uint64_t kPicosecondsPerSecond = 1'000'000'000'000ULL;

/// Time of a cycle edge: floor(cycles * 10^12 / frequency_hz), in ps. Never the sum of a rounded period.
[[nodiscard]] constexpr uint64_t cycles_to_ps(uint64_t cycles, uint64_t frequency_hz) {
  return static_cast<uint64_t>(static_cast<uint128_t>(cycles) * kPicosecondsPerSecond / frequency_hz);
}

/// Fewest cycles whose edge lies at or after `ps`: the inverse of cycles_to_ps, rounding up.
[[nodiscard]] constexpr uint64_t ps_to_cycles_ceil(uint64_t ps, uint64_t frequency_hz) {
  const auto scaled = static_cast<uint128_t>(ps) * frequency_hz;
  auto cycles = static_cast<uint64_t>(scaled / kPicosecondsPerSecond);
  // floor() in cycles_to_ps lets the edge of `cycles` lie up to 1 ps early: step back or forth to the exact
  // one.
  while (cycles > 0 && cycles_to_ps(cycles - 1, frequency_hz) >= ps) --cycles;
  while (cycles_to_ps(cycles, frequency_hz) < ps) ++cycles;
  return cycles;
}

/// Number of the last cycle whose edge lies at or before `ps`.
[[nodiscard]] constexpr uint64_t ps_to_cycles_floor(uint64_t ps, uint64_t frequency_hz) {
  const uint64_t up = ps_to_cycles_ceil(ps, frequency_hz);
  return cycles_to_ps(up, frequency_hz) > ps ? up - 1 : up;
}

}  // namespace ganglion
