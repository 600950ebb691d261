// Runs jobs through the model for tests in other languages: one JSON object a line on stdin, one result a
// line on stdout. Members of a job are those of Config ("config") and Layer ("layer") under the registers'
// names in lower case, and the operands as arrays of integers in dense layouts.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "ip/sc_cnn/test/random_job.h"

namespace {

using nlohmann::json;
using namespace ganglion;
using namespace ganglion::sc_cnn;

std::vector<uint8_t> elements(const json& values, int element_bytes) {
  std::vector<uint8_t> bytes(values.size() * static_cast<std::size_t>(element_bytes));
  for (std::size_t i = 0; i < values.size(); ++i)
    put_element(bytes, i, values[i].get<int32_t>(), element_bytes);
  return bytes;
}

std::vector<uint8_t> words(const json& values) {
  std::vector<uint8_t> bytes;
  for (const json& value : values) append_le32(bytes, static_cast<uint32_t>(value.get<int64_t>()));
  return bytes;
}

json run_one(const json& request) {
  Config config;
  const json& c = request.at("config");
  config.operand_bits = c.at("operand_bits");
  config.bit_parallel = c.at("bit_parallel");
  config.lanes = c.at("lanes");
  config.mvms = c.at("mvms");
  config.accumulator_max_bits = c.at("accumulator_max_bits");
  config.scheduling = c.at("scheduling") == "fifo" ? Scheduling::kFifo : Scheduling::kBarrier;
  if (const auto fault = find_config_fault(config)) return {{"fault", fault->to_string()}};

  Layer layer;
  const json& l = request.at("layer");
  layer.kind = l.at("kind");
  layer.in_c = l.at("in_c");
  layer.in_h = l.at("in_h");
  layer.in_w = l.at("in_w");
  layer.out_c = l.at("out_c");
  layer.kh = l.at("kernel_h");
  layer.kw = l.at("kernel_w");
  layer.stride = l.at("stride");
  layer.pad = l.at("pad");
  layer.pool = l.at("pool");
  layer.lo = l.at("out_min");
  layer.hi = l.at("out_max");
  layer.weight_bits = l.at("weight_bits");
  layer.guard_bits = l.at("guard_bits");
  layer.zero_skip = l.at("zero_skip");
  complete_geometry(config, layer);

  const int eb = config.element_bytes();
  const OwnedJob owned{layer,
                       elements(request.at("in"), eb),
                       elements(request.at("weights"), eb),
                       words(request.at("bias")),
                       words(request.at("mult")),
                       words(request.at("shift"))};
  const Result result = run(config, owned.job());
  if (result.fault) return {{"fault", result.fault->to_string()}};
  json output = json::array();
  for (std::size_t i = 0; i < result.output.size(); i += static_cast<std::size_t>(eb)) {
    output.push_back(element_at(result.output, i, eb));
  }
  return {{"output", std::move(output)},
          {"saturations", result.saturations},
          {"lane_cycles", result.actions.lane_cycles},
          {"compute_cycles", result.compute_cycles},
          {"tiles", result.tiles.size()}};
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      std::cout << run_one(json::parse(line)).dump() << '\n';
    } catch (const std::exception& error) {
      std::cout << json{{"fault", error.what()}}.dump() << '\n';
    }
  }
  return 0;
}
