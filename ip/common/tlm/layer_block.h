#pragma once

#include <utility>

#include "ip/common/tlm/array_parameters.h"
#include "platform/accel/accelerator.h"

namespace ganglion::layers {

/// Completes the type of the block `Block`, a LayerAccelerator, for the registry: `own` brings schema (by
/// layer_block_schema), cost table, device tree and leakage.
template <class Block>
[[nodiscard]] ComponentType layer_block_type(ComponentType own) {
  ComponentType type = accelerator_type<Block>(std::move(own));
  type.shared_cost_yaml = shared_cost_yaml();
  type.model_only = [](const Params& params) { return read_faults(params).any() ? "faults.rate" : ""; };
  return type;
}

}  // namespace ganglion::layers
