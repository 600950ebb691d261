#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ganglion {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): four 32-bit words
/// from a 128-bit counter and a 64-bit key.
[[nodiscard]] std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter,
                                                 std::array<uint32_t, 2> key);

/// FNV-1a, 64 bits: the hash of an instance name in random keys.
[[nodiscard]] uint64_t name_hash(std::string_view name);

/// Device noise keyed by (seed, instance name, operation index): the value does not depend on the order of
/// evaluation.
class KeyedRandom {
 public:
  KeyedRandom(uint64_t seed, std::string_view instance_name);

  /// Four random words of operation `index`; `lane` (0..2^32-1) separates draws within an operation.
  [[nodiscard]] std::array<uint32_t, 4> words(uint64_t index, uint32_t lane = 0) const;
  /// Uniform in [0, 1) with 53 bits.
  [[nodiscard]] double uniform(uint64_t index, uint32_t lane = 0) const;
  /// Standard normal (Box-Muller on one draw).
  [[nodiscard]] double normal(uint64_t index, uint32_t lane = 0) const;

 private:
  std::array<uint32_t, 2> key_;
  uint32_t stream_;
};

}  // namespace ganglion
