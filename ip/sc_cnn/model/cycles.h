#pragma once

#include <cstdint>
#include <span>

#include "ip/sc_cnn/model/config.h"
#include "ip/sc_cnn/model/layer.h"
#include "ip/sc_cnn/model/schedule.h"

namespace ganglion::sc_cnn {

// models:          block-clock cycles of a tile, from the counts the down counters really run.
// leaves out:      buffer bank conflicts; refill stalls of the weight FIFOs under FIFO scheduling.
// checked against: a step-by-step simulation of counters and lanes written apart (test/cycles_test.cpp).
// error bound:     exact for the documented machine; the machine is a reconstruction until rtl/ exists.
//
// With c(k) = max(ceil(k/b), zero_skip ? 0 : 1), j over taps, m over the maps of the group:
//   convolution   S = sum_j max_m c(k_mj) under a barrier, max_m sum_j c(k_mj) with FIFOs
//                 A = S + run_cycles;  Q_r = ceil(maps * pixels of run r / requantisers)
//                 tile = tile_cycles + A + sum_{r=1..runs-1} max(A, Q_{r-1}) + Q_{runs-1}
//   fully conn.   tile = tile_cycles + run_cycles + sum_j c(k_j), + ceil(outputs / requantisers) at the last
//   chunk job           start_cycles + load_0 + sum_i max(tile_i, load_{i+1} + store_{i-1}) + store_last,
//   which is
//                 ganglion::TilePipeline (platform/accel/tile_pipeline.h)

/// What the array does in a tile, in the units of cost.yaml.
struct Actions {
  uint64_t lane_cycles = 0;      ///< a lane consumes one row of b stream bits
  uint64_t counter_cycles = 0;   ///< FSM and down counter of one MVM run one cycle
  uint64_t input_reads = 0;      ///< one element leaves the input buffer
  uint64_t weight_reads = 0;     ///< one element leaves the weight buffer
  uint64_t buffer_writes = 0;    ///< one 64-bit word is written into an input, weight or constant buffer
  uint64_t requantisations = 0;  ///< one accumulator gets bias, multiplier, shift, clamp
  uint64_t pool_compares = 0;    ///< one value is compared with the maximum of its window
  uint64_t output_writes = 0;    ///< one element is written into the output buffer
  uint64_t output_reads = 0;     ///< one 64-bit word leaves the output buffer for the bus
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
