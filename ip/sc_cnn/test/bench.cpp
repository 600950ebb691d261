#include "ip/sc_cnn/test/bench.h"

namespace ganglion {
namespace embedded {
extern const std::string_view sc_cnn_cost_yaml;
}

namespace sc_cnn {
namespace {

Params params_of(const std::string& scenario) {
  const ConfigNode node = parse_config(scenario, "test");
  return validate(&node, parameter_schema());
}

}  // namespace

Bench::Bench(const std::string& scenario)
    : BlockBench(parse_cost_table(std::string(embedded::sc_cnn_cost_yaml), "ip/sc_cnn/cost.yaml"),
                 params_of(scenario)),
      array(array_of(params_of(scenario))) {}

sc_cnn_layer_t Bench::driver_layer(const Layer& l) {
  return {layers::driver_job(l), l.weight_bits, l.guard_bits, l.zero_skip};
}

}  // namespace sc_cnn
}  // namespace ganglion
