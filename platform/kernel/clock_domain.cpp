#include "platform/kernel/clock_domain.h"

#include <stdexcept>
#include <utility>

namespace ganglion {

ClockDomain::ClockDomain(std::string name, uint64_t frequency_hz, double voltage_v)
    : name_(std::move(name)),
      frequency_hz_(frequency_hz),
      voltage_v_(voltage_v),
      initial_frequency_hz_(frequency_hz),
      initial_voltage_v_(voltage_v) {
  if (frequency_hz == 0 || voltage_v <= 0.0) {
    throw std::logic_error("clock domain " + name_ + " needs a frequency and a voltage above zero");
  }
}

void ClockDomain::set_operating_point(uint64_t frequency_hz, double voltage_v, uint64_t now_ps) {
  if (frequency_hz == 0 || voltage_v <= 0.0) {
    throw std::logic_error("clock domain " + name_ + " needs a frequency and a voltage above zero");
  }
  if (frequency_hz == frequency_hz_ && voltage_v == voltage_v_) return;
  for (const auto& before_change : observers_) before_change();
  if (frequency_hz != frequency_hz_) {
    const uint64_t cycle = cycle_at_or_after(now_ps);
    epoch_ps_ = edge_ps(cycle);
    epoch_cycle_ = cycle;
    frequency_hz_ = frequency_hz;
  }
  voltage_v_ = voltage_v;
}

void ClockDomain::reset(uint64_t now_ps) {
  set_operating_point(initial_frequency_hz_, initial_voltage_v_, now_ps);
}

}  // namespace ganglion
