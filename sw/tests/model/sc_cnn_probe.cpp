// Runs a loadable's layers through the C++ model of the SC-CNN core and prints what each did, for comparison
// with the NumPy reference: "image layer saturations compute_cycles element element ..." a line.
//   sc_cnn_probe LOADABLE DATASET
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
#include "ip/sc_cnn/model/run.h"

namespace {

using Bytes = std::vector<uint8_t>;

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

ganglion::sc_cnn::Layer model_layer(const ganglion_layer& l, uint32_t item) {
  ganglion::sc_cnn::Layer layer;
  layer.kind = l.kind;
  layer.in_c = l.in_c, layer.in_h = l.in_h, layer.in_w = l.in_w;
  layer.out_c = l.out_c, layer.out_h = l.out_h, layer.out_w = l.out_w;
  layer.kh = l.kh, layer.kw = l.kw, layer.stride = l.stride, layer.pad = l.pad, layer.pool = l.pool;
  layer.lo = l.lo, layer.hi = l.hi;
  layer.weight_bits = l.weight_bits, layer.guard_bits = l.guard_bits, layer.zero_skip = l.zero_skip;
  layer.in_row_stride = l.in_w * item;
  layer.in_plane_stride = layer.in_row_stride * l.in_h;
  layer.out_row_stride = layer.stored_w() * item;
  layer.out_plane_stride = layer.out_row_stride * layer.stored_h();
  return ganglion::layers::without_addresses(layer);
}

int64_t element(const Bytes& map, size_t index, uint32_t item) {
  return item == 1 ? int64_t{static_cast<int8_t>(map[index])} : int64_t{at<int16_t>(map, index * 2)};
}

void probe(const Bytes& network, const Bytes& images) {
  const auto header = at<ganglion_loadable_header>(network, 0);
  const auto data = at<ganglion_dataset_header>(images, 0);
  ganglion::sc_cnn::Config config;
  config.operand_bits = static_cast<int>(header.operand_bits);
  const uint32_t item = header.element_bytes;
  const size_t image_bytes = size_t{data.c} * data.h * data.w * item;
  const auto blob = [&](uint32_t offset, size_t bytes) { return std::span(network).subspan(offset, bytes); };
  for (uint32_t image = 0; image < data.count; ++image) {
    const auto begin = images.begin() + static_cast<ptrdiff_t>(data.images_offset + image * image_bytes);
    Bytes map(begin, begin + static_cast<ptrdiff_t>(image_bytes));
    for (uint32_t i = 0; i < header.layer_count; ++i) {
      const auto l = at<ganglion_layer>(network, header.layers_offset + i * sizeof(ganglion_layer));
      const size_t weights = size_t{l.out_c} * l.in_c * l.kh * l.kw * item;
      const ganglion::sc_cnn::Job job{
          model_layer(l, item),
          {map, blob(l.weights_offset, weights), blob(l.bias_offset, size_t{l.out_c} * 4),
           blob(l.mult_offset, size_t{l.out_c} * 4), blob(l.shift_offset, size_t{l.out_c} * 4)}};
      ganglion::sc_cnn::Result result = ganglion::sc_cnn::run(config, job);
      if (result.fault) throw std::runtime_error(result.fault->to_string());
      std::cout << image << ' ' << i << ' ' << result.saturations << ' ' << result.compute_cycles;
      map = std::move(result.output);
      for (size_t e = 0; e < map.size() / item; ++e) std::cout << ' ' << element(map, e, item);
      std::cout << '\n';
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: sc_cnn_probe LOADABLE DATASET\n";
    return 2;
  }
  try {
    probe(read_file(argv[1]), read_file(argv[2]));
  } catch (const std::exception& error) {
    std::cerr << "sc_cnn_probe: " << error.what() << '\n';
    return 1;
  }
}
