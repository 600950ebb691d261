#pragma once

#include <cstdint>

#include "ip/common/model/cycles.h"
#include "ip/mac_array/model/config.h"
#include "ip/mac_array/model/layer.h"

namespace ganglion::mac_array {

// models:          block-clock cycles of a tile.
// leaves out:      buffer bank conflicts.
// checked against: a lane stepped cycle by cycle (test/cycles_test.cpp); JOB_CYCLES of the RTL over random
// jobs (ip/common/test/rtl_layer_cycles.h).
// error bound:     default array: 95 % of random jobs within 2 % of the RTL; macs_per_lane > 1 has no RTL.
//
// With d = macs_per_lane: convolution A = ceil(taps / d) + run_cycles, fully connected A = ceil(taps of the
// chunk / d) * ceil(outputs / T_M), because T_M * d weights leave the weight buffer a cycle;
// ip/common/model/cycles.h makes tiles of that, platform/accel/tile_pipeline.h the job.

/// What the array does in a tile, in the units of cost.yaml.
struct Actions : layers::BufferActions {
  uint64_t macs = 0;                ///< one product is formed and summed
  uint64_t accumulator_writes = 0;  ///< one lane adds its products to its accumulator
  Actions& operator+=(const Actions& other);
  bool operator==(const Actions&) const = default;
};

/// Cycles and array actions (all but the buffer words that DMA moves) of one tile.
struct TileCost {
  uint64_t cycles = 0;
  Actions actions;
};
[[nodiscard]] TileCost tile_cost(const Config& config, const Layer& layer, const layers::Tile& tile);

}  // namespace ganglion::mac_array
