#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ip/deepcam/model/search_kernel.h"

namespace ganglion::deepcam {

// models:          rows of a content addressable memory; one search gives the Hamming distance of a key to
//                  every row
// leaves out:      match-line analogue behaviour (see noise.h for what the sense amplifiers make of it)
// checked against: bit by bit comparison, 10,000 random searches (test/cam_test.cpp)
// error bound:     exact

/// `rows` words of `bits` bits (a multiple of 64, at most 1024).
class Cam {
 public:
  Cam(uint32_t rows, uint32_t bits, const SearchKernel& kernel = search_kernels().front());

  [[nodiscard]] uint32_t rows() const { return rows_; }
  [[nodiscard]] uint32_t words() const { return words_; }
  [[nodiscard]] uint32_t bits() const { return words_ * 64; }

  /// Writes a row; `word` has words() entries.
  void write(uint32_t row, std::span<const uint64_t> word);
  /// distances[row] = popcount(key xor word of row) for rows 0..distances.size()-1.
  void search(std::span<const uint64_t> key, std::span<uint16_t> distances) const {
    search(key, key.size(), 1, distances);
  }
  /// Searches for `count` keys that lie `key_stride` words apart: distances[key][row] over the same number of
  /// rows each, distances.size() / count.
  void search(std::span<const uint64_t> keys, std::size_t key_stride, std::size_t count,
              std::span<uint16_t> distances) const;

 private:
  uint32_t rows_, words_;
  std::size_t stride_;             ///< rows rounded up to 16
  std::vector<uint64_t> columns_;  ///< [word][row]: neighbouring rows lie side by side in a vector register
  const SearchKernel* kernel_;
};

}  // namespace ganglion::deepcam
