#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>

#include "ip/common/test/job_sizes.h"

namespace ganglion::layers {

/// Choices that follow from a seed alone, on every machine: no distribution of the standard library, whose
/// results are its own.
class RandomChoice {
 public:
  explicit RandomChoice(uint64_t seed) {
    std::seed_seq words{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32U)};
    engine.seed(words);
  }
  /// From 0 to count - 1.
  uint32_t below(uint64_t count) { return static_cast<uint32_t>(uint64_t{engine()} * count >> 32U); }
  /// From low to high, both among them.
  uint32_t pick(uint32_t low, uint32_t high) { return low + below(uint64_t{high} - low + 1); }
  uint32_t pick(const JobSizes::Range& range) { return pick(range.low, range.high); }
  bool percent(uint32_t share) { return below(100) < share; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }
  uint32_t word() { return static_cast<uint32_t>(engine()); }

  std::mt19937 engine;
};

}  // namespace ganglion::layers
