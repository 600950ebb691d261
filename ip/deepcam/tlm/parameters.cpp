#include "ip/deepcam/tlm/parameters.h"

#include <string_view>
#include <utility>

#include "ip/deepcam/model/technology.h"
#include "ip/deepcam/tlm/deepcam.h"
#include "platform/base/param_specs.h"

namespace ganglion {

namespace embedded {
extern const std::string_view deepcam_cost_yaml;
}

namespace deepcam {

ParamSchema parameter_schema() {
  const Config d;
  ParamSpec rows = integer_param("rows", d.rows, 64, 512, "R: words of the array");
  rows.allowed = {64, 128, 256, 512};
  return {
      "deepcam",
      "DeepCAM array: dot products by random hashing and Hamming distance, conv2d and fully connected layers",
      {std::move(rows),
       integer_param("segments", d.segments, 1, 4, "segments of 256 bits that a word joins"),
       choice_param(
           "technology",
           {std::string(name_of(Technology::kFefet)), std::string(name_of(Technology::kCmos16t))},
           "cells of the array: 2FeFET, or 16T CMOS (2.5 times its energy, area and leakage), 45 nm, 1 V"),
       choice_param("cosine", {"table", "piecewise_linear"}, "cosine unit: table, or chords over it"),
       integer_param("projection_inputs", d.projection_inputs, 1, 65536, "rows of the projection store"),
       integer_param("projection_seed", d.projection_seed, 0, 4294967295.0,
                     "seed of the projections; weights must have been hashed with the same"),
       integer_param("crossbar_rows", d.crossbar_rows, 1, 65536,
                     "cells a column sums at once; longer sums are added digitally"),
       integer_param("conductance_sigma", 0, 0, 512, "sd of a projection cell in 1/16 LSB"),
       integer_param("read_sigma", 0, 0, 1 << 20, "sd of a column sum in LSB"),
       integer_param("sense_sigma", 0, 0, 1 << 14, "sd of a sensed distance in 1/16 bit"),
       integer_param("sense_step_log2", 0, 0, 8, "log2 of the step of sensed distances"),
       buffer_param("input_buffer", d.input_buffer_bytes, 1024, "whole input map, or two stripes of it"),
       buffer_param("key_buffer", d.key_buffer_bytes, 16 * 1024, "hashes of the operand that moves"),
       buffer_param("output_buffer", d.output_buffer_bytes, 1024, "outputs of two tiles"),
       integer_param("im2col_width", d.im2col_width, 1, 65536,
                     "elements a cycle from the input buffer to the hash unit"),
       integer_param("hash_cycles", d.hash_cycles, 1, 1000, "cycles of one crossbar evaluation"),
       integer_param("write_cycles", d.write_cycles, 1, 1000, "cycles of one row write"),
       integer_param("search_cycles", d.search_cycles, 1, 1000, "cycles of one search"),
       integer_param("post_lanes", d.post_lanes, 1, 512, "distances that become products in a cycle"),
       integer_param("start_cycles", d.start_cycles, 0, 1000,
                     "cycles from a job becoming active to its first fetch"),
       integer_param("tile_cycles", d.tile_cycles, 0, 1000,
                     "cycles to hand over the buffers and to fill and drain the pipeline of a tile")}};
}

Config array_of(const Params& params) {
  const auto number = [&params](const char* name) { return static_cast<uint32_t>(params.integer(name)); };
  Config config;
  config.rows = number("rows");
  config.segments = number("segments");
  config.technology =
      params.text("technology") == name_of(Technology::kFefet) ? Technology::kFefet : Technology::kCmos16t;
  config.cosine = params.text("cosine") == "table" ? CosineUnit::kTable : CosineUnit::kPiecewiseLinear;
  config.projection_inputs = number("projection_inputs");
  config.projection_seed = number("projection_seed");
  config.crossbar_rows = number("crossbar_rows");
  config.noise.conductance_sixteenths = number("conductance_sigma");
  config.noise.read = number("read_sigma");
  config.noise.sense_sixteenths = number("sense_sigma");
  config.noise.sense_step_log2 = number("sense_step_log2");
  config.input_buffer_bytes = number("input_buffer");
  config.key_buffer_bytes = number("key_buffer");
  config.output_buffer_bytes = number("output_buffer");
  config.im2col_width = number("im2col_width");
  config.hash_cycles = number("hash_cycles");
  config.write_cycles = number("write_cycles");
  config.search_cycles = number("search_cycles");
  config.post_lanes = number("post_lanes");
  config.start_cycles = number("start_cycles");
  config.tile_cycles = number("tile_cycles");
  if (const auto fault = find_config_fault(config)) {
    throw ConfigError({params.where(fault->parameter),
                       "deepcam: " + fault->parameter + " = " + std::to_string(fault->value), fault->rule,
                       ""});
  }
  return config;
}

double leakage_scale(const Config& array) { return array_leakage_mw(array) / array_leakage_mw(Config{}); }

}  // namespace deepcam

void register_deepcam(ComponentRegistry& registry) {
  ComponentType type;
  type.schema = deepcam::parameter_schema();
  type.cost_yaml = std::string(embedded::deepcam_cost_yaml);
  type.device_tree_compatible = "ganglion,deepcam";
  type.leakage_scale = [](const Params& params, const CostTable& /*costs*/) {
    return deepcam::leakage_scale(deepcam::array_of(params));
  };
  registry.add(accelerator_type<Deepcam>(std::move(type)));
}

}  // namespace ganglion
