#include "ip/mac_array/tlm/parameters.h"

#include <string_view>
#include <utility>

#include "ip/common/tlm/array_parameters.h"
#include "ip/common/tlm/layer_block.h"
#include "ip/mac_array/tlm/mac_array.h"
#include "platform/base/param_specs.h"

namespace ganglion {

namespace embedded {
extern const std::string_view mac_array_cost_yaml;
}

namespace mac_array {
namespace {

double leakage_nw(const Config& array, const CostTable& costs) {
  const auto um2 = [&costs](const std::string& key) { return costs.area.at(key).value; };
  const double lane = array.macs_per_lane * um2("multiplier_" + multiplier_width(array)) +
                      (array.macs_per_lane - 1) * um2("tree_adder") +
                      um2("accumulator_" + accumulator_width(array));
  return layers::leakage_nw(array, array.array_lanes() * lane + array.mvms * um2("mvm_control") +
                                       array.requantisers * um2("requantiser"));
}

}  // namespace

std::string multiplier_width(const Config& array) { return array.operand_bits <= 8 ? "8" : "16"; }

std::string accumulator_width(const Config& array) {
  if (array.accumulator_bits <= 20) return "20";
  return array.accumulator_bits <= 32 ? "32" : "48";
}

double leakage_scale(const Config& array, const CostTable& costs) {
  return leakage_nw(array, costs) / leakage_nw(Config{}, costs);
}

ParamSchema parameter_schema() {
  const Config d;
  ParamSpec macs = integer_param("macs_per_lane", d.macs_per_lane, 1, 8,
                                 "d: products of consecutive taps a lane adds a cycle");
  macs.allowed = {1, 2, 4, 8};
  using enum layers::FaultSite;
  return layers::layer_block_schema(
      "mac_array", "MAC array: binary multiply-accumulate, conv2d and fully connected layers",
      {integer_param("operand_bits", d.operand_bits, 4, 16, "N: bits of an activation or a weight"),
       std::move(macs),
       integer_param("accumulator_bits", d.accumulator_bits, 8, 48, "bits of a saturating accumulator")},
      d, {kBuffer, kWeightRegister, kProduct, kAccumulator});
}

Config array_of(const Params& params) {
  Config config;
  layers::read_array(params, config);
  config.operand_bits = static_cast<int>(params.integer("operand_bits"));
  config.macs_per_lane = static_cast<uint32_t>(params.integer("macs_per_lane"));
  config.accumulator_bits = static_cast<int>(params.integer("accumulator_bits"));
  if (const auto fault = find_config_fault(config)) layers::refuse(params, "mac_array", *fault);
  return config;
}

std::vector<BuiltConstant> built_constants(const Params& params) {
  const Config array = array_of(params);
  const Registers bank("built");
  std::vector<BuiltConstant> constants = layers::built_array(bank, array);
  const auto add = [&](const char* parameter, const char* field, uint32_t value) {
    constants.push_back(layers::built_constant(bank, parameter, "CAPS_ARITHMETIC", field, value));
  };
  add("operand_bits", "OPERAND_BITS", static_cast<uint32_t>(array.operand_bits));
  add("macs_per_lane", "MACS_PER_LANE", array.macs_per_lane);
  add("accumulator_bits", "ACCUMULATOR_BITS", static_cast<uint32_t>(array.accumulator_bits));
  return constants;
}

}  // namespace mac_array

void register_mac_array(ComponentRegistry& registry) {
  ComponentType type;
  type.schema = mac_array::parameter_schema();
  type.cost_yaml = std::string(embedded::mac_array_cost_yaml);
  type.device_tree_compatible = "ganglion,mac-array";
  type.built_constants = mac_array::built_constants;
  type.leakage_scale = [](const Params& params, const CostTable& costs) {
    return mac_array::leakage_scale(mac_array::array_of(params), costs);
  };
  registry.add(layers::layer_block_type<MacArray>(std::move(type)));
}

}  // namespace ganglion
