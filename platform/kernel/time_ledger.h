#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/kernel/energy_ledger.h"

namespace ganglion {

/// Why time passed in a component.
enum class TimeCause { kIssue, kMemory, kBus, kArbitration, kCompute, kStall, kIdle };
inline constexpr std::size_t kTimeCauses = 7;
[[nodiscard]] std::string_view name_of(TimeCause cause);

/// ps by component and cause. Third conservation check: per component the sum over causes = the time it was
/// powered.
///
/// A component either books spans itself (book) or declares what it is doing from now on (enter), which books
/// the time since its last declaration to the previous cause. Ids are those of the energy ledger; components
/// that never book are wholly idle.
///
/// models: every powered picosecond of a component has exactly one cause. leaves out: two causes at once (a
/// DMA that overlaps arithmetic is booked as compute). checked against: test/time_ledger_test.cpp, and per
/// run by conserves(). error bound: exact.
class TimeLedger {
 public:
  explicit TimeLedger(std::function<uint64_t()> now_ps);

  /// Stops the clock of components that `energy` powers off (state kOff) and starts it again. Call once,
  /// before any component is added; without it every component counts as powered.
  void follow_power(EnergyLedger& energy);

  void add_component(ComponentId id);
  /// `ps` more of `cause`; for components that keep their own time (a hart). Do not mix with enter().
  void book(ComponentId id, TimeCause cause, uint64_t ps);
  /// From now on the component spends its time on `cause` (initially kIdle).
  void enter(ComponentId id, TimeCause cause);
  /// Called before a read so that lazily kept time is booked up to now.
  void on_fold(std::function<void()> fold);
  void fold() const;

  /// ps by cause up to now.
  [[nodiscard]] std::array<uint64_t, kTimeCauses> by_cause(ComponentId id) const;
  [[nodiscard]] uint64_t total(ComponentId id) const;
  /// Third conservation check, for one component.
  [[nodiscard]] bool conserves(const EnergyLedger& energy, ComponentId id) const;

 private:
  struct Account {
    std::array<uint64_t, kTimeCauses> booked{};
    bool known = false;
    bool self_kept = false;  ///< has used book()
    bool entered = false;    ///< has used enter()
    bool powered = true;
    TimeCause current = TimeCause::kIdle;
    uint64_t since_ps = 0;
  };
  void settle(Account& account) const;

  std::function<uint64_t()> now_ps_;
  std::vector<Account> accounts_;
  std::vector<std::function<void()>> folds_;
};

}  // namespace ganglion
