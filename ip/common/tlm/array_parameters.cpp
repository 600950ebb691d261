#include "ip/common/tlm/array_parameters.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "platform/base/param_specs.h"

namespace ganglion::embedded {
extern const std::string_view layer_array_cost_yaml;
}

namespace ganglion::layers {
namespace {

std::vector<ParamSpec> array_params(const Array& d) {
  return {integer_param("lanes", d.lanes, 1, 1024, "p: output pixels of one map that share a weight"),
          integer_param("mvms", d.mvms, 1, 256, "T_M: output maps computed at once"),
          integer_param("requantisers", d.requantisers, 1, 262144, "outputs leaving requantisation a cycle"),
          buffer_param("input_buffer", d.input_buffer_bytes, 1024, "whole input map, or two stripes of it"),
          buffer_param("weight_buffer", d.weight_buffer_bytes, 1024, "weights of two groups of maps"),
          buffer_param("output_buffer", d.output_buffer_bytes, 1024, "outputs of two tiles"),
          integer_param(
              "start_cycles", d.start_cycles, 0, 1000,
              "cycles from a job becoming active to its first fetch, without three divisions for its tiles"),
          integer_param("tile_cycles", d.tile_cycles, 0, 1000, "cycles to hand over the buffers of a tile"),
          integer_param("run_cycles", d.run_cycles, 1, 1000,
                        "cycles to fill and drain the lanes, once a run of pixels")};
}

std::vector<ParamSpec> fault_params(const std::vector<FaultSite>& sites) {
  std::vector<std::string> names{"none"};
  for (const FaultSite site : sites) names.emplace_back(name_of(site));
  ParamSpec rate =
      integer_param("faults.rate", 0, 0, 1, "probability that a bit flips in an event of the site");
  rate.type = ParamType::kReal;
  return {choice_param("faults.site", std::move(names),
                       "where bits flip (docs/papers/sc_cnn.md); buffer is the on-chip SRAM"),
          std::move(rate), integer_param("faults.seed", 1, 0, 9e15, "which flips: another seed, other bits")};
}

}  // namespace

std::string shared_cost_yaml() { return std::string(embedded::layer_array_cost_yaml); }

ParamSchema layer_block_schema(std::string name, std::string description, std::vector<ParamSpec> own,
                               const Array& defaults, const std::vector<FaultSite>& sites) {
  ParamSchema schema{std::move(name), std::move(description), std::move(own)};
  std::ranges::move(array_params(defaults), std::back_inserter(schema.params));
  std::ranges::move(fault_params(sites), std::back_inserter(schema.params));
  return schema;
}

void read_array(const Params& params, Array& array) {
  const auto number = [&params](const char* name) { return static_cast<uint32_t>(params.integer(name)); };
  array.lanes = number("lanes");
  array.mvms = number("mvms");
  array.requantisers = number("requantisers");
  array.input_buffer_bytes = number("input_buffer");
  array.weight_buffer_bytes = number("weight_buffer");
  array.output_buffer_bytes = number("output_buffer");
  array.start_cycles = number("start_cycles");
  array.tile_cycles = number("tile_cycles");
  array.run_cycles = number("run_cycles");
}

FaultPlan read_faults(const Params& params) {
  const FaultPlan plan{fault_site(params.text("faults.site")), params.real("faults.rate"),
                       static_cast<uint64_t>(params.integer("faults.seed"))};
  // Half a request would pass for a run with faults.
  if (plan.rate > 0 && !params.given("faults.site")) {
    throw ConfigError({params.where("faults.rate"), "faults.rate without faults.site",
                       "faults.site: where bits flip", "'ganglion params' lists the sites of each block"});
  }
  if (plan.site != FaultSite::kNone && !params.given("faults.rate")) {
    throw ConfigError({params.where("faults.site"), "faults.site without faults.rate",
                       "faults.rate: probability that a bit of the site flips in an event",
                       "0 for no faults"});
  }
  return plan;
}

void refuse(const Params& params, const std::string& type, const ConfigFault& fault) {
  throw ConfigError({params.where(fault.parameter),
                     type + ": " + fault.parameter + " = " + std::to_string(fault.value), fault.rule, ""});
}

BuiltConstant built_constant(const RegisterBank& bank, std::string parameter, std::string_view register_name,
                             std::string_view field, uint32_t value) {
  const Register* const reg = bank.find(register_name);
  if (reg == nullptr) throw std::logic_error("no register " + std::string(register_name));
  for (const FieldInfo& info : reg->info().fields) {
    if (info.name == field)
      return {
          std::move(parameter), std::string(register_name), std::string(field), info.mask(), info.lsb, value};
  }
  throw std::logic_error("no field " + std::string(register_name) + "." + std::string(field));
}

std::vector<BuiltConstant> built_array(const RegisterBank& bank, const Array& array) {
  return {built_constant(bank, "lanes", "CAPS_ARRAY", "LANES", array.lanes),
          built_constant(bank, "mvms", "CAPS_ARRAY", "MVMS", array.mvms),
          built_constant(bank, "input_buffer", "CAPS_INPUT_BUFFER", "VALUE", array.input_buffer_bytes),
          built_constant(bank, "weight_buffer", "CAPS_WEIGHT_BUFFER", "VALUE", array.weight_buffer_bytes),
          built_constant(bank, "output_buffer", "CAPS_OUTPUT_BUFFER", "VALUE", array.output_buffer_bytes),
          built_constant(bank, "requantisers", "CAPS_REQUANTISERS", "VALUE", array.requantisers)};
}

void show_built_constants(RegisterBank& bank, const std::vector<BuiltConstant>& constants) {
  for (Register* const reg : bank.registers()) {
    for (const BuiltConstant& constant : constants) {
      if (reg->info().name != constant.register_name) continue;
      reg->set_raw((reg->raw() & ~constant.mask) | (constant.value << constant.lsb & constant.mask));
    }
  }
}

double leakage_nw(const Array& array, double logic_um2) {
  constexpr double kLogicNwPerUm2 = 0.14;
  constexpr double kSramNwPerBit = 0.01;
  const double buffer_bytes =
      double{0} + array.input_buffer_bytes + array.weight_buffer_bytes + array.output_buffer_bytes;
  return logic_um2 * kLogicNwPerUm2 + 8.0 * buffer_bytes * kSramNwPerBit;
}

}  // namespace ganglion::layers
