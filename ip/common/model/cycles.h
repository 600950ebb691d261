#pragma once

#include <cstdint>
#include <span>

#include "ip/common/model/array.h"
#include "ip/common/model/layer.h"
#include "ip/common/model/schedule.h"

namespace ganglion::layers {

/// What the memories and the post-processing of an array do, in the units of cost.yaml. A block's own Actions
/// add what its lanes do.
struct BufferActions {
  uint64_t input_reads = 0;      ///< one element leaves the input buffer
  uint64_t weight_reads = 0;     ///< one element leaves the weight buffer
  uint64_t buffer_writes = 0;    ///< one 64-bit word is written into an input, weight or constant buffer
  uint64_t requantisations = 0;  ///< one accumulator gets bias, multiplier, shift, clamp
  uint64_t pool_compares = 0;    ///< one value is compared with the maximum of its window
  uint64_t output_writes = 0;    ///< one element is written into the output buffer
  uint64_t output_reads = 0;     ///< one 64-bit word leaves the output buffer for the bus
  BufferActions& operator+=(const BufferActions& other);
  bool operator==(const BufferActions&) const = default;
};

/// Runs of p pixels that a convolution tile takes, and its computed pixels of a map.
struct PixelRuns {
  uint64_t pixels = 0, runs = 0;
};
[[nodiscard]] PixelRuns pixel_runs(const Array& array, const Layer& layer, const Tile& tile);

// models:          post-processing empties a shadow copy of the accumulators while the next run accumulates
// checked against: arrays stepped cycle by cycle in the blocks' tests; error bound: exact for that machine

/// Cycles of a convolution tile whose runs accumulate for `accumulate` cycles each, fill and drain included:
/// tile_cycles + A + sum_{r=1..runs-1} max(A, Q_{r-1}) + Q_{runs-1}, Q_r = maps * ceil(pixels of r /
/// requantisers).
[[nodiscard]] uint64_t convolution_tile_cycles(const Array& array, const Layer& layer, const Tile& tile,
                                               uint64_t accumulate);
/// The same with `accumulate[r]` cycles of run r.
[[nodiscard]] uint64_t convolution_tile_cycles(const Array& array, const Layer& layer, const Tile& tile,
                                               std::span<const uint64_t> accumulate);
/// Cycles of a fully connected tile that accumulates for `accumulate` cycles: tile_cycles + run_cycles + A, +
/// ceil(outputs / requantisers) at the last chunk.
[[nodiscard]] uint64_t fully_connected_tile_cycles(const Array& array, const Tile& tile, uint64_t accumulate);
/// Books what follows the accumulators of `tile`.
void add_post_processing(const Layer& layer, const Tile& tile, BufferActions& actions);

[[nodiscard]] constexpr uint64_t ceil_div(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

}  // namespace ganglion::layers
