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

Layer Bench::place(const OwnedJob& owned, const Placement& to) {
  Layer layer = owned.layer;
  layer.in = put(to.in, owned.in);
  layer.weights = put(to.weights, owned.weights);
  layer.bias = put(to.bias, owned.bias);
  layer.mult = put(to.mult, owned.mult);
  layer.shift = put(to.shift, owned.shift);
  layer.out = to.out;
  return layer;
}

sc_cnn_layer_t Bench::driver_layer(const Layer& l) {
  return {l.in,
          l.weights,
          l.bias,
          l.mult,
          l.shift,
          l.out,
          l.kind,
          l.in_c,
          l.in_h,
          l.in_w,
          l.in_row_stride,
          l.in_plane_stride,
          l.out_c,
          l.out_h,
          l.out_w,
          l.out_row_stride,
          l.out_plane_stride,
          l.kh,
          l.kw,
          l.stride,
          l.pad,
          l.pool,
          l.lo,
          l.hi,
          l.weight_bits,
          l.guard_bits,
          l.zero_skip};
}

}  // namespace sc_cnn
}  // namespace ganglion
