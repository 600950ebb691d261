#include "ip/sc_cnn/tlm/sc_cnn.h"

#include <string>

#include "ip/sc_cnn/tlm/parameters.h"

namespace ganglion {

sc_cnn::Layer sc_cnn::Model::layer_of(const Registers::Config& latched) {
  Layer layer;
  layers::read_layer(latched, layer);
  layer.weight_bits = latched.weight_bits;
  layer.guard_bits = latched.guard_bits;
  layer.zero_skip = latched.zero_skip;
  return layer;
}

ScCnn::ScCnn(const ComponentContext& context)
    : LayerAccelerator(context, sc_cnn::array_of(context.params)),
      lane_cycle_(action("lane_cycle_b" + std::to_string(array().bit_parallel))),
      counter_cycle_(action("counter_cycle")) {
  layers::show_built_constants(registers(), sc_cnn::built_constants(context.params));
  keep_instance_constants();
}

void ScCnn::add_lane_actions(const sc_cnn::Actions& actions) {
  lane_cycle_.add(actions.lane_cycles);
  counter_cycle_.add(actions.counter_cycles);
}

}  // namespace ganglion
