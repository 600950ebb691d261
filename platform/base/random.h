#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ganglion {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): four 32-bit words
/// from a 128-bit counter and a 64-bit key. Inline: models draw it millions of times.
[[nodiscard]] inline std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter,
                                                        std::array<uint32_t, 2> key) {
  // Multipliers and Weyl increments of Philox4x32 (table 2 and section 4.2).
  constexpr uint32_t kMultiplier0 = 0xD2511F53;
  constexpr uint32_t kMultiplier1 = 0xCD9E8D57;
  constexpr uint32_t kWeyl0 = 0x9E3779B9;  // golden ratio
  constexpr uint32_t kWeyl1 = 0xBB67AE85;  // sqrt(3) - 1
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t product0 = uint64_t{kMultiplier0} * counter[0];
    const uint64_t product1 = uint64_t{kMultiplier1} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

/// FNV-1a, 64 bits: the hash of an instance name in random keys.
[[nodiscard]] uint64_t name_hash(std::string_view name);

/// Device noise keyed by (seed, instance name, operation index): the value does not depend on the order of
/// evaluation.
class KeyedRandom {
 public:
  KeyedRandom(uint64_t seed, std::string_view instance_name);

  /// Four random words of operation `index`; `lane` (0..2^32-1) separates draws within an operation.
  [[nodiscard]] std::array<uint32_t, 4> words(uint64_t index, uint32_t lane = 0) const {
    return philox4x32({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), lane, stream_},
                      key_);
  }
  /// Uniform in [0, 1) with 53 bits.
  [[nodiscard]] double uniform(uint64_t index, uint32_t lane = 0) const;
  /// Standard normal (Box-Muller on one draw).
  [[nodiscard]] double normal(uint64_t index, uint32_t lane = 0) const;

 private:
  std::array<uint32_t, 2> key_;
  uint32_t stream_;
};

}  // namespace ganglion
