#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ganglion::deepcam {

/// Rows whose distances a kernel computes at once.
inline constexpr std::size_t kRowGroup = 16;

/// A way to compute distances[row] = popcount(columns[w * stride + row] xor key[w]) summed over w < words,
/// for groups * kRowGroup rows. words is at most 16.
struct SearchKernel {
  const char* name;  ///< "avx512", "avx2" or "portable"
  void (*search)(const uint64_t* columns, std::size_t stride, const uint64_t* key, uint32_t words,
                 std::size_t groups, uint16_t* distances);
};

/// Kernels that this machine can run, the fastest first; the last is the portable one.
[[nodiscard]] const std::vector<SearchKernel>& search_kernels();

}  // namespace ganglion::deepcam
