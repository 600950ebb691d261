#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "ip/deepcam/model/run.h"

namespace ganglion::deepcam {

/// A layer with operands of its own; job() refers to them.
struct OwnedJob {
  Layer layer;
  std::vector<int8_t> plain_weights;  ///< [out_c][taps], what the hashes were made of
  std::vector<uint8_t> in, weights, norms, bias, mult, shift;
  [[nodiscard]] Job job(uint32_t number = 1) const {
    return {{layer, {in, weights, bias, mult, shift, norms}}, number};
  }
};

inline void append_le32(std::vector<uint8_t>& to, uint32_t value) {
  for (int i = 0; i < 4; ++i) to.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

/// Dense strides and output size of a layer whose input, kernel, stride, padding and pooling are set.
inline void complete_geometry(Layer& layer) {
  if (layer.fully_connected()) {
    layer.out_h = layer.out_w = 1;
  } else {
    layer.out_h = convolution_output(layer.in_h, layer.kh, layer.stride, layer.pad);
    layer.out_w = convolution_output(layer.in_w, layer.kw, layer.stride, layer.pad);
  }
  layer.in_row_stride = layer.in_w;
  layer.in_plane_stride = layer.in_h * layer.in_row_stride;
  layer.out_row_stride = layer.stored_w();
  layer.out_plane_stride = layer.stored_h() * layer.out_row_stride;
  layer = without_addresses(layer);
}

/// Random operands: weights bell shaped, inputs uniform, constants that spread the sums over the output
/// range.
inline OwnedJob with_random_operands(const Config& config, const Layer& layer, std::mt19937& random) {
  OwnedJob owned{layer, {}, {}, {}, {}, {}, {}, {}};
  std::normal_distribution<double> bell(0.0, 30.0);
  owned.in.resize(layer.input_layout().span_bytes() + 3);
  for (uint8_t& x : owned.in) x = static_cast<uint8_t>(random());
  owned.plain_weights.resize(layer.out_c * layer.taps());
  for (int8_t& w : owned.plain_weights)
    w = static_cast<int8_t>(std::clamp(std::lround(bell(random)), -128l, 127l));
  const Filters filters = hash_filters(config, layer, owned.plain_weights, 3);
  owned.weights = filters.hashes;
  owned.norms = filters.norms;
  for (uint32_t o = 0; o < layer.out_c; ++o) {
    append_le32(owned.bias, static_cast<uint32_t>(static_cast<int32_t>(random() % 401) - 200));
    append_le32(owned.mult, (1u << 30) + static_cast<uint32_t>(random() & 0xffffff));
    append_le32(owned.shift, 30u + static_cast<uint32_t>(random() % 3));
  }
  return owned;
}

/// A random legal layer, small enough for naive loops.
inline Layer random_layer(const Config& config, std::mt19937& random) {
  const auto pick = [&random](uint32_t low, uint32_t high) {
    return low + static_cast<uint32_t>(random() % (high - low + 1));
  };
  Layer layer;
  layer.kind = pick(0, 3) == 0 ? Layer::kFullyConnected : Layer::kConvolution;
  layer.in_c = pick(1, 5);
  const uint32_t divisor = pick(1, 8);  // of its own: operands of / have no order
  layer.out_c = pick(1, 2 * config.rows + 10) / divisor + 1;
  layer.kh = pick(1, 5);
  layer.kw = pick(1, 5);
  layer.stride = pick(1, 3);
  layer.pad = pick(0, 2);
  layer.in_h = pick(std::max(layer.kh, 4u), 14);
  layer.in_w = pick(std::max(layer.kw, 4u), 14);
  complete_geometry(layer);
  if (!layer.fully_connected() && layer.out_h >= 2 && layer.out_w >= 2) layer.pool = pick(0, 1);
  complete_geometry(layer);
  if (pick(0, 1) == 0) {  // gaps between rows and planes
    layer.in_row_stride += pick(0, 3);
    layer.in_plane_stride = layer.in_row_stride * layer.in_h + pick(0, 5);
    layer.out_row_stride += pick(0, 3);
    layer.out_plane_stride = layer.out_row_stride * layer.stored_h() + pick(0, 5);
  }
  layer.hi = 127;
  layer.lo = pick(0, 1) == 0 ? 0 : -128;
  layer.hash_bits = kSegmentBits * pick(1, 4);
  const auto taps = static_cast<uint32_t>(layer.taps());
  if (pick(0, 2) == 0) layer.hash_tile = (taps / pick(1, 8) / 8 + 1) * 8;
  layer.hash_layer = pick(0, 3);
  layer.norm_shift = pick(0, 5);
  layer.product_shift = pick(28, 34);
  layer.dataflow = pick(0, 1);
  return layer;
}

}  // namespace ganglion::deepcam
