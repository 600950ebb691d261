#pragma once

#include <nlohmann/json.hpp>

namespace ganglion {

/// How far a ratio of two energies can be trusted.
struct EnergyRatio {
  double value = 0.0;
  double low = 0.0;  ///< least and greatest ratio when every cost lies anywhere within its bounds
  double high = 0.0;
};

/// Energy of region `a` over energy of region `b` (entries of a report's `regions`). A cost that both regions
/// pay is the same unknown on both sides: an SRAM that is dearer than its estimate is dearer for both. 0 when
/// `b` spent nothing.
[[nodiscard]] EnergyRatio energy_ratio(const nlohmann::json& a, const nlohmann::json& b);

}  // namespace ganglion
