#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ganglion::sc_cnn {

/// One weight over a run of pixels: products +-(2P - k) of consecutive pixels, negated when `flip` is -1.
struct TapProducts {
  const int16_t* products;
  int16_t flip;  ///< 0 or -1
};

/// Pixels that the accumulate functions handle at once; lengths are multiples of it.
inline constexpr std::size_t kPixelBlock = 32;

/// For every pixel i and every tap in order: s = acc[i] +- products[i]; acc[i] = clamp(s, low, high); a
/// clamped product is counted in saturations[i]. `n` is a multiple of kPixelBlock and products reach at least
/// that far. The 16-bit form is for accumulators of up to 15 bits. At most 65535 taps between two reads of
/// saturations.
void accumulate(int16_t* acc, uint16_t* saturations, std::size_t n, std::span<const TapProducts> taps,
                int16_t low, int16_t high);
void accumulate(int32_t* acc, uint16_t* saturations, std::size_t n, std::span<const TapProducts> taps,
                int32_t low, int32_t high);

}  // namespace ganglion::sc_cnn
