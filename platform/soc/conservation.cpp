#include "platform/soc/conservation.h"

namespace ganglion {

Conservation check_conservation(const EnergyLedger& energy, const TimeLedger& time,
                                const RegionLedger& regions) {
  energy.fold();
  time.fold();
  Conservation result;

  const EnergyLedger::TrafficBalance traffic = energy.traffic_balance();
  result.issued_booked = traffic.holds();
  if (!result.issued_booked) {
    result.findings.push_back(
        "issued and booked beats differ: reads " + std::to_string(traffic.issued_reads) + " and " +
        std::to_string(traffic.booked_reads) + ", writes " + std::to_string(traffic.issued_writes) + " and " +
        std::to_string(traffic.booked_writes));
  }

  result.regions = regions.conserves();
  if (!result.regions)
    result.findings.emplace_back("energy of the regions and the remainder is not the total energy");

  result.time = true;
  for (ComponentId id = 0; id < energy.component_count(); ++id) {
    const uint64_t booked_ps = time.total(id);
    const uint64_t powered_ps = energy.powered_ps(id);
    if (booked_ps == powered_ps) continue;
    result.time = false;
    result.findings.push_back("time of '" + energy.name(id) + "': " + std::to_string(booked_ps) +
                              " ps booked by cause, powered for " + std::to_string(powered_ps) + " ps");
  }
  return result;
}

}  // namespace ganglion
