#include "ip/mac_array/tlm/mac_array.h"

#include "ip/mac_array/tlm/parameters.h"

namespace ganglion {

mac_array::Layer mac_array::Model::layer_of(const Registers::Config& latched) {
  Layer layer;
  layers::read_layer(latched, layer);
  return layer;
}

MacArray::MacArray(const ComponentContext& context)
    : LayerAccelerator(context, mac_array::array_of(context.params)),
      product_(action("product_" + mac_array::multiplier_width(array()))),
      tree_add_(action("tree_add")),
      accumulate_(action("accumulate_" + mac_array::accumulator_width(array()))) {
  layers::show_built_constants(registers(), mac_array::built_constants(context.params));
  keep_instance_constants();
}

void MacArray::add_lane_actions(const mac_array::Actions& actions) {
  product_.add(actions.macs);
  tree_add_.add(actions.macs - actions.accumulator_writes);
  accumulate_.add(actions.accumulator_writes);
}

}  // namespace ganglion
