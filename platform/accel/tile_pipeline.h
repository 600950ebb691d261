#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "platform/accel/job.h"

namespace ganglion {

/// A job cut into tiles with double-buffered operands and results: while tile i is computed, the DMA fetches
/// tile i+1 and then stores tile i-1.
///
/// models: cycles = start + load(0) + sum_i max(compute_i, load_{i+1} + store_{i-1}) + store(last)
/// leaves out: reads and writes sharing the bus in one phase (one DMA channel does them in turn)
/// checked against: pipeline_cycles below, for random tiles (test/tile_pipeline_test.cpp)
/// error bound: exact
struct TilePipeline {
  std::size_t tiles = 0;
  uint64_t start_cycles = 0;              ///< from START to the first DMA request, cause issue
  std::function<void(std::size_t)> load;  ///< operands of tile i to buffer i % 2, by JobContext::dma_read
  std::function<uint64_t(std::size_t)> compute;  ///< arithmetic of tile i; returns its cycles
  std::function<void(std::size_t)> store;        ///< results of tile i from buffer i % 2, by dma_write

  /// Runs all tiles; what the callbacks throw passes through.
  void run(JobContext& job) const;
};

/// The formula of TilePipeline; the three spans have one entry a tile.
[[nodiscard]] uint64_t pipeline_cycles(uint64_t start, std::span<const uint64_t> load,
                                       std::span<const uint64_t> compute, std::span<const uint64_t> store);

}  // namespace ganglion
