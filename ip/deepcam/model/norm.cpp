#include "ip/deepcam/model/norm.h"

#include <algorithm>
#include <array>
#include <functional>

namespace ganglion::deepcam {
namespace {

/// squared[c]: square of the midpoint between codes c and c + 1, in units of 2^-20; beyond 448 lies 480.
constexpr std::array<uint64_t, kLargestNorm + 1> squared_midpoints() {
  std::array<uint64_t, kLargestNorm + 1> squared{};
  for (uint32_t c = 0; c <= kLargestNorm; ++c) {
    const uint64_t midpoint =
        norm_units(static_cast<NormCode>(c)) + norm_units(static_cast<NormCode>(c + 1));  // units of 2^-10
    squared[c] = midpoint * midpoint;
  }
  return squared;
}
constexpr std::array<uint64_t, kLargestNorm + 1> kSquaredMidpoints = squared_midpoints();

}  // namespace

Norm norm_of(uint64_t sum_of_squares, uint32_t shift) {
  // sqrt(S) / 2^shift against a midpoint of 2^-10 units: S * 2^(20 - 2*shift) against its square; for larger
  // shifts the midpoint's square is scaled instead.
  const uint64_t left = shift <= 10 ? sum_of_squares << (20 - 2 * shift) : sum_of_squares;
  const uint32_t right = shift <= 10 ? 0 : 2 * shift - 20;
  // The code is the number of midpoints below: at a tie the even code wins.
  const auto first_not_below = std::ranges::lower_bound(
      kSquaredMidpoints, left, std::ranges::less{}, [right](uint64_t squared) { return squared << right; });
  auto code = static_cast<uint32_t>(first_not_below - kSquaredMidpoints.begin());
  if (first_not_below != kSquaredMidpoints.end() && *first_not_below << right == left && code % 2 == 1)
    ++code;
  if (code > kLargestNorm) return {kLargestNorm, true};
  return {static_cast<NormCode>(code), false};
}

uint64_t sum_of_squares(std::span<const int8_t> vector) {
  uint64_t sum = 0;
  constexpr std::size_t kBlock = 65536;  // 2^16 squares of at most 2^14 fit 32 bits
  for (std::size_t first = 0; first < vector.size(); first += kBlock) {
    uint32_t part = 0;
    for (const int8_t x : vector.subspan(first, std::min(kBlock, vector.size() - first))) {
      part += static_cast<uint32_t>(x * x);
    }
    sum += part;
  }
  return sum;
}

}  // namespace ganglion::deepcam
