#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "ip/common/model/faults.h"
#include "ip/common/model/layer.h"
#include "ip/common/model/schedule.h"

namespace ganglion::layers {

/// A layer with its operands; strides of the layer apply to `in` and to the result, addresses only take part
/// in the checks: see without_addresses().
template <class BlockLayer>
struct Job {
  BlockLayer layer;
  Operands operands;
};

/// Cycles and transfers of one tile of a result.
struct TileTrace {
  uint64_t compute_cycles = 0;
  uint64_t load_bytes = 0;
  uint64_t store_bytes = 0;
};

/// What the result of every job holds.
template <class Actions>
struct TiledResult {
  std::optional<JobFault> fault;  ///< when set, the rest covers the tiles before it
  std::vector<uint8_t> output;    ///< output_layout().span_bytes(), gaps are 0
  Actions actions;
  uint64_t compute_cycles = 0;  ///< of all tiles, transfers apart
  std::vector<TileTrace> tiles;
};

template <class Actions>
struct Result : TiledResult<Actions> {
  uint64_t saturations = 0;
};

/// Runs the tiles of `schedule` on `core`, up to the first that it refuses to load, into `result`, whose
/// output has its size; `count(tile_result)` for each.
template <class Core, class TileSchedule, class Actions, class Count>
void run_tiles(Core& core, const TileSchedule& schedule, const Operands& operands,
               TiledResult<Actions>& result, Count&& count) {
  for (std::size_t i = 0; i < schedule.tiles(); ++i) {
    const auto& tile = schedule.tile(i);
    TileTrace trace;
    Actions actions;
    core.begin(tile);
    for (const ByteRun& load : schedule.loads(tile)) {
      result.fault = core.load(load, operands.bytes_of(load));
      if (result.fault) return;
      trace.load_bytes += load.bytes;
      actions.buffer_writes += (load.bytes + 7) / 8;
    }
    const auto tile_result = core.compute(tile);
    for (const ByteRun& store : schedule.stores(tile)) {
      std::ranges::copy(core.output(store),
                        result.output.begin() + static_cast<std::ptrdiff_t>(store.offset));
      trace.store_bytes += store.bytes;
      actions.output_reads += (store.bytes + 7) / 8;
    }
    trace.compute_cycles = tile_result.cost.cycles;
    result.compute_cycles += tile_result.cost.cycles;
    count(tile_result);
    actions += tile_result.cost.actions;
    result.actions += actions;
    result.tiles.push_back(trace);
  }
}

/// Runs a whole job on a block's core. Operand spans must be as long as the layer says
/// (std::invalid_argument).
template <class Core, class Actions, class Config, class BlockLayer>
[[nodiscard]] Result<Actions> run(const Config& config, const Job<BlockLayer>& job,
                                  FaultInjector* faults = nullptr) {
  Result<Actions> result;
  result.fault = find_job_fault(config, job.layer);
  if (result.fault) return result;
  result.output.assign(job.layer.output_layout(config.element_bytes()).span_bytes(), 0);
  Core core(config, job.layer, faults);
  run_tiles(core, Schedule(config, job.layer), job.operands, result,
            [&result](const auto& tile) { result.saturations += tile.saturations; });
  return result;
}

}  // namespace ganglion::layers
