#pragma once

#include <cstdint>
#include <span>

#include "ip/common/model/cycles.h"
#include "ip/sc_cnn/model/config.h"
#include "ip/sc_cnn/model/layer.h"
#include "ip/sc_cnn/model/schedule.h"

namespace ganglion::sc_cnn {

// models:          block-clock cycles of a tile, from the counts the down counters really run.
// leaves out:      buffer bank conflicts; refill stalls of the weight FIFOs under FIFO scheduling.
// checked against: a step-by-step simulation of buffers, counters and lanes written apart
// (test/cycles_test.cpp); JOB_CYCLES of the RTL over random jobs (ip/common/test/rtl_layer_cycles.h).
// error bound:     default array: 95 % of random jobs within 2 % of the RTL; FIFO scheduling has no RTL.
//
// With c(k) = max(ceil(k/b), zero_skip ? 0 : 1), j over taps, m over the maps of the group, O outputs:
//   convolution   S = sum_j max_m c(k_mj) under a barrier, max_m sum_j c(k_mj) with FIFOs; A = S + run_cycles
//   fully conn.   A = sum over taps with c > 0 of ceil(O/T_M) - 1 + c(k_j)
// where a tap without a count (c = 0) still takes its way out of the buffers, an entry a cycle: it costs a
// cycle when the array has nothing left to count by then. These make tiles by ip/common/model/cycles.h, and
// tiles make a job by platform/accel/tile_pipeline.h.

/// What the array does in a tile, in the units of cost.yaml.
struct Actions : layers::BufferActions {
  uint64_t lane_cycles = 0;     ///< a lane consumes one row of b stream bits
  uint64_t counter_cycles = 0;  ///< FSM and down counter of one MVM run one cycle
  Actions& operator+=(const Actions& other);
  bool operator==(const Actions&) const = default;
};

/// Cycles and array actions (all but the buffer words that DMA moves) of one tile.
struct TileCost {
  uint64_t cycles = 0;
  Actions actions;
};

/// Cost of a convolution tile. `counts` is [map_count][taps], the counts of the group's weights.
[[nodiscard]] TileCost convolution_cost(const Config& config, const Layer& layer, const Tile& tile,
                                        std::span<const uint16_t> counts);
/// Cost of a fully connected tile. `counts` holds the counts of the tile's inputs.
[[nodiscard]] TileCost fully_connected_cost(const Config& config, const Layer& layer, const Tile& tile,
                                            std::span<const uint16_t> counts);

}  // namespace ganglion::sc_cnn
