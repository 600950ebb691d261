#include "ip/deepcam/test/bench.h"

namespace ganglion::deepcam {

int Traits::submit(accelerator_t* core, const Layer& layer) {
  const deepcam_layer_t job = Bench::driver_layer(layer);
  return deepcam_submit(core, &job);
}

void Traits::program(accelerator_t* core, const Layer& layer) {
  const deepcam_layer_t described = Bench::driver_layer(layer);
  deepcam_job_t job;
  deepcam_prepare(&described, &job);
  deepcam_program(core, &job);
}

OwnedJob Bench::small_job(unsigned seed) const {
  std::mt19937 random(seed);
  Layer layer;
  layer.in_c = 2;
  layer.in_h = layer.in_w = 8;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  layer.hi = 127;
  layer.hash_bits = 512;
  complete_geometry(layer);
  return with_random_operands(array, layer, random);
}

Placement Bench::elsewhere() {
  Placement at;
  static_cast<layers::Placement&>(at) = LayerBench::elsewhere();
  at.norms += 0x800;
  return at;
}

Layer Bench::place(const OwnedJob& owned, const Placement& to) {
  Layer layer = owned.layer;
  layer.in = put(to.in, owned.in);
  layer.weights = put(to.weights, owned.weights);
  layer.norms = put(to.norms, owned.norms);
  layer.bias = put(to.bias, owned.bias);
  layer.mult = put(to.mult, owned.mult);
  layer.shift = put(to.shift, owned.shift);
  layer.out = to.out;
  return layer;
}

deepcam_layer_t Bench::driver_layer(const Layer& l) {
  deepcam_layer_t d{};
  d.job = layers::driver_job(l);
  d.norms = l.norms;
  d.hash_bits = l.hash_bits;
  d.hash_tile = l.hash_tile;
  d.hash_layer = l.hash_layer;
  d.norm_shift = l.norm_shift;
  d.product_shift = l.product_shift;
  d.dataflow = l.dataflow;
  d.no_fold = l.fold == 0;
  return d;
}

}  // namespace ganglion::deepcam
