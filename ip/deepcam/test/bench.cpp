#include "ip/deepcam/test/bench.h"

#include "ip/common/test/placed_layer.h"

namespace ganglion {
namespace embedded {
extern const std::string_view deepcam_cost_yaml;
}

namespace deepcam {
namespace {

Params params_of(const std::string& scenario) {
  const ConfigNode node = parse_config(scenario, "test");
  return validate(&node, parameter_schema());
}

}  // namespace

Bench::Bench(const std::string& scenario)
    : BlockBench(parse_cost_table(std::string(embedded::deepcam_cost_yaml), "ip/deepcam/cost.yaml"),
                 params_of(scenario)),
      array(array_of(params_of(scenario))),
      noise(array.noise, services.seed, "dut") {}

Layer Bench::place(const OwnedJob& owned, const Placement& to) {
  Layer layer = owned.layer;
  layer.in = put(to.in, owned.in);
  layer.weights = put(to.weights, owned.weights);
  layer.norms = put(to.norms, owned.norms);
  layer.bias = put(to.bias, owned.bias);
  layer.mult = put(to.mult, owned.mult);
  layer.shift = put(to.shift, owned.shift);
  layer.out = to.out;
  return layer;
}

deepcam_layer_t Bench::driver_layer(const Layer& l) {
  deepcam_layer_t d{};
  d.job = layers::driver_job(l);
  d.norms = l.norms;
  d.hash_bits = l.hash_bits;
  d.hash_tile = l.hash_tile;
  d.hash_layer = l.hash_layer;
  d.norm_shift = l.norm_shift;
  d.product_shift = l.product_shift;
  d.dataflow = l.dataflow;
  d.no_fold = l.fold == 0;
  return d;
}

}  // namespace deepcam
}  // namespace ganglion
