#include "platform/accel/tile_pipeline.h"

#include <algorithm>

namespace ganglion {

void TilePipeline::run(JobContext& job) const {
  job.wait_cycles(start_cycles, TimeCause::kIssue);
  if (tiles == 0) return;
  load(0);
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    job.start_compute(compute(tile));
    if (tile + 1 < tiles) load(tile + 1);
    if (tile > 0) store(tile - 1);
    job.await_compute();
  }
  store(tiles - 1);
}

uint64_t pipeline_cycles(uint64_t start, std::span<const uint64_t> load, std::span<const uint64_t> compute,
                         std::span<const uint64_t> store) {
  const std::size_t tiles = compute.size();
  if (tiles == 0) return start;
  uint64_t cycles = start + load[0] + store[tiles - 1];
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const uint64_t next_load = tile + 1 < tiles ? load[tile + 1] : 0;
    const uint64_t last_store = tile > 0 ? store[tile - 1] : 0;
    cycles += std::max(compute[tile], next_load + last_store);
  }
  return cycles;
}

}  // namespace ganglion
