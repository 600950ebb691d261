#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "ip/common/model/run.h"
#include "platform/base/fixed_point.h"

namespace ganglion::layers {

/// A layer with operands of its own; job() refers to them.
template <class BlockLayer>
struct OwnedJob {
  BlockLayer layer;
  std::vector<uint8_t> in, weights, bias, mult, shift;
  [[nodiscard]] Job<BlockLayer> job() const { return {layer, {in, weights, bias, mult, shift}}; }
};

inline void put_element(std::vector<uint8_t>& to, std::size_t index, int32_t value, int element_bytes) {
  to[index * static_cast<std::size_t>(element_bytes)] = static_cast<uint8_t>(value);
  if (element_bytes == 2) to[2 * index + 1] = static_cast<uint8_t>(value >> 8);
}
inline void append_le32(std::vector<uint8_t>& to, uint32_t value) {
  for (int i = 0; i < 4; ++i) to.push_back(static_cast<uint8_t>(value >> (8 * i)));
}
inline int32_t element_at(std::span<const uint8_t> from, std::size_t byte, int element_bytes) {
  return element_bytes == 1 ? static_cast<int8_t>(from[byte])
                            : static_cast<int16_t>(from[byte] | from[byte + 1] << 8);
}

/// Dense strides and output size of a layer whose input, kernel, stride, padding and pooling are set.
template <class BlockLayer>
void complete_geometry(const Array& array, BlockLayer& layer) {
  const auto eb = static_cast<uint32_t>(array.element_bytes());
  if (layer.fully_connected()) {
    layer.out_h = layer.out_w = 1;
  } else {
    layer.out_h = convolution_output(layer.in_h, layer.kh, layer.stride, layer.pad);
    layer.out_w = convolution_output(layer.in_w, layer.kw, layer.stride, layer.pad);
  }
  layer.in_row_stride = layer.in_w * eb;
  layer.in_plane_stride = layer.in_h * layer.in_row_stride;
  layer.out_row_stride = layer.stored_w() * eb;
  layer.out_plane_stride = layer.stored_h() * layer.out_row_stride;
  layer = without_addresses(layer);
}

/// Random operands for `layer`: weights bell shaped with `weight_sd` of full scale, inputs uniform, constants
/// that spread the accumulators over the output range when a product has `product_bits` more than an operand.
template <class BlockLayer>
OwnedJob<BlockLayer> with_random_operands(const Array& array, const BlockLayer& layer, std::mt19937& random,
                                          double weight_sd = 0.2, uint32_t product_bits = 0) {
  OwnedJob<BlockLayer> owned{layer, {}, {}, {}, {}, {}};
  const int eb = array.element_bytes();
  const int half = 1 << (array.operand_bits - 1);
  std::uniform_int_distribution<int> uniform(-half, half - 1);
  std::normal_distribution<double> bell(0.0, weight_sd * half);
  owned.in.resize(layer.input_layout(eb).span_bytes() + static_cast<std::size_t>(eb), 0x55);
  const FeatureMapLayout in = layer.input_layout(eb);
  for (uint32_t c = 0; c < in.channels; ++c) {
    for (uint32_t y = 0; y < in.height; ++y) {
      for (uint32_t x = 0; x < in.width; ++x) {
        put_element(owned.in, in.offset(c, y, x) / static_cast<unsigned>(eb), uniform(random), eb);
      }
    }
  }
  owned.weights.resize(layer.out_c * layer.taps() * static_cast<std::size_t>(eb));
  for (std::size_t i = 0; i < layer.out_c * layer.taps(); ++i) {
    put_element(owned.weights, i, std::clamp(static_cast<int>(std::lround(bell(random))), -half, half - 1),
                eb);
  }
  for (uint32_t o = 0; o < layer.out_c; ++o) {
    append_le32(owned.bias, static_cast<uint32_t>(uniform(random)));
    append_le32(owned.mult, (1u << 30) + static_cast<uint32_t>(random() & 0xffffff));
    append_le32(owned.shift, 30u + product_bits + static_cast<uint32_t>(random() % 3));
  }
  return owned;
}

/// The common registers of a random legal convolution, small enough for naive loops; a block sets its own.
template <class BlockLayer>
BlockLayer random_convolution(const Array& array, std::mt19937& random) {
  const auto pick = [&random](uint32_t low, uint32_t high) {
    return low + static_cast<uint32_t>(random() % (high - low + 1));
  };
  BlockLayer layer;
  layer.in_c = pick(1, 5);
  layer.out_c = pick(1, 2 * array.mvms + 1);
  layer.kh = pick(1, 5);
  layer.kw = pick(1, 5);
  layer.stride = pick(1, 3);
  layer.pad = pick(0, 2);
  layer.in_h = pick(std::max(layer.kh, 4u), 14);
  layer.in_w = pick(std::max(layer.kw, 4u), 14);
  complete_geometry(array, layer);
  layer.pool = layer.out_h >= 2 && layer.out_w >= 2 && random() % 2 == 0 ? 1 : 0;
  const auto eb = static_cast<uint32_t>(array.element_bytes());
  complete_geometry(array, layer);
  if (random() % 2 == 0) {  // gaps between rows and planes
    layer.in_row_stride += eb * pick(0, 3);
    layer.in_plane_stride = layer.in_row_stride * layer.in_h + eb * pick(0, 5);
    layer.out_row_stride += eb * pick(0, 3);
    layer.out_plane_stride = layer.out_row_stride * layer.stored_h() + eb * pick(0, 5);
  }
  layer.hi = static_cast<int32_t>(signed_max(array.operand_bits));
  layer.lo = random() % 2 == 0 ? 0 : static_cast<int32_t>(signed_min(array.operand_bits));
  return layer;
}

/// `layer`, a random convolution, as a random fully connected layer.
template <class BlockLayer>
BlockLayer as_fully_connected(const Array& array, BlockLayer layer, std::mt19937& random) {
  layer.kind = Layer::kFullyConnected;
  layer.pool = 0;
  layer.out_c = 1 + static_cast<uint32_t>(random() % (2 * array.array_lanes()));
  complete_geometry(array, layer);
  if (random() % 2 == 0) {
    layer.in_row_stride += static_cast<uint32_t>(array.element_bytes());
    layer.in_plane_stride = layer.in_h * layer.in_row_stride;
    layer.out_plane_stride *= 3;
  }
  return layer;
}

}  // namespace ganglion::layers
