#pragma once

#include "platform/base/error.h"

namespace ganglion {

// models        how energy and area of digital CMOS logic change between technology nodes and supply voltages
// leaves out    memories, analogue parts, wires that do not shrink, process flavours of one foundry; leakage
// has no
//               law of its own and is scaled like energy
// checked against  the published coefficients as two public implementations transcribe them (docs/reference)
// error bound   none claimed: a scaled value is an estimate whose bounds span the bulk and finFET flavours
// (high
//               performance, low power) of the source
//
// A. Stillmaker and B. Baas, "Scaling equations for the accurate prediction of CMOS device performance from
// 180 nm to 7 nm", Integration 58 (2017) 74-81.

/// Energy of one operation at (node, voltage) relative to a fixed but arbitrary unit, by the two flavours.
struct EnergyFactor {
  double high_performance = 1.0;
  double low_power = 1.0;
};

/// E(V) = a2 V^2 + a1 V + a0 with the coefficients of the node; between two tabulated nodes linear in the
/// node. Throws std::invalid_argument outside 7 nm to 180 nm and where the fit does not rise with the
/// voltage.
[[nodiscard]] EnergyFactor energy_factor(double node_nm, double voltage_v);

/// Area relative to 7 nm, log-linear between tabulated nodes. Throws std::invalid_argument outside 7..180 nm.
[[nodiscard]] double area_factor(double node_nm);

}  // namespace ganglion
