#pragma once

#include <string>
#include <vector>

#include "platform/kernel/energy_ledger.h"
#include "platform/kernel/region_ledger.h"
#include "platform/kernel/time_ledger.h"

namespace ganglion {

/// The three independent checks that nothing was booked twice or lost (architecture, section 7).
struct Conservation {
  bool issued_booked = false;         ///< beats issued by initiators = beats booked by targets
  bool regions = false;               ///< region deltas plus remainder = total
  bool time = false;                  ///< per component, time by cause = time it was powered
  std::vector<std::string> findings;  ///< one line a violation
  [[nodiscard]] bool holds() const { return issued_booked && regions && time; }
};

/// Evaluates the checks at the end of a run; all regions are closed.
[[nodiscard]] Conservation check_conservation(const EnergyLedger& energy, const TimeLedger& time,
                                              const RegionLedger& regions);

}  // namespace ganglion
