#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ganglion::deepcam {

/// A plain popcount over a buffer: what a search cannot beat, since it has to load and count the same bits.
struct PopcountBound {
  const char* name;
  uint64_t (*count)(std::span<const uint64_t> words);
};

/// The ways this machine can count: scalar, and with 256 and 512 bit registers where it has them. Buffers are
/// multiples of 64 words.
[[nodiscard]] std::vector<PopcountBound> popcount_bounds();

}  // namespace ganglion::deepcam
