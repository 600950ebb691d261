#pragma once

#include "ip/common/tlm/layer_accelerator.h"
#include "ip/mac_array/model/config.h"
#include "ip/mac_array/model/core.h"
#include "ip/mac_array/model/layer.h"
#include "mac_array_register_bank.h"
#include "platform/kernel/component_registry.h"

namespace ganglion {

namespace mac_array {

/// The parts that make a MAC array of a LayerAccelerator.
struct Model {
  using Registers = mac_array::Registers;
  using Config = mac_array::Config;
  using Layer = mac_array::Layer;
  using Core = mac_array::Core;
  using Actions = mac_array::Actions;
  [[nodiscard]] static Layer layer_of(const Registers::Config& latched);
};

}  // namespace mac_array

/// The MAC array in the accelerator shell: layers::LayerAccelerator with mac_array::Core.
class MacArray final : public layers::LayerAccelerator<mac_array::Model> {
 public:
  /// ConfigError when the parameters describe no array that can be built.
  explicit MacArray(const ComponentContext& context);

 private:
  void add_lane_actions(const mac_array::Actions& actions) override;

  ActionCounter& product_;
  ActionCounter& tree_add_;
  ActionCounter& accumulate_;
};

/// Makes "mac_array" known to scenarios.
void register_mac_array(ComponentRegistry& registry);

}  // namespace ganglion
