#pragma once

#include <string>
#include <vector>

#include "ip/common/model/array.h"
#include "ip/common/model/faults.h"
#include "platform/base/config.h"
#include "platform/kernel/cost_table.h"

namespace ganglion::layers {

/// What a scenario may say about the size, the buffers and the control of an array; defaults from `defaults`.
[[nodiscard]] std::vector<ParamSpec> array_params(const Array& defaults);
/// The parameters of array_params, validated, into `array`.
void read_array(const Params& params, Array& array);
/// Faults that a scenario may inject in a block with these sites: `faults: {site: ..., rate: ..., seed:
/// ...}`.
[[nodiscard]] std::vector<ParamSpec> fault_params(const std::vector<FaultSite>& sites);
/// The parameters of fault_params, validated.
[[nodiscard]] FaultPlan read_faults(const Params& params);
/// ConfigError naming the parameter of the component type `type`.
[[noreturn]] void refuse(const Params& params, const std::string& type, const ConfigFault& fault);

/// Text of ip/common/cost.yaml.
[[nodiscard]] std::string shared_cost_yaml();
/// Leakage in nW of logic of `logic_um2` and the buffers of `array`, by the densities that the cost tables
/// of these blocks are built from.
[[nodiscard]] double leakage_nw(const Array& array, double logic_um2);

}  // namespace ganglion::layers
