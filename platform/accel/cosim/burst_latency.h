#pragma once

#include <cstdint>
#include <map>

namespace ganglion {

/// How long memory takes for a burst, learnt from bursts of the model, so that RTL beside it meets the same
/// memory.
///
/// models: the last burst of as many beats; else a line through the two nearest lengths seen, or one cycle a
/// beat
///   around the only one
/// leaves out: what another master's traffic added or spared at that very moment
/// checked against: cosim/test/burst_latency_test.cpp
/// error bound: exact for lengths that were seen, without contention
class BurstLatency {
 public:
  void learn(uint64_t beats, uint64_t cycles) { cycles_[beats] = cycles; }
  /// At least one cycle a beat.
  [[nodiscard]] uint64_t cycles(uint64_t beats) const {
    if (cycles_.empty()) return beats + kUnknownLatency;
    if (const auto same = cycles_.find(beats); same != cycles_.end()) return same->second;
    const auto above = cycles_.upper_bound(beats);
    if (cycles_.size() == 1) return shifted(*cycles_.begin(), 1.0, beats);
    const auto high = above == cycles_.end()     ? std::prev(above)
                      : above == cycles_.begin() ? std::next(above)
                                                 : above;
    const auto low = std::prev(high);
    const double slope = (static_cast<double>(high->second) - static_cast<double>(low->second)) /
                         static_cast<double>(high->first - low->first);
    return shifted(*low, slope, beats);
  }

 private:
  // No burst of the model says anything: a latency like on-chip memory's.
  static constexpr uint64_t kUnknownLatency = 8;
  static uint64_t shifted(const std::pair<const uint64_t, uint64_t>& from, double slope, uint64_t beats) {
    const double cycles = static_cast<double>(from.second) +
                          slope * (static_cast<double>(beats) - static_cast<double>(from.first));
    return cycles < static_cast<double>(beats) ? beats : static_cast<uint64_t>(cycles);
  }
  std::map<uint64_t, uint64_t> cycles_;
};

}  // namespace ganglion
