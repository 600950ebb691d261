#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ganglion::deepcam {

/// Rows whose distances a kernel computes at once.
inline constexpr std::size_t kRowGroup = 16;

/// Rows of an array and keys to search for; `words` (at most 16) is the length of both.
struct SearchBatch {
  const uint64_t* columns;  ///< [word][row], `column_stride` apart
  std::size_t column_stride;
  std::size_t row_groups;  ///< of kRowGroup rows
  const uint64_t* keys;    ///< [key][word], `key_stride` apart
  std::size_t key_stride;
  std::size_t key_count;
  uint32_t words;
  uint16_t* distances;  ///< [key][row], `distance_stride` apart: popcount of key xor row
  std::size_t distance_stride;
};

/// A way to search a batch.
struct SearchKernel {
  const char* name;  ///< "avx512", "avx2" or "portable"
  void (*search)(const SearchBatch& batch);
};

/// Kernels that this machine can run, the fastest first; the last is the portable one.
[[nodiscard]] const std::vector<SearchKernel>& search_kernels();

}  // namespace ganglion::deepcam
