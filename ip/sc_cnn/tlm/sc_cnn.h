#pragma once

#include "ip/common/tlm/layer_accelerator.h"
#include "ip/sc_cnn/model/config.h"
#include "ip/sc_cnn/model/core.h"
#include "ip/sc_cnn/model/layer.h"
#include "platform/kernel/component_registry.h"
#include "sc_cnn_register_bank.h"

namespace ganglion {

namespace sc_cnn {

/// The parts that make an SC-CNN core of a LayerAccelerator.
struct Model {
  using Registers = sc_cnn::Registers;
  using Config = sc_cnn::Config;
  using Layer = sc_cnn::Layer;
  using Core = sc_cnn::Core;
  using Actions = sc_cnn::Actions;
  [[nodiscard]] static Layer layer_of(const Registers::Config& latched);
};

}  // namespace sc_cnn

/// The SC-CNN core in the accelerator shell: layers::LayerAccelerator with sc_cnn::Core.
class ScCnn final : public layers::LayerAccelerator<sc_cnn::Model> {
 public:
  /// ConfigError when the parameters describe no array that can be built.
  explicit ScCnn(const ComponentContext& context);

 private:
  void add_lane_actions(const sc_cnn::Actions& actions) override;

  ActionCounter& lane_cycle_;
  ActionCounter& counter_cycle_;
};

/// Makes "sc_cnn" known to scenarios.
void register_sc_cnn(ComponentRegistry& registry);

}  // namespace ganglion
