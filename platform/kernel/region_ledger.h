#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "platform/kernel/energy_ledger.h"
#include "platform/kernel/time_ledger.h"

namespace ganglion {

/// Spans of simulated time that firmware marked through the PMU, with what each component spent in them.
/// Regions nest.
///
/// models: what firmware measures when it reads the same counters at begin and end. leaves out: work in
/// flight at a border is split there, not given to the region that started it. checked against:
/// test/region_ledger_test.cpp, and per run by conserves(). error bound: exact.
class RegionLedger {
 public:
  struct Region {
    std::string name;
    int depth = 0;
    uint64_t begin_ps = 0;
    uint64_t end_ps = 0;
    bool open = true;
    std::vector<int64_t> energy_fj;                          ///< by ComponentId: delta over the region
    std::vector<std::array<uint64_t, kTimeCauses>> time_ps;  ///< by ComponentId and cause: delta
    std::vector<EnergyLedger::Breakdown> breakdown;          ///< by ComponentId: delta
    uint64_t instructions = 0;                               ///< retired by all harts: delta
  };

  RegionLedger(EnergyLedger& energy, TimeLedger& time, std::function<uint64_t()> now_ps);
  /// Source of the retired-instruction count (harts add themselves).
  void on_instructions(std::function<uint64_t()> instructions);

  void begin(const std::string& name);
  /// Ends the innermost open region; false when none is open.
  bool end();
  /// Ends all open regions; call once when the run ends.
  void close_all();
  [[nodiscard]] const std::vector<Region>& regions() const { return regions_; }
  /// Second conservation check: depth-0 region deltas + remainder = total, per component. The remainder is
  /// summed from snapshots taken at region borders, independently of the totals. An account that fell between
  /// two borders (a component that lost counts) fails the check as well.
  [[nodiscard]] bool conserves() const;
  /// Energy of a component outside all regions so far, fJ.
  [[nodiscard]] int64_t outside_fj(ComponentId id) const;
  [[nodiscard]] uint64_t instructions() const;

 private:
  struct Snapshot {
    std::vector<int64_t> energy_fj;
    std::vector<std::array<uint64_t, kTimeCauses>> time_ps;
    std::vector<EnergyLedger::Breakdown> breakdown;
    uint64_t instructions = 0;
  };
  [[nodiscard]] Snapshot take() const;
  /// Takes a snapshot at a border and notes accounts that fell since the last one.
  Snapshot cross_border();

  EnergyLedger& energy_;
  TimeLedger& time_;
  std::function<uint64_t()> now_ps_;
  std::vector<std::function<uint64_t()>> instruction_sources_;
  std::vector<Region> regions_;
  std::vector<std::pair<std::size_t, Snapshot>> open_;
  std::vector<int64_t> outside_fj_;  ///< by ComponentId: sum between depth-0 regions, up to the last border
  Snapshot last_border_;
  bool fell_ = false;

  friend class RegionLedgerTest;
};

}  // namespace ganglion
