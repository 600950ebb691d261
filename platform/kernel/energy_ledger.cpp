#include "platform/kernel/energy_ledger.h"

#include <cmath>
#include <stdexcept>
#include <utility>

namespace ganglion {
namespace {

// Prices are integers in units of 10^-27 J, so that count * price is exact and reports do not hang on the
// order of floating-point operations: 1 pJ = 10^15 units, 1 nW * 1 ps = 10^6 units, 1 fJ = 10^12 units.
constexpr double kUnitsPerPj = 1e15;
constexpr double kUnitsPerNwPs = 1e6;
constexpr uint128_t kUnitsPerFj = 1'000'000'000'000;

/// Energy in fJ with its bounds, and the part of it that was counted away from the reference voltage.
struct Amount {
  int64_t fj = 0;
  int64_t low_fj = 0;
  int64_t high_fj = 0;
  int64_t off_reference_fj = 0;

  Amount& operator+=(const Amount& other) {
    fj += other.fj;
    low_fj += other.low_fj;
    high_fj += other.high_fj;
    off_reference_fj += other.off_reference_fj;
    return *this;
  }
};

/// Rounding down keeps prices monotonic in the quantity: energy never falls while counts grow.
int64_t floor_fj(uint64_t quantity, double units_each) {
  return static_cast<int64_t>(quantity * static_cast<uint128_t>(std::round(units_each)) / kUnitsPerFj);
}

/// `quantity` of `entry` at `scale` times its cost; `units` converts the entry's unit.
Amount priced(uint64_t quantity, const CostEntry& entry, double units, double scale) {
  Amount amount;
  amount.fj = floor_fj(quantity, entry.value * units * scale);
  amount.low_fj = floor_fj(quantity, entry.low * units * scale);
  amount.high_fj = floor_fj(quantity, entry.high * units * scale);
  if (scale != 1.0) amount.off_reference_fj = amount.fj;
  return amount;
}

}  // namespace

/// Clock edges and time that passed in the states that cost clock power and leakage.
struct EnergyLedger::Statics {
  uint64_t clocked_cycles = 0;  ///< in state on
  uint64_t powered_ps = 0;      ///< in state on or clock gated
};

struct EnergyLedger::Account {
  struct Action {
    const CostEntry* cost = nullptr;
    ActionCounter counter;
    uint64_t settled_count = 0;
    Amount settled;
  };

  std::string name;
  CostTable costs;
  ClockDomain* clock = nullptr;
  std::map<std::string, Action> actions;
  TrafficCounters traffic;

