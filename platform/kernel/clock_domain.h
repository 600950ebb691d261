#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "platform/base/cycles.h"

namespace ganglion {

/// A clock without a free-running signal: converts cycles to time from the domain's epoch.
/// Changing the frequency starts a new epoch at the given time; cycle numbers go on counting.
///
/// models: an ideal clock: edge n at floor(n * 10^12 / f) ps after the epoch. leaves out: jitter, skew, the
/// time a PLL needs to lock on a new frequency. checked against: test/clock_domain_test.cpp. error bound:
/// below 1 ps an edge, never accumulated.
class ClockDomain {
 public:
  ClockDomain(std::string name, uint64_t frequency_hz, double voltage_v);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] uint64_t frequency_hz() const { return frequency_hz_; }
  [[nodiscard]] double voltage_v() const { return voltage_v_; }

  /// Time in ps of clock edge number `cycle` (edge 0 is time 0 of the first epoch). `cycle` must not lie
  /// before the epoch.
  [[nodiscard]] uint64_t edge_ps(uint64_t cycle) const {
    return epoch_ps_ + cycles_to_ps(cycle - epoch_cycle_, frequency_hz_);
  }
  /// Number of the first edge at or after `ps` (not before the epoch).
  [[nodiscard]] uint64_t cycle_at_or_after(uint64_t ps) const {
    return ps <= epoch_ps_ ? epoch_cycle_ : epoch_cycle_ + ps_to_cycles_ceil(ps - epoch_ps_, frequency_hz_);
  }
  /// Number of the last edge at or before `ps`.
  [[nodiscard]] uint64_t cycle_at_or_before(uint64_t ps) const {
    return ps <= epoch_ps_ ? epoch_cycle_ : epoch_cycle_ + ps_to_cycles_floor(ps - epoch_ps_, frequency_hz_);
  }
  /// Fewest cycles that last at least `ps`: how a delay of the bus is rounded to this clock.
  [[nodiscard]] uint64_t cycles_for(uint64_t ps) const { return ps_to_cycles_ceil(ps, frequency_hz_); }

  /// New frequency and voltage from the first edge at or after `now_ps`; observers (ledgers, harts) are told
  /// before the change. Values of zero are our own bug (std::logic_error): the PMU refuses them first.
  void set_operating_point(uint64_t frequency_hz, double voltage_v, uint64_t now_ps);
  void on_change(std::function<void()> before_change) { observers_.push_back(std::move(before_change)); }
  /// Back to the operating point of construction; cycle numbers go on counting, as time does.
  void reset(uint64_t now_ps);

 private:
  std::string name_;
  uint64_t frequency_hz_;
  double voltage_v_;
  uint64_t initial_frequency_hz_;
  double initial_voltage_v_;
  uint64_t epoch_ps_ = 0;
  uint64_t epoch_cycle_ = 0;
  std::vector<std::function<void()>> observers_;
};

}  // namespace ganglion
