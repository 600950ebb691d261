#pragma once

#include "ip/common/test/layer_bench.h"
#include "ip/sc_cnn/driver/sc_cnn.h"
#include "ip/sc_cnn/test/random_job.h"
#include "ip/sc_cnn/tlm/parameters.h"
#include "ip/sc_cnn/tlm/sc_cnn.h"

namespace ganglion::sc_cnn {

struct Traits {
  using Block = ScCnn;
  using Registers = sc_cnn::Registers;
  using Config = sc_cnn::Config;
  using Layer = sc_cnn::Layer;
  using Result = sc_cnn::Result;
  using Core = sc_cnn::Core;
  using Actions = sc_cnn::Actions;
  static constexpr const char* kType = "sc_cnn";
  static void register_type(ComponentRegistry& registry) { register_sc_cnn(registry); }
  static ParamSchema parameter_schema() { return sc_cnn::parameter_schema(); }
  static Config array_of(const Params& params) { return sc_cnn::array_of(params); }
  static int probe(uintptr_t base) { return sc_cnn_probe(base); }
  static sc_cnn_layer_t driver_layer(const Layer& l) {
    return {layers::driver_job(l), l.weight_bits, l.guard_bits, l.zero_skip};
  }
  static int submit(accelerator_t* core, const Layer& l) {
    const sc_cnn_layer_t layer = driver_layer(l);
    return sc_cnn_submit(core, &layer);
  }
  static void program(accelerator_t* core, const Layer& l) {
    const sc_cnn_layer_t layer = driver_layer(l);
    sc_cnn_job_t job;
    sc_cnn_prepare(core, &layer, &job);
    sc_cnn_program(core, &job);
  }
  static Result run(const Config& config, const Job& job) { return sc_cnn::run(config, job); }
  static Layer random_layer(const Config& config, bool fully_connected, std::mt19937& random) {
    return fully_connected ? random_fully_connected(config, random) : random_convolution(config, random);
  }
  static std::map<std::string, uint64_t> lane_counts(const Config& config, const sc_cnn::Actions& a) {
    return {{"lane_cycle_b" + std::to_string(config.bit_parallel), a.lane_cycles},
            {"counter_cycle", a.counter_cycles}};
  }
};
using Bench = layers::LayerBench<Traits>;

}  // namespace ganglion::sc_cnn
