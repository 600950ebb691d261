#include "ip/deepcam/model/run.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ganglion::deepcam {
namespace {

std::span<const uint8_t> bytes_of(const Job& job, const ByteRun& run) {
  const auto& operand = [&]() -> const std::span<const uint8_t>& {
    switch (run.operand) {
      case Operand::kWeights:
        return job.weights;
      case Operand::kNorms:
        return job.norms;
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
  layer = layers::without_addresses(layer);
  layer.norms = layer.out + (layer.weights - layer.in);
  return layer;
}

Result run(const Config& config, const Job& job, const Noise& noise) {
  const Layer& layer = job.layer;
  Result result;
  result.fault = find_job_fault(config, layer);
  if (result.fault) return result;

  result.output.assign(layer.output_layout().span_bytes(), 0);
  ProjectionStore projections(config.projection_seed);
  Core core(config, layer, noise, projections, job.number);
  for (uint64_t i = 0; i < core.schedule().tiles(); ++i) {
    const Tile tile = core.schedule().tile(i);
    TileTrace trace;
    Actions actions;
    core.begin(tile);
    for (const ByteRun& load : core.schedule().loads(tile)) {
      result.fault = core.load(load, bytes_of(job, load));
      if (result.fault) return result;
      trace.load_bytes += load.bytes;
      actions.buffer_writes += (load.bytes + 7) / 8;
    }
    const TileResult tile_result = core.compute(tile);
    for (const ByteRun& store : core.schedule().stores(tile)) {
      std::ranges::copy(core.output(store),
                        result.output.begin() + static_cast<std::ptrdiff_t>(store.offset));
      trace.store_bytes += store.bytes;
      actions.output_reads += (store.bytes + 7) / 8;
    }
    trace.compute_cycles = tile_result.cost.cycles;
    result.compute_cycles += tile_result.cost.cycles;
    result.norm_saturations += tile_result.norm_saturations;
    result.product_saturations += tile_result.product_saturations;
    actions += tile_result.cost.actions;
    result.actions += actions;
    result.tiles.push_back(trace);
  }
  return result;
}

Filters hash_filters(const Config& config, const Layer& layer, std::span<const int8_t> weights,
                     uint32_t norm_shift) {
  const HashTiling tiling = layer.tiling();
  if (weights.size() != std::size_t{layer.out_c} * tiling.inputs)
    throw std::invalid_argument("weights are not out_c x taps");
  const Noise ideal({}, 0, "");
  const Projection projection(config.projection_seed, layer.hash_layer, tiling.inputs, layer.hash_bits,
                              ideal);
  std::vector<uint64_t> words(std::size_t{layer.out_c} * tiling.tiles() * layer.hash_bits / 64);
  hash_vectors(projection, tiling, weights, layer.out_c, ideal, {}, words);
  Filters filters;
  for (const uint64_t word : words) {
    for (int byte = 0; byte < 8; ++byte) filters.hashes.push_back(static_cast<uint8_t>(word >> (8 * byte)));
  }
  for (uint32_t m = 0; m < layer.out_c; ++m) {
    for (uint32_t t = 0; t < tiling.tiles(); ++t) {
      const Norm norm = norm_of(
          sum_of_squares(weights.subspan(std::size_t{m} * tiling.inputs + tiling.begin(t), tiling.length(t))),
          norm_shift);
      filters.norms.push_back(norm.code);
      filters.norm_saturations += norm.saturated;
    }
  }
  return filters;
}

}  // namespace ganglion::deepcam
