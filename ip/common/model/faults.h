#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/random.h"

namespace ganglion::layers {

// models:          transient bit flips, each bit of the named site with the same independent probability an
//                  event
// leaves out:      permanent faults, multi-bit upsets of one particle, latches and nets that are no site here
//                  (output buffer, requantisation constants, configuration registers), detection and
//                  correction (ECC)
// checked against: closed forms and statistics in test/faults_test.cpp and the blocks' tests
// error bound:     none against this model; how often a bit of silicon flips is the user's assumption

/// Where bits flip, and what one event is. N is the operand width.
enum class FaultSite : uint8_t {
  kNone,
  kBuffer,          ///< SRAM of inputs and weights: the N bits of an element, once when it is written there
  kWeightRegister,  ///< the N bits of a weight, each time it leaves the buffer for its MVM or lane
  kCounter,         ///< SC-CNN: the N bits of a count, each time it is loaded into an MVM's down counter
  kStreamBit,       ///< SC-CNN: a bit of a stream, once
  kProduct,  ///< a product on its way to the accumulator: N+1 bits of the SC-CNN core, 2N of the MAC array
  kAccumulator,  ///< the bits of an accumulator, each time it is written
};
/// As scenarios name it: "stream_bit".
[[nodiscard]] std::string_view name_of(FaultSite site);
/// The site of that name; kNone for "none" and for names that are none.
[[nodiscard]] FaultSite fault_site(std::string_view name);

/// What a scenario asks for.
struct FaultPlan {
  FaultSite site = FaultSite::kNone;
  double rate = 0;  ///< probability that a bit flips in an event
  uint64_t seed = 1;
  [[nodiscard]] bool any() const { return site != FaultSite::kNone && rate > 0; }
};

/// Draws the flips of one instance: Philox keyed by (seed, instance name and site, job and word), so the
/// order of evaluation does not matter. Counts what it injected.
class FaultInjector {
 public:
  FaultInjector(const FaultPlan& plan, std::string_view instance_name);

  [[nodiscard]] bool at(FaultSite site) const { return plan_.site == site; }
  /// Flips of the job that begins now are drawn apart from those of every other.
  void begin_job(uint32_t number) { job_ = number; }
  /// Calls flip(position) for every flipped bit of the word numbered `word` (below 2^44) of the job; `bits`
  /// is at most kMaxBits, positions count from 0.
  template <class Flip>
  void for_flips(uint64_t word, uint32_t bits, Flip&& flip) {
    if (draw(word, 0) >= least_without_[bits]) return;  // nearly all words at the rates of interest
    uint32_t position = first_flip(word, 0, 0, bits);
    for (uint32_t number = 1; position < bits; ++number) {
      ++injected_;
      flip(position);
      position = first_flip(word, number, position + 1, bits);
    }
  }
  /// The flipped bits of a word of up to 63 bits.
  [[nodiscard]] uint64_t flips(uint64_t word, uint32_t bits) {
    uint64_t mask = 0;
    for_flips(word, bits, [&mask](uint32_t position) { mask |= uint64_t{1} << position; });
    return mask;
  }
  /// `value`, a two's complement number of `bits` bits, with the flips of `word`.
  [[nodiscard]] int64_t flipped(int64_t value, uint64_t word, int bits) {
    const uint64_t mask = flips(word, static_cast<uint32_t>(bits));
    if (mask == 0) return value;
    const int up = 64 - bits;
    return static_cast<int64_t>((static_cast<uint64_t>(value) ^ mask) << up) >> up;
  }
  /// Bits flipped so far.
  [[nodiscard]] uint64_t injected() const { return injected_; }

  static constexpr uint32_t kMaxBits = 1024;

 private:
  /// 53 random bits of draw number `number` of `word`.
  [[nodiscard]] uint64_t draw(uint64_t word, uint32_t number) const {
    const auto words = random_.words((uint64_t{job_} << 44) + word, number);
    return (uint64_t{words[0]} << 32 | words[1]) >> 11;
  }
  /// Position of the first flipped bit from `begin` on; `bits` when there is none.
  [[nodiscard]] uint32_t first_flip(uint64_t word, uint32_t number, uint32_t begin, uint32_t bits) const;

  FaultPlan plan_;
  KeyedRandom random_;
  std::vector<double> any_of_;           // [n]: probability of a flip among n bits
  std::vector<uint64_t> least_without_;  // [n]: the least draw that gives none among n bits
  uint32_t job_ = 0;
  uint64_t injected_ = 0;
};

}  // namespace ganglion::layers
