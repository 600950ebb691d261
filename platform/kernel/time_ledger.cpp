#include "platform/kernel/time_ledger.h"

#include <numeric>
#include <stdexcept>
#include <utility>

namespace ganglion {

std::string_view name_of(TimeCause cause) {
  static constexpr std::array<std::string_view, kTimeCauses> kNames{"issue",   "memory", "bus", "arbitration",
                                                                    "compute", "stall",  "idle"};
  return kNames[static_cast<std::size_t>(cause)];
}

TimeLedger::TimeLedger(std::function<uint64_t()> now_ps) : now_ps_(std::move(now_ps)) {}

void TimeLedger::follow_power(EnergyLedger& energy) {
  energy.on_power_change([this](ComponentId id, PowerState before, PowerState after) {
    const bool was_powered = before != PowerState::kOff;
    const bool is_powered = after != PowerState::kOff;
    if (id >= accounts_.size() || was_powered == is_powered) return;
    Account& account = accounts_[id];
    settle(account);
    account.powered = is_powered;
  });
}

void TimeLedger::add_component(ComponentId id) {
  if (id < accounts_.size() && accounts_[id].known) {
    throw std::logic_error("component " + std::to_string(id) + " has a time account already");
  }
  if (id >= accounts_.size()) accounts_.resize(id + 1);
  accounts_[id].known = true;
  accounts_[id].since_ps = now_ps_();
}

void TimeLedger::book(ComponentId id, TimeCause cause, uint64_t ps) {
  Account& account = accounts_.at(id);
  if (account.entered) throw std::logic_error("a component books time by book() or by enter(), not both");
  account.self_kept = true;
  account.booked[static_cast<std::size_t>(cause)] += ps;
}

void TimeLedger::enter(ComponentId id, TimeCause cause) {
  Account& account = accounts_.at(id);
  if (account.self_kept) throw std::logic_error("a component books time by book() or by enter(), not both");
  account.entered = true;
  settle(account);
  account.current = cause;
}

void TimeLedger::on_fold(std::function<void()> fold) { folds_.push_back(std::move(fold)); }

void TimeLedger::fold() const {
  for (const auto& fold : folds_) fold();
}

void TimeLedger::settle(Account& account) const {
  const uint64_t now = now_ps_();
  if (!account.self_kept && account.powered) {
    account.booked[static_cast<std::size_t>(account.current)] += now - account.since_ps;
  }
  account.since_ps = now;
}

std::array<uint64_t, kTimeCauses> TimeLedger::by_cause(ComponentId id) const {
  fold();
  Account copy = accounts_.at(id);
  settle(copy);
  return copy.booked;
}

uint64_t TimeLedger::total(ComponentId id) const {
  const auto causes = by_cause(id);
  return std::accumulate(causes.begin(), causes.end(), uint64_t{0});
}

bool TimeLedger::conserves(const EnergyLedger& energy, ComponentId id) const {
  return total(id) == energy.powered_ps(id);
}

}  // namespace ganglion
