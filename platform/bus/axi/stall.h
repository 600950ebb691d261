#pragma once

#include <cstdint>
#include <string_view>

namespace ganglion::axi {

/// When a side holds a handshake back: bit (edge mod 64) of a channel's pattern says whether it may proceed.
struct Stalls {
  static constexpr uint64_t kNone = ~uint64_t{0};
  uint64_t awready = kNone;
  uint64_t wready = kNone;
  uint64_t arready = kNone;
  uint64_t bvalid = kNone;
  uint64_t rvalid = kNone;
  [[nodiscard]] bool operator==(const Stalls&) const = default;
};

/// Patterns in which a channel is held back at `share` (0 to below 1) of the edges, drawn with `seed` for an
/// instance; at one edge of 64 at least it may proceed. A share of 0 stalls nothing.
[[nodiscard]] Stalls random_stalls(double share, uint64_t seed, std::string_view instance_name);

[[nodiscard]] constexpr bool may_proceed(uint64_t pattern, uint64_t edge) {
  return (pattern >> (edge % 64) & 1U) != 0;
}

}  // namespace ganglion::axi