  PowerState state = PowerState::kOn;
  uint64_t segment_ps = 0;     ///< start of the running segment: time
  uint64_t segment_cycle = 0;  ///< and last clock edge at or before it
  Statics unpriced;            ///< closed segments at the present voltage
  Amount settled_clock;
  Amount settled_leakage;
  uint64_t closed_powered_ps = 0;  ///< of all closed segments
};

/// One line of an account's bill.
struct EnergyLedger::Price {
  const std::string& key;
  const CostEntry& cost;
  Amount amount;
};

EnergyLedger::EnergyLedger(ReferenceNode reference, std::function<uint64_t()> now_ps)
    : reference_(reference), now_ps_(std::move(now_ps)) {}

ComponentId EnergyLedger::add_component(const std::string& name, const CostTable& table, ClockDomain& clock) {
  const auto id = static_cast<ComponentId>(accounts_.size());
  auto account = std::make_shared<Account>();
  account->name = name;
  account->costs = scaled_to(table, reference_);
  account->clock = &clock;
  account->segment_ps = now_ps_();
  account->segment_cycle = clock.cycle_at_or_before(account->segment_ps);
  for (const auto& [key, entry] : account->costs.actions) account->actions[key].cost = &entry;
  // The domain may outlive this ledger, so its observer must notice that the account is gone.
  clock.on_change([this, weak = std::weak_ptr<Account>(account)] {
    const auto alive = weak.lock();
    if (!alive) return;
    fold();
    settle(*alive);
  });
  accounts_.push_back(std::move(account));
  return id;
}

ActionCounter& EnergyLedger::action(ComponentId id, const std::string& key) {
  Account& account = *accounts_.at(id);
  const auto found = account.actions.find(key);
  if (found == account.actions.end()) {
    (void)account.costs.action(key);                // throws the readable error
    throw std::logic_error("unreachable: " + key);  // actions mirror the cost table
  }
  return found->second.counter;
}

TrafficCounters& EnergyLedger::traffic(ComponentId id) { return accounts_.at(id)->traffic; }

void EnergyLedger::on_fold(std::function<void()> fold) { folds_.push_back(std::move(fold)); }

void EnergyLedger::fold() const {
  for (const auto& fold : folds_) fold();
}

EnergyLedger::Statics EnergyLedger::running(const Account& account) const {
  const uint64_t now = now_ps_();
  Statics statics;
  if (account.state != PowerState::kOff) statics.powered_ps = now - account.segment_ps;
  if (account.state == PowerState::kOn) {
    const uint64_t cycle = account.clock->cycle_at_or_before(now);
    statics.clocked_cycles = cycle - account.segment_cycle;
  }
  return statics;
}

template <typename Visit>
void EnergyLedger::visit_prices(const Account& account, Visit&& visit) const {
  static const std::string kClock = "clock";
  static const std::string kLeakage = "leakage";
  const double ratio = account.clock->voltage_v() / reference_.voltage_v;
  const double square = ratio * ratio;  // dynamic energy ~ V^2; leakage power ~ V at constant current
  for (const auto& [key, action] : account.actions) {
    Amount amount = action.settled;
    amount += priced(action.counter.count - action.settled_count, *action.cost, kUnitsPerPj, square);
    visit(Price{key, *action.cost, amount});
  }
  Statics statics = running(account);
  statics.clocked_cycles += account.unpriced.clocked_cycles;
  statics.powered_ps += account.unpriced.powered_ps;
  if (account.costs.clock) {
    Amount amount = account.settled_clock;
    amount += priced(statics.clocked_cycles, *account.costs.clock, kUnitsPerPj, square);
    visit(Price{kClock, *account.costs.clock, amount});
  }
  if (account.costs.leakage) {
    Amount amount = account.settled_leakage;
    amount += priced(statics.powered_ps, *account.costs.leakage, kUnitsPerNwPs, ratio);
    visit(Price{kLeakage, *account.costs.leakage, amount});
  }
}

void EnergyLedger::settle(Account& account) {
  visit_prices(account, [&account](const Price& price) {
    if (const auto action = account.actions.find(price.key); action != account.actions.end()) {
      action->second.settled = price.amount;
      action->second.settled_count = action->second.counter.count;
    } else if (account.costs.clock && &price.cost == &*account.costs.clock) {
      account.settled_clock = price.amount;
    } else {
      account.settled_leakage = price.amount;
    }
  });
  account.closed_powered_ps += running(account).powered_ps;
  account.unpriced = {};
  account.segment_ps = now_ps_();
  account.segment_cycle = account.clock->cycle_at_or_before(account.segment_ps);
}

void EnergyLedger::on_power_change(std::function<void(ComponentId, PowerState, PowerState)> listener) {
  power_listeners_.push_back(std::move(listener));
}

void EnergyLedger::set_power_state(ComponentId id, PowerState state) {
  Account& account = *accounts_.at(id);
  if (account.state == state) return;
  for (const auto& listener : power_listeners_) listener(id, account.state, state);
  const Statics segment = running(account);
  account.unpriced.clocked_cycles += segment.clocked_cycles;
  account.unpriced.powered_ps += segment.powered_ps;
  account.closed_powered_ps += segment.powered_ps;
  account.segment_ps = now_ps_();
  account.segment_cycle = account.clock->cycle_at_or_before(account.segment_ps);
  account.state = state;
}

PowerState EnergyLedger::power_state(ComponentId id) const { return account(id).state; }

uint64_t EnergyLedger::powered_ps(ComponentId id) const {
  return account(id).closed_powered_ps + running(account(id)).powered_ps;
}

std::size_t EnergyLedger::component_count() const { return accounts_.size(); }
const std::string& EnergyLedger::name(ComponentId id) const { return account(id).name; }
ClockDomain& EnergyLedger::clock(ComponentId id) const { return *account(id).clock; }
const CostTable& EnergyLedger::costs(ComponentId id) const { return account(id).costs; }

std::map<std::string, uint64_t> EnergyLedger::counts(ComponentId id) const {
  fold();
  std::map<std::string, uint64_t> result;
  for (const auto& [key, action] : account(id).actions) result[key] = action.counter.count;
  return result;
}

int64_t EnergyLedger::energy_fj(ComponentId id) const {
  fold();
  int64_t sum = 0;
  visit_prices(account(id), [&sum](const Price& price) { sum += price.amount.fj; });
  return sum;
}

int64_t EnergyLedger::total_fj() const {
  fold();
  int64_t sum = 0;
  for (const auto& account : accounts_) {
    visit_prices(*account, [&sum](const Price& price) { sum += price.amount.fj; });
  }
  return sum;
}

EnergyLedger::Breakdown EnergyLedger::breakdown(ComponentId id) const {
  fold();
  Breakdown result;
  visit_prices(account(id), [&result](const Price& price) {
    result.by_action_fj[price.key] = price.amount.fj;
    result.by_action_low_fj[price.key] = price.amount.low_fj;
    result.by_action_high_fj[price.key] = price.amount.high_fj;
    // What was counted at another voltage than the entry's rests on the V^2 law, not on the entry's source.
    result.by_class_fj[CostClass::kEstimate] += price.amount.off_reference_fj;
    result.by_class_fj[price.cost.cost_class] += price.amount.fj - price.amount.off_reference_fj;
    result.low_fj += price.amount.low_fj;
    result.high_fj += price.amount.high_fj;
  });
  std::erase_if(result.by_class_fj, [](const auto& entry) { return entry.second == 0; });
  return result;
}

EnergyLedger::TrafficBalance EnergyLedger::traffic_balance() const {
  fold();
  TrafficBalance balance;
  for (const auto& account : accounts_) {
    balance.issued_reads += account->traffic.issued_reads;
    balance.issued_writes += account->traffic.issued_writes;
    balance.booked_reads += account->traffic.booked_reads;
    balance.booked_writes += account->traffic.booked_writes;
  }
  return balance;
}

}  // namespace ganglion
