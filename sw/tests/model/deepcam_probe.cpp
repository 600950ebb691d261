// Runs a loadable's layers of weights through the C++ model of the DeepCAM array and prints what each did,
// for comparison with the NumPy emulation: "image layer norm_saturations compute_cycles actions element ..."
// a line, actions as in print().
//   deepcam_probe LOADABLE DATASET HASH_BITS HASH_TILE DATAFLOW ROWS SEGMENTS PIECEWISE_LINEAR
//                 [CONDUCTANCE READ SENSE STEP_LOG2]
// Noise is that of an instance called "probe", seed 1, whose jobs number upwards from 1.
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "ganglion_loadable.h"
#include "ip/deepcam/model/run.h"

namespace {

using Bytes = std::vector<uint8_t>;
namespace deepcam = ganglion::deepcam;

Bytes read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(std::string("cannot open ") + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename T>
T at(const Bytes& file, size_t offset) {
  if (offset + sizeof(T) > file.size()) throw std::runtime_error("offset outside the file");
  T value;
  std::memcpy(&value, file.data() + offset, sizeof(T));
  return value;
}

/// How all layers are hashed.
struct Hash {
  uint32_t bits, tile, dataflow;
};

deepcam::Layer model_layer(const ganglion_layer& l, const Hash& hash, uint32_t number) {
  constexpr uint32_t kNormShift = 5;
  deepcam::Layer layer;
  layer.kind = l.kind;
  layer.in_c = l.in_c, layer.in_h = l.in_h, layer.in_w = l.in_w;
  layer.out_c = l.out_c, layer.out_h = l.out_h, layer.out_w = l.out_w;
  layer.kh = l.kh, layer.kw = l.kw, layer.stride = l.stride, layer.pad = l.pad, layer.pool = l.pool;
  layer.lo = l.lo, layer.hi = l.hi;
  layer.in_row_stride = l.in_w;
  layer.in_plane_stride = l.in_w * l.in_h;
  layer.out_row_stride = layer.stored_w();
  layer.out_plane_stride = layer.stored_w() * layer.stored_h();
  layer.hash_bits = hash.bits, layer.hash_tile = hash.tile, layer.hash_layer = number;
  layer.dataflow = hash.dataflow;
  layer.norm_shift = kNormShift;
  layer.product_shift = 32 - 2 * kNormShift;
  return deepcam::without_addresses(layer);
}

/// Actions that depend on the shape alone, in the order the test knows.
void print(const deepcam::Actions& a) {
  for (const uint64_t count :
       {a.searches, a.segment_searches, a.row_segment_writes, a.distance_senses, a.hash_cells, a.sense_bits,
        a.partial_sum_adds, a.norm_squares, a.products, a.requantisations, a.pool_compares, a.input_reads,
        a.key_writes, a.key_reads, a.output_writes}) {
    std::cout << ' ' << count;
  }
}

void probe(const Bytes& network, const Bytes& images, const deepcam::Config& config, const Hash& hash) {
  const auto header = at<ganglion_loadable_header>(network, 0);
  const auto data = at<ganglion_dataset_header>(images, 0);
  const deepcam::Noise noise(config.noise, 1, "probe");
  const size_t image_bytes = size_t{data.c} * data.h * data.w;
  const auto blob = [&](uint32_t offset, size_t bytes) { return std::span(network).subspan(offset, bytes); };
  for (uint32_t image = 0; image < data.count; ++image) {
    const auto begin = images.begin() + static_cast<ptrdiff_t>(data.images_offset + image * image_bytes);
    Bytes map(begin, begin + static_cast<ptrdiff_t>(image_bytes));
    for (uint32_t i = 0; i < header.layer_count; ++i) {
      const auto l = at<ganglion_layer>(network, header.layers_offset + i * sizeof(ganglion_layer));
      const deepcam::Layer layer = model_layer(l, hash, i);
      const auto weights = blob(l.weights_offset, size_t{l.out_c} * l.in_c * l.kh * l.kw);
      const deepcam::Filters filters = deepcam::hash_filters(
          config, layer, {reinterpret_cast<const int8_t*>(weights.data()), weights.size()}, layer.norm_shift);
      const deepcam::Job job{{layer,
                              {.in = map,
                               .weights = filters.hashes,
                               .bias = blob(l.bias_offset, size_t{l.out_c} * 4),
                               .mult = blob(l.mult_offset, size_t{l.out_c} * 4),
                               .shift = blob(l.shift_offset, size_t{l.out_c} * 4),
                               .norms = filters.norms}},
                             image * header.layer_count + i + 1};
      deepcam::Result result = deepcam::run(config, job, noise);
      if (result.fault) throw std::runtime_error(result.fault->to_string());
      std::cout << image << ' ' << i << ' ' << result.norm_saturations + filters.norm_saturations << ' '
                << result.compute_cycles + config.start_cycles;
      print(result.actions);
      map = std::move(result.output);
      for (const uint8_t element : map) std::cout << ' ' << int{static_cast<int8_t>(element)};
      std::cout << '\n';
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9 && argc != 13) {
    std::cerr << "usage: deepcam_probe LOADABLE DATASET HASH_BITS HASH_TILE DATAFLOW ROWS SEGMENTS "
                 "PIECEWISE_LINEAR [CONDUCTANCE READ SENSE STEP_LOG2]\n";
    return 2;
  }
  try {
    const auto number = [argv](int i) { return static_cast<uint32_t>(std::stoul(argv[i])); };
    deepcam::Config config;
    config.rows = number(6);
    config.segments = number(7);
    config.cosine = number(8) != 0 ? deepcam::CosineUnit::kPiecewiseLinear : deepcam::CosineUnit::kTable;
    if (argc == 13) config.noise = {number(9), number(10), number(11), number(12)};
    probe(read_file(argv[1]), read_file(argv[2]), config, {number(3), number(4), number(5)});
  } catch (const std::exception& error) {
    std::cerr << "deepcam_probe: " << error.what() << '\n';
    return 1;
  }
}
