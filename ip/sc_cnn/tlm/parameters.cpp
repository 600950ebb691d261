#include "ip/sc_cnn/tlm/parameters.h"

#include <string_view>

#include "ip/sc_cnn/tlm/sc_cnn.h"
#include "platform/base/param_specs.h"

namespace ganglion {

namespace embedded {
extern const std::string_view sc_cnn_cost_yaml;
}

namespace sc_cnn {
namespace {

/// nW; the densities that `leakage` of cost.yaml is built from.
double leakage_nw(const Config& array, const CostTable& costs) {
  constexpr double kLogicNwPerUm2 = 0.14;
  constexpr double kSramNwPerBit = 0.01;
  const auto um2 = [&costs](const std::string& key) { return costs.area.at(key).value; };
  const double lanes = static_cast<double>(array.lanes) * array.mvms;
  const double logic = lanes * um2("lane_b" + std::to_string(array.bit_parallel)) +
                       array.mvms * um2("mvm_control") + array.requantisers * um2("requantiser");
  const double buffer_bytes =
      double{0} + array.input_buffer_bytes + array.weight_buffer_bytes + array.output_buffer_bytes;
  return logic * kLogicNwPerUm2 + 8.0 * buffer_bytes * kSramNwPerBit;
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
  return {"sc_cnn",
          "SC-CNN core: bit-stream multiplication (BISC-MVM), conv2d and fully connected layers",
          {integer_param("operand_bits", d.operand_bits, 4, 10, "N: bits of an activation or a weight"),
           std::move(parallel),
           integer_param("lanes", d.lanes, 1, 1024, "p: output pixels of one map that share a weight"),
           integer_param("mvms", d.mvms, 1, 256, "T_M: output maps computed at once"),
           integer_param("accumulator_max_bits", d.accumulator_max_bits, 4, 20,
                         "ACC_MAX: widest accumulator N + A"),
           std::move(skip),
           choice_param("scheduling", {"barrier", "fifo"},
                        "whether the MVMs meet at every weight or run ahead through weight FIFOs"),
           integer_param("requantisers", d.requantisers, 1, 262144, "outputs leaving requantisation a cycle"),
           buffer_param("input_buffer", d.input_buffer_bytes, 1024, "whole input map, or two stripes of it"),
           buffer_param("weight_buffer", d.weight_buffer_bytes, 1024, "weights of two groups of maps"),
           buffer_param("output_buffer", d.output_buffer_bytes, 1024, "outputs of two tiles"),
           integer_param("start_cycles", d.start_cycles, 0, 1000,
                         "cycles from a job becoming active to its first fetch"),
           integer_param("tile_cycles", d.tile_cycles, 0, 1000, "cycles to hand over the buffers of a tile"),
           integer_param("run_cycles", d.run_cycles, 1, 1000,
                         "cycles to fill and drain the lanes, once a run of pixels")}};
}

Config array_of(const Params& params) {
  const auto number = [&params](const char* name) { return static_cast<uint32_t>(params.integer(name)); };
  Config config;
  config.operand_bits = static_cast<int>(params.integer("operand_bits"));
  config.bit_parallel = number("bit_parallel");
  config.lanes = number("lanes");
  config.mvms = number("mvms");
  config.accumulator_max_bits = static_cast<int>(params.integer("accumulator_max_bits"));
  config.zero_skip = params.boolean("zero_skip");
  config.scheduling = params.text("scheduling") == "fifo" ? Scheduling::kFifo : Scheduling::kBarrier;
  config.requantisers = number("requantisers");
  config.input_buffer_bytes = number("input_buffer");
  config.weight_buffer_bytes = number("weight_buffer");
  config.output_buffer_bytes = number("output_buffer");
  config.start_cycles = number("start_cycles");
  config.tile_cycles = number("tile_cycles");
  config.run_cycles = number("run_cycles");
  if (const auto fault = find_config_fault(config)) {
    throw ConfigError({params.where(fault->parameter),
                       "sc_cnn: " + fault->parameter + " = " + std::to_string(fault->value), fault->rule,
                       ""});
  }
  return config;
}

}  // namespace sc_cnn

void register_sc_cnn(ComponentRegistry& registry) {
  ComponentType type;
  type.schema = sc_cnn::parameter_schema();
  type.cost_yaml = std::string(embedded::sc_cnn_cost_yaml);
  type.device_tree_compatible = "ganglion,sc-cnn";
  type.leakage_scale = [](const Params& params, const CostTable& costs) {
    return sc_cnn::leakage_scale(sc_cnn::array_of(params), costs);
  };
  type.make = [](const ComponentContext& context) { return make_component<ScCnn>(context); };
  registry.add(std::move(type));
}

}  // namespace ganglion
