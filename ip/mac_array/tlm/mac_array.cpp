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
  auto& arithmetic = registers().caps_arithmetic;
  arithmetic.set_operand_bits(static_cast<uint32_t>(array().operand_bits));
  arithmetic.set_macs_per_lane(array().macs_per_lane);
  arithmetic.set_accumulator_bits(static_cast<uint32_t>(array().accumulator_bits));
  keep_instance_constants();
}

void MacArray::add_lane_actions(const mac_array::Actions& actions) {
  product_.add(actions.macs);
  tree_add_.add(actions.macs - actions.accumulator_writes);
  accumulate_.add(actions.accumulator_writes);
}

}  // namespace ganglion
