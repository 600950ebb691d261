#pragma once

#include <string>
#include <vector>

#include "ip/common/model/array.h"
#include "ip/common/model/faults.h"
#include "platform/base/config.h"
#include "platform/kernel/cost_table.h"

namespace ganglion::layers {

/// Schema of a block of layers: its own parameters, then what every scenario may say about the size, the
/// buffers and the control of an array (defaults from `defaults`), and the faults that it may inject at
/// `sites`: `faults: {site: ..., rate: ..., seed: ...}`.
[[nodiscard]] ParamSchema layer_block_schema(std::string name, std::string description,
                                             std::vector<ParamSpec> own, const Array& defaults,
                                             const std::vector<FaultSite>& sites);
/// The parameters of the array, validated, into `array`.
void read_array(const Params& params, Array& array);
/// The faults asked for, validated; ConfigError when there is a site without a rate or a rate without a site.
[[nodiscard]] FaultPlan read_faults(const Params& params);
/// ConfigError naming the parameter of the component type `type`.
[[noreturn]] void refuse(const Params& params, const std::string& type, const ConfigFault& fault);

/// Text of ip/common/cost.yaml.
[[nodiscard]] std::string shared_cost_yaml();
/// Leakage in nW of logic of `logic_um2` and the buffers of `array`, by the densities that the cost tables
/// of these blocks are built from.
[[nodiscard]] double leakage_nw(const Array& array, double logic_um2);

}  // namespace ganglion::layers
