#include "ip/sc_cnn/tlm/parameters.h"

#include <string_view>
#include <utility>

#include "ip/common/tlm/array_parameters.h"
#include "ip/common/tlm/layer_block.h"
#include "ip/sc_cnn/tlm/sc_cnn.h"
#include "platform/base/param_specs.h"

namespace ganglion {

namespace embedded {
extern const std::string_view sc_cnn_cost_yaml;
}

namespace sc_cnn {
namespace {

double leakage_nw(const Config& array, const CostTable& costs) {
  const auto um2 = [&costs](const std::string& key) { return costs.area.at(key).value; };
  return layers::leakage_nw(array, array.array_lanes() * um2("lane_b" + std::to_string(array.bit_parallel)) +
                                       array.mvms * um2("mvm_control") +
                                       array.requantisers * um2("requantiser"));
}

}  // namespace

double leakage_scale(const Config& array, const CostTable& costs) {
  return leakage_nw(array, costs) / leakage_nw(Config{}, costs);
}

ParamSchema parameter_schema() {
  const Config d;
  ParamSpec parallel =
      integer_param("bit_parallel", d.bit_parallel, 1, 32, "b: stream bits a lane consumes a cycle");
  parallel.allowed = {1, 2, 4, 8, 16, 32};
  ParamSpec skip;
  skip.name = "zero_skip";
  skip.type = ParamType::kBoolean;
  skip.default_text = d.zero_skip ? "true" : "false";
  skip.description = "the array can spend no cycle on a zero count (a layer has to ask for it)";
  using enum layers::FaultSite;
  return layers::layer_block_schema(
      "sc_cnn", "SC-CNN core: bit-stream multiplication (BISC-MVM), conv2d and fully connected layers",
      {integer_param("operand_bits", d.operand_bits, 4, 10, "N: bits of an activation or a weight"),
       std::move(parallel),
       integer_param("accumulator_max_bits", d.accumulator_max_bits, 4, 20,
                     "ACC_MAX: widest accumulator N + A"),
       std::move(skip),
       choice_param("scheduling", {"barrier", "fifo"},
                    "whether the MVMs meet at every weight or run ahead through weight FIFOs")},
      d, {kBuffer, kWeightRegister, kCounter, kStreamBit, kProduct, kAccumulator});
}

Config array_of(const Params& params) {
  Config config;
  layers::read_array(params, config);
  config.operand_bits = static_cast<int>(params.integer("operand_bits"));
  config.bit_parallel = static_cast<uint32_t>(params.integer("bit_parallel"));
  config.accumulator_max_bits = static_cast<int>(params.integer("accumulator_max_bits"));
  config.zero_skip = params.boolean("zero_skip");
  config.scheduling = params.text("scheduling") == "fifo" ? Scheduling::kFifo : Scheduling::kBarrier;
  if (const auto fault = find_config_fault(config)) layers::refuse(params, "sc_cnn", *fault);
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
  add("bit_parallel", "BIT_PARALLEL", array.bit_parallel);
  add("accumulator_max_bits", "ACC_MAX", static_cast<uint32_t>(array.accumulator_max_bits));
  add("zero_skip", "ZERO_SKIP", array.zero_skip ? 1 : 0);
  add("scheduling", "FIFO", array.scheduling == Scheduling::kFifo ? 1 : 0);
  return constants;
}

}  // namespace sc_cnn

void register_sc_cnn(ComponentRegistry& registry) {
  ComponentType type;
  type.schema = sc_cnn::parameter_schema();
  type.cost_yaml = std::string(embedded::sc_cnn_cost_yaml);
  type.device_tree_compatible = "ganglion,sc-cnn";
  type.built_constants = sc_cnn::built_constants;
  type.leakage_scale = [](const Params& params, const CostTable& costs) {
    return sc_cnn::leakage_scale(sc_cnn::array_of(params), costs);
  };
  registry.add(layers::layer_block_type<ScCnn>(std::move(type)));
}

}  // namespace ganglion
