#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/kernel/clock_domain.h"
#include "platform/kernel/cost_table.h"

namespace ganglion {

/// Index of a component in all ledgers, in order of registration.
using ComponentId = uint32_t;

/// An exact count of one action of one component. Hot paths hold a reference and add to it; nothing is priced
/// here.
struct ActionCounter {
  uint64_t count = 0;
  void add(uint64_t n = 1) { count += n; }
};

/// Naturally aligned 64-bit beats a component issued as initiator and booked as target.
struct TrafficCounters {
  uint64_t issued_reads = 0;
  uint64_t issued_writes = 0;
  uint64_t booked_reads = 0;
  uint64_t booked_writes = 0;
};

enum class PowerState { kOn, kClockGated, kOff };

/// Energy by counting: components book actions (exact 64-bit counts), prices are applied when somebody reads.
///
/// Static energy: clock power (pJ a cycle) accrues in state on, leakage (nW) in on and clock gated, from the
/// power state, frequency and voltage over time. When the voltage of a component's clock domain changes, what
/// was counted so far is priced at the old point; action energy scales with (V/Vref)^2. All results are
/// integer fJ; the total equals the sum over components by construction and region deltas telescope.
///
/// models: energy = counts x price, plus clock power and leakage over time by power state, V and f. leaves
/// out: switching activity within an action (data dependence beyond the action's key), temperature, the
/// energy of changing a power state. checked against: test/energy_ledger_test.cpp and the three conservation
/// checks. error bound: counting is exact; each price carries its own bounds and class.
class EnergyLedger {
 public:
  explicit EnergyLedger(ReferenceNode reference, std::function<uint64_t()> now_ps);

  /// `table` as parsed; the ledger scales it to the reference node. `clock` must outlive the ledger.
  ComponentId add_component(const std::string& name, const CostTable& table, ClockDomain& clock);
  /// Counter of `key`, stable for the ledger's life. ConfigError when the cost table has no such action.
  ActionCounter& action(ComponentId id, const std::string& key);
  /// Beats issued and booked by a component; stable reference.
  TrafficCounters& traffic(ComponentId id);
  /// Called before any read of counts so that lazy counters (a hart's exits) are brought up to date.
  void on_fold(std::function<void()> fold);
  void fold() const;

  void set_power_state(ComponentId id, PowerState state);
  /// Called at every change, before it takes effect, with the state left and the state entered.
  void on_power_change(std::function<void(ComponentId, PowerState before, PowerState after)> listener);
  [[nodiscard]] PowerState power_state(ComponentId id) const;
  /// ps the component has been in state on or clock gated.
  [[nodiscard]] uint64_t powered_ps(ComponentId id) const;

  [[nodiscard]] std::size_t component_count() const;
  [[nodiscard]] const std::string& name(ComponentId id) const;
  [[nodiscard]] ClockDomain& clock(ComponentId id) const;
  [[nodiscard]] const CostTable& costs(ComponentId id) const;  ///< scaled
  [[nodiscard]] std::map<std::string, uint64_t> counts(ComponentId id) const;

  /// Energy so far in fJ: actions, clock and leakage.
  [[nodiscard]] int64_t energy_fj(ComponentId id) const;
  [[nodiscard]] int64_t total_fj() const;

  /// Energy of a component split: by action key ("clock" and "leakage" included) and by cost class, with
  /// bounds.
  struct Breakdown {
    std::map<std::string, int64_t> by_action_fj;
    std::map<std::string, int64_t> by_action_low_fj;
    std::map<std::string, int64_t> by_action_high_fj;
    std::map<CostClass, int64_t> by_class_fj;
    int64_t low_fj = 0;
    int64_t high_fj = 0;
  };
  [[nodiscard]] Breakdown breakdown(ComponentId id) const;

  /// First conservation check: beats issued by all initiators = beats booked by all targets, reads and writes
  /// apart.
  struct TrafficBalance {
    uint64_t issued_reads = 0, issued_writes = 0, booked_reads = 0, booked_writes = 0;
    [[nodiscard]] bool holds() const {
      return issued_reads == booked_reads && issued_writes == booked_writes;
    }
  };
  [[nodiscard]] TrafficBalance traffic_balance() const;

  /// Firmware has read a price (PMU or JOB_ENERGY register): the report must say so.
  void note_read_by_firmware() { read_by_firmware_ = true; }
  [[nodiscard]] bool read_by_firmware() const { return read_by_firmware_; }

 private:
  struct Account;
  struct Statics;
  struct Price;
  /// Static time of the segment that runs since the last change of power state or operating point.
  [[nodiscard]] Statics running(const Account& account) const;
  /// Closes the running segment and prices everything counted so far at the present voltage.
  void settle(Account& account);
  template <typename Visit>
  void visit_prices(const Account& account, Visit&& visit) const;
  [[nodiscard]] const Account& account(ComponentId id) const { return *accounts_.at(id); }

  ReferenceNode reference_;
  std::function<uint64_t()> now_ps_;
  std::deque<std::shared_ptr<Account>> accounts_;
  std::vector<std::function<void()>> folds_;
  std::vector<std::function<void(ComponentId, PowerState, PowerState)>> power_listeners_;
  bool read_by_firmware_ = false;
};

}  // namespace ganglion
