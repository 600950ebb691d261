#include "platform/soc/hang_doctor.h"

#include <algorithm>

#include "platform/accel/accelerator_shell.h"
#include "platform/peripherals/clint.h"
#include "platform/peripherals/uart16550.h"

namespace ganglion {
namespace {

constexpr std::size_t kMostStates = 4096;  ///< more are no small loop
constexpr uint64_t kTimerTooFarPs = 3600 * kPicosecondsPerSecond;
constexpr unsigned kMie = 0x304;
constexpr unsigned kStimecmp = 0x14d;

bool timer_enabled(const HartCore& core) {
  const uint64_t timers = uint64_t{1} << static_cast<unsigned>(InterruptBit::kMachineTimer) |
                          uint64_t{1} << static_cast<unsigned>(InterruptBit::kSupervisorTimer);
  return (core.csr(kMie).value_or(0) & timers) != 0;
}

}  // namespace

HangDoctor::Progress HangDoctor::progress() const {
  Progress now{};
  auto& [jobs, output, regions, interrupts, sleeps, resets] = now;
  PlatformServices& services = soc_.services();
  for (const Component* component : soc_.components()) {
    jobs += component->figures().jobs;
    if (dynamic_cast<const Uart16550*>(component) != nullptr)
      output += services.energy.traffic(component->id()).booked_writes;
  }
  for (const RegionLedger::Region& region : services.regions.regions()) regions += region.open ? 1 : 2;
  // An exception may come for ever to a handler that returns to it, and so may an interrupt whose handler
  // does not clear its source.
  interrupts = soc_.hart().interrupts() - soc_.hart().interrupts_at_once();
  sleeps = soc_.hart().totals().idle_cycles;
  resets = soc_.hart().resets();
  return now;
}

/// PC and registers as one number (FNV-1a).
uint64_t HangDoctor::hart_state() const {
  const HartCore& core = soc_.hart().core();
  uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&hash](uint64_t value) { hash = (hash ^ value) * 0x100000001b3 ^ (hash >> 29); };
  mix(core.pc());
  for (unsigned i = 1; i < 32; ++i) mix(core.integer_register(i));
  return hash;
}

/// Something under way will change what the hart sees.
bool HangDoctor::may_go_on(uint64_t now_ps) const {
  const HartCore& core = soc_.hart().core();
  for (const Component* component : soc_.components()) {
    if (const auto* shell = dynamic_cast<const AcceleratorShell*>(component);
        shell != nullptr && shell->register_bank().status.busy())
      return true;
    if (const auto* uart = dynamic_cast<const Uart16550*>(component);
        uart != nullptr && uart->has_live_input())
      return true;
    if (const auto* clint = dynamic_cast<const Clint*>(component); clint != nullptr && timer_enabled(core)) {
      const uint64_t due = std::min(clint->compare(0), core.csr(kStimecmp).value_or(~uint64_t{0}));
      if (core.waiting() && due > clint->mtime_at(now_ps) && due < clint->mtime_at(now_ps + kTimerTooFarPs))
        return true;
    }
  }
  return false;
}

bool HangDoctor::look(uint64_t now_ps) {
  if (patience_ps_ == 0) return false;
  const Progress now = progress();
  const bool new_state = states_.insert(hart_state()).second;
  if (now != last_ || new_state || may_go_on(now_ps)) {
    if (now != last_ || states_.size() > kMostStates) states_.clear();
    last_ = now;
    last_progress_ps_ = now_ps;
    exceptions_ = soc_.hart().exceptions();
    interrupts_at_once_ = soc_.hart().interrupts_at_once();
    return false;
  }
  return now_ps - last_progress_ps_ >= patience_ps_;
}

}  // namespace ganglion
