#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ip/common/model/faults.h"
#include "ip/common/model/layer.h"
#include "ip/common/model/schedule.h"

namespace ganglion::layers {

/// A layer's operands at hand, little endian, as in memory.
struct Operands {
  std::span<const uint8_t> in, weights, bias, mult, shift;
  /// Bytes of a run; std::invalid_argument when the operand is shorter.
  [[nodiscard]] std::span<const uint8_t> bytes_of(const ByteRun& run) const;
};

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

template <class Actions>
struct Result {
  std::optional<JobFault> fault;  ///< when set, the rest covers the tiles before it
  std::vector<uint8_t> output;    ///< output_layout().span_bytes(), gaps are 0
  Actions actions;
  uint64_t compute_cycles = 0;  ///< of all tiles, transfers apart
  uint64_t saturations = 0;
  std::vector<TileTrace> tiles;
};

/// Runs a whole job on a block's core. Operand spans must be as long as the layer says
/// (std::invalid_argument).
template <class Core, class Actions, class Config, class BlockLayer>
[[nodiscard]] Result<Actions> run(const Config& config, const Job<BlockLayer>& job,
                                  FaultInjector* faults = nullptr) {
  const BlockLayer& layer = job.layer;
  Result<Actions> result;
  result.fault = find_job_fault(config, layer);
  if (result.fault) return result;

  result.output.assign(layer.output_layout(config.element_bytes()).span_bytes(), 0);
  Core core(config, layer, faults);
  for (const Tile& tile : make_tiles(config, layer)) {
    TileTrace trace;
    Actions actions;
    core.begin(tile);
    for (const ByteRun& load : load_runs(config, layer, tile)) {
      result.fault = core.load(load, job.operands.bytes_of(load));
      if (result.fault) return result;
      trace.load_bytes += load.bytes;
      actions.buffer_writes += (load.bytes + 7) / 8;
    }
    const auto tile_result = core.compute(tile);
    for (const ByteRun& store : store_runs(config, layer, tile)) {
      std::ranges::copy(core.output(store),
                        result.output.begin() + static_cast<std::ptrdiff_t>(store.offset));
      trace.store_bytes += store.bytes;
      actions.output_reads += (store.bytes + 7) / 8;
    }
    trace.compute_cycles = tile_result.cost.cycles;
    result.compute_cycles += tile_result.cost.cycles;
    result.saturations += tile_result.saturations;
    actions += tile_result.cost.actions;
    result.actions += actions;
    result.tiles.push_back(trace);
  }
  return result;
}

}  // namespace ganglion::layers
