#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ip/common/model/array.h"
#include "ip/common/model/faults.h"
#include "platform/base/config.h"
#include "platform/kernel/built_constant.h"
#include "platform/kernel/cost_table.h"
#include "platform/kernel/register_bank.h"

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

/// The field of `bank`'s register that shows `parameter`.
[[nodiscard]] BuiltConstant built_constant(const RegisterBank& bank, std::string parameter,
                                           std::string_view register_name, std::string_view field,
                                           uint32_t value);
/// Size, buffers and requantisers of an array, as the registers of ip/common/layer.rdl show them.
[[nodiscard]] std::vector<BuiltConstant> built_array(const RegisterBank& bank, const Array& array);
/// Lets `bank` show them.
void show_built_constants(RegisterBank& bank, const std::vector<BuiltConstant>& constants);

/// Text of ip/common/cost.yaml.
[[nodiscard]] std::string shared_cost_yaml();
/// Leakage in nW of logic of `logic_um2` and the buffers of `array`, by the densities that the cost tables
/// of these blocks are built from.
[[nodiscard]] double leakage_nw(const Array& array, double logic_um2);

}  // namespace ganglion::layers
