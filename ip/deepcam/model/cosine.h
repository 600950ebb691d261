#pragma once

#include <cstdint>
#include <vector>

namespace ganglion::deepcam {

// models:          the cosine unit: a table of cos(pi*h/k), or chords over it
// leaves out:      nothing
// checked against: antisymmetry, bounds against the library's cosine (test/cosine_test.cpp)
// error bound:     table half an LSB (3.1e-5); chords 0.0049

enum class CosineUnit : uint8_t { kTable, kPiecewiseLinear };

/// 1.0 in signed Q1.14.
inline constexpr int32_t kCosineOne = 1 << 14;
/// Chords from 0 to 90 degrees of the piecewise linear unit.
inline constexpr uint32_t kChords = 8;

/// cos(pi*h/bits) for h = 0..bits in Q1.14, COS[bits-h] = -COS[h]. `bits` is a multiple of 16.
///   table:    round half up of 2^14 * cos(pi*h/bits)
///   chords:   with L = bits/16 and B_i = table value at i*L: B_i + ((S_i * (h - i*L) + 2^7) >> 8),
///             S_i = round half up of (B_(i+1) - B_i) * 2^8 / L, up to 90 degrees
class Cosine {
 public:
  Cosine(CosineUnit unit, uint32_t bits);
  [[nodiscard]] int32_t operator[](uint32_t distance) const { return values_[distance]; }
  [[nodiscard]] const std::vector<int32_t>& values() const { return values_; }

 private:
  std::vector<int32_t> values_;
};

}  // namespace ganglion::deepcam
