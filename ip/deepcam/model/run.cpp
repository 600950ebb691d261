#include "ip/deepcam/model/run.h"

#include <stdexcept>

namespace ganglion::deepcam {

Layer without_addresses(Layer layer) {
  layer = layers::without_addresses(layer);
  layer.norms = layer.out + (layer.weights - layer.in);
  return layer;
}

Result run(const Config& config, const Job& job, const Noise& noise) {
  Result result;
  result.fault = find_job_fault(config, job.layer);
  if (result.fault) return result;

  result.output.assign(job.layer.output_layout().span_bytes(), 0);
  ProjectionStore projections(config.projection_seed);
  Core core(config, job.layer, noise, projections, job.number);
  layers::run_tiles(core, core.schedule(), job.operands, result, [&result](const TileResult& tile) {
    result.norm_saturations += tile.norm_saturations;
    result.product_saturations += tile.product_saturations;
  });
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
