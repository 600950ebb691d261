#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ip/deepcam/model/noise.h"

namespace ganglion::deepcam {

// models:          the hash unit: a crossbar of n x k cells that holds a random projection, exact column
// sums,
//                  one sign bit a column; optionally cells with conductance variation and sums with read
//                  noise
// leaves out:      how cells are programmed (the matrix of a layer is there when its job starts), IR drop
// checked against: naive sums over projection_value(); Binomial(k, theta/pi) in test/hash_test.cpp
// error bound:     none when ideal

/// C[row][column] of the projection `layer` under `seed`: T[byte], where byte is byte column % 16 (lowest
/// byte of the first word first) of Philox4x32-10 with
///   counter = {column / 16, row, layer, 0x4D414344}, key = {low half of seed, high half of seed}.
[[nodiscard]] int8_t projection_value(uint64_t seed, uint32_t layer, uint32_t row, uint32_t column);

/// The projection of one layer: `inputs` x `bits` cells.
class Projection {
 public:
  /// kBest is what the machine can do; both give the same sums.
  enum class Kernel { kBest, kPortable };

  /// `bits` is a multiple of 16. Cells are C, or 16*C + variation when `noise` varies conductances.
  Projection(uint64_t seed, uint32_t layer, uint32_t inputs, uint32_t bits, const Noise& noise);

  [[nodiscard]] uint32_t inputs() const { return inputs_; }
  [[nodiscard]] uint32_t bits() const { return bits_; }
  /// Factor between column sums here and ideal ones: 1, or 16 with conductance variation.
  [[nodiscard]] int32_t scale() const { return scale_; }

  /// sums[v][column] = sum over rows [row_begin, row_begin + row_count) of x[v][row] * cell[row][column], for
  /// `count` vectors of `inputs` elements that lie `stride` elements apart; exact (row_count * 127 * 2500
  /// must fit int32, which holds to 6,700 rows; without variation to 180,000). row_begin is even.
  void column_sums(std::span<const int8_t> vectors, std::size_t stride, std::size_t count, uint32_t row_begin,
                   uint32_t row_count, std::span<int32_t> sums, Kernel kernel = Kernel::kBest) const;

 private:
  uint32_t inputs_, bits_;
  int32_t scale_;
  /// [panel of 16 columns][pair of rows][16 columns][2 rows]: what multiply-add of 16-bit pairs wants.
  std::vector<int16_t> cells_;
};

/// Projections made so far, so that a matrix is not drawn again for every job. Keeps the last few.
class ProjectionStore {
 public:
  explicit ProjectionStore(uint64_t seed) : seed_(seed) {}
  [[nodiscard]] std::shared_ptr<const Projection> get(uint32_t layer, uint32_t inputs, uint32_t bits,
                                                      const Noise& noise);

 private:
  struct Entry {
    uint32_t layer;
    std::shared_ptr<const Projection> projection;
  };
  uint64_t seed_;
  std::vector<Entry> entries_;  // oldest first
};

}  // namespace ganglion::deepcam
