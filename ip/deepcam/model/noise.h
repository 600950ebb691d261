#pragma once

#include <cstdint>
#include <string_view>

#include "platform/base/random.h"

namespace ganglion::deepcam {

// models:          device imperfections as perturbations of integers: conductance of the projection's cells,
//                  read noise of its column sums, noise of the distance sense amplifiers
// leaves out:      drift, temperature, correlation between neighbours, tails beyond 2.88 standard deviations
// checked against: moments and reproducibility in test/sense_test.cpp and test/hash_test.cpp
// error bound:     none claimed; the standard deviations are parameters

/// How strong the imperfections are; 0 is ideal.
struct NoiseLevels {
  uint32_t conductance_sixteenths = 0;  ///< sd of a projection cell, in 1/16 of an LSB of C; at most 512
  uint32_t read = 0;                    ///< sd of a column sum, in LSB of the sum; at most 2^20
  uint32_t sense_sixteenths = 0;        ///< sd of a sensed Hamming distance, in 1/16 bit; at most 2^14
  /// log2 of the step that distances are rounded to, 0..8; the result stays within 0..k.
  uint32_t sense_step_log2 = 0;
};

/// Perturbations of one instance: keyed by the run's seed, the instance's name and what is perturbed, so the
/// order of evaluation does not matter. All draws are T[byte] of a Philox byte: sd 32 units.
class Noise {
 public:
  Noise(const NoiseLevels& levels, uint64_t seed, std::string_view instance_name);

  [[nodiscard]] const NoiseLevels& levels() const { return levels_; }
  /// Added to 16*C[row][column] of projection `layer`: fixed for the life of the instance.
  [[nodiscard]] int32_t conductance(uint32_t layer, uint32_t row, uint32_t column) const;
  /// Added to a column sum when `job` hashes tile `tile` of `patch`; in LSB of the sum.
  [[nodiscard]] int32_t read(uint32_t job, uint64_t patch, uint32_t tile, uint32_t column) const;
  /// What the sense amplifier of `row` makes of `distance` in search number `search` of `job`; 0..bits.
  [[nodiscard]] uint32_t sense(uint32_t job, uint64_t search, uint32_t row, uint32_t distance,
                               uint32_t bits) const;
  [[nodiscard]] bool sense_ideal() const {
    return levels_.sense_sixteenths == 0 && levels_.sense_step_log2 == 0;
  }

 private:
  NoiseLevels levels_;
  KeyedRandom conductance_, read_, sense_;
};

/// Byte `index` (0..15) of four words, the lowest byte of the first word first.
[[nodiscard]] constexpr uint8_t byte_of(const std::array<uint32_t, 4>& words, uint32_t index) {
  return static_cast<uint8_t>(words[index / 4] >> (index % 4 * 8));
}

}  // namespace ganglion::deepcam
