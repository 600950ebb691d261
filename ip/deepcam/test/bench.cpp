#include "ip/deepcam/test/bench.h"

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
  d.in = l.in;
  d.weights = l.weights;
  d.norms = l.norms;
  d.bias = l.bias;
  d.mult = l.mult;
  d.shift = l.shift;
  d.out = l.out;
  d.kind = l.kind;
  d.in_c = l.in_c;
  d.in_h = l.in_h;
  d.in_w = l.in_w;
  d.in_row_stride = l.in_row_stride;
  d.in_plane_stride = l.in_plane_stride;
  d.out_c = l.out_c;
  d.out_h = l.out_h;
  d.out_w = l.out_w;
  d.out_row_stride = l.out_row_stride;
  d.out_plane_stride = l.out_plane_stride;
  d.kh = l.kh;
  d.kw = l.kw;
  d.stride = l.stride;
  d.pad = l.pad;
  d.pool = l.pool;
  d.lo = l.lo;
  d.hi = l.hi;
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
