#pragma once

#include "ip/common/test/layer_bench.h"
#include "ip/mac_array/driver/mac_array.h"
#include "ip/mac_array/test/random_job.h"
#include "ip/mac_array/tlm/mac_array.h"
#include "ip/mac_array/tlm/parameters.h"

namespace ganglion::mac_array {

struct Traits {
  using Block = MacArray;
  using Registers = mac_array::Registers;
  using Config = mac_array::Config;
  using Layer = mac_array::Layer;
  using Result = mac_array::Result;
  using Core = mac_array::Core;
  using Actions = mac_array::Actions;
  static constexpr const char* kType = "mac_array";
  static void register_type(ComponentRegistry& registry) { register_mac_array(registry); }
  static ParamSchema parameter_schema() { return mac_array::parameter_schema(); }
  static Config array_of(const Params& params) { return mac_array::array_of(params); }
  static int probe(uintptr_t base) { return mac_array_probe(base); }
  static int submit(accelerator_t* core, const Layer& l) {
    const layer_job_t job = layers::driver_job(l);
    return mac_array_submit(core, &job);
  }
  static void program(accelerator_t* core, const Layer& l) {
    const layer_job_t layer = layers::driver_job(l);
    mac_array_job_t job;
    mac_array_prepare(core, &layer, &job);
    mac_array_program(core, &job);
  }
  static Result run(const Config& config, const Job& job) { return mac_array::run(config, job); }
  static Layer random_layer(const Config& config, bool fully_connected, std::mt19937& random) {
    return mac_array::random_layer(config, fully_connected, random);
  }
  static std::map<std::string, uint64_t> lane_counts(const Config& config, const mac_array::Actions& a) {
    return {{"product_" + multiplier_width(config), a.macs},
            {"tree_add", a.macs - a.accumulator_writes},
            {"accumulate_" + accumulator_width(config), a.accumulator_writes}};
  }
};
using Bench = layers::LayerBench<Traits>;

}  // namespace ganglion::mac_array
