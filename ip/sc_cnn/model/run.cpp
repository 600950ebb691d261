#include "ip/sc_cnn/model/run.h"

#include <algorithm>
#include <stdexcept>

namespace ganglion::sc_cnn {
namespace {

std::span<const uint8_t> bytes_of(const Job& job, const ByteRun& run) {
  const auto& operand = [&]() -> const std::span<const uint8_t>& {
    switch (run.operand) {
      case Operand::kWeights:
        return job.weights;
      case Operand::kBias:
        return job.bias;
      case Operand::kMult:
        return job.mult;
      case Operand::kShift:
        return job.shift;
      default:
        return job.in;
    }
  }();
  if (run.offset + run.bytes > operand.size()) {
    throw std::invalid_argument(std::string("operand ") + name_of(run.operand) +
                                " is shorter than the layer says");
  }
  return operand.subspan(run.offset, run.bytes);
}

}  // namespace

Layer without_addresses(Layer layer) {
  const uint64_t eighth = uint64_t{1} << 60;  // further apart than any tensor is long
  layer.in = eighth;
  layer.weights = 2 * eighth;
  layer.bias = 3 * eighth;
  layer.mult = 4 * eighth;
  layer.shift = 5 * eighth;
  layer.out = 6 * eighth;
  return layer;
}

Result run(const Config& config, const Job& job) {
  const Layer& layer = job.layer;
  Result result;
  result.fault = find_job_fault(config, layer);
  if (result.fault) return result;

  result.output.assign(layer.output_layout(config.element_bytes()).span_bytes(), 0);
  Core core(config, layer);
  for (const Tile& tile : make_tiles(config, layer)) {
    TileTrace trace;
    Actions actions;
    core.begin(tile);
    for (const ByteRun& load : load_runs(config, layer, tile)) {
      result.fault = core.load(load, bytes_of(job, load));
      if (result.fault) return result;
      trace.load_bytes += load.bytes;
      actions.buffer_writes += (load.bytes + 7) / 8;
    }
    const TileResult tile_result = core.compute(tile);
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

}  // namespace ganglion::sc_cnn
