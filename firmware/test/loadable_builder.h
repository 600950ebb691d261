#pragma once

#include <ganglion/crc32.h>
#include <ganglion/loadable.h>

#include <cstring>
#include <random>
#include <vector>

namespace ganglion::firmware_test {

/// 64-byte aligned file contents.
struct alignas(64) Block {
  uint8_t bytes[64];
};
using File = std::vector<Block>;

/// Recomputes length and checksum after a change.
inline void seal(File& file) {
  auto* words = reinterpret_cast<uint32_t*>(file.data());
  words[2] = static_cast<uint32_t>(file.size() * sizeof(Block));
  words[3] = 0;
  words[3] = gn_crc32(0, words, words[2]);
}

/// A file of int8 layers (2x6x6 in, 5 classes out) with random weights and constants that keep outputs in
/// range.
inline File loadable_of(std::vector<ganglion_layer> layers, const std::vector<uint32_t>& targets,
                        uint32_t arena_bytes, uint32_t seed) {
  std::mt19937 generator(seed);
  File file(1 + 2 * layers.size());
  const auto append = [&](const void* data, std::size_t bytes) {
    const auto offset = static_cast<uint32_t>(file.size() * sizeof(Block));
    file.resize(file.size() + (bytes + 63) / 64);
    std::memcpy(reinterpret_cast<uint8_t*>(file.data()) + offset, data, bytes);
    return offset;
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    ganglion_layer& layer = layers[i];
    layer.target = targets[i];
    layer.lo = i + 1 == layers.size() ? -128 : 0, layer.hi = 127, layer.weight_bits = 8, layer.guard_bits = 2;
    if (layer.stride == 0) layer.stride = 1;
    std::vector<uint32_t> mult(layer.out_c, 1u << 30), shift(layer.out_c, 38);
    if (layer.kind == GANGLION_LAYER_CONV2D || layer.kind == GANGLION_LAYER_FULLY_CONNECTED) {
      std::vector<int8_t> weights(std::size_t{layer.out_c} * layer.in_c * layer.kh * layer.kw);
      for (int8_t& weight : weights) weight = static_cast<int8_t>(generator());
      layer.macs = static_cast<uint32_t>(weights.size() * layer.out_h * layer.out_w);
      const std::vector<int32_t> bias(layer.out_c, 100);
      layer.weights_offset = append(weights.data(), weights.size());
      layer.bias_offset = append(bias.data(), bias.size() * 4);
    } else if (layer.kind == GANGLION_LAYER_ADD) {
      mult = {3u << 28, 1u << 30}, shift = {30};  // 3/4 and 1
    } else {
      mult = {1u << 30}, shift = {33};  // a mean of nine, 9/8 of it
    }
    layer.mult_offset = append(mult.data(), mult.size() * 4);
    layer.shift_offset = append(shift.data(), shift.size() * 4);
    layer.name_offset = append("layer", 6);
  }
  auto* bytes = reinterpret_cast<uint8_t*>(file.data());
  std::memcpy(bytes + 64, layers.data(), layers.size() * sizeof(ganglion_layer));
  ganglion_loadable_header header{};
  header.magic = GANGLION_LOADABLE_MAGIC, header.version = GANGLION_LOADABLE_VERSION;
  header.layer_count = static_cast<uint32_t>(layers.size()), header.layers_offset = 64;
  header.arena_bytes = arena_bytes, header.operand_bits = 8, header.input_c = 2;
  header.input_h = header.input_w = 6, header.output_offset = layers.back().out_offset, header.classes = 5;
  header.name_offset = layers[0].name_offset, header.element_bytes = 1;
  std::memcpy(bytes, &header, sizeof header);
  seal(file);
  return file;
}

/// conv 2x6x6 -> 4 maps with pool, conv -> 4, fully connected 4x3x3 -> 5; `targets` per layer.
inline File small_loadable(const std::vector<uint32_t>& targets, uint32_t seed = 1) {
  std::vector<ganglion_layer> layers(3);
  layers[0].kind = GANGLION_LAYER_CONV2D;
  layers[0].in_c = 2, layers[0].in_h = layers[0].in_w = 6, layers[0].out_c = 4;
  layers[0].out_h = layers[0].out_w = 6, layers[0].kh = layers[0].kw = 3, layers[0].pad = 1,
  layers[0].pool = 1;
  layers[0].in_offset = 0, layers[0].out_offset = 128;
  layers[1] = layers[0];
  layers[1].in_c = 4, layers[1].in_h = layers[1].in_w = layers[1].out_h = layers[1].out_w = 3,
  layers[1].pool = 0;
  layers[1].in_offset = 128, layers[1].out_offset = 0;
  layers[2].kind = GANGLION_LAYER_FULLY_CONNECTED;
  layers[2].in_c = 36, layers[2].out_c = 5;
  layers[2].in_h = layers[2].in_w = layers[2].out_h = layers[2].out_w = layers[2].kh = layers[2].kw = 1;
  layers[2].in_offset = 0, layers[2].out_offset = 128;
  return loadable_of(layers, targets, 256, seed);
}

/// conv 2x6x6 -> 4, strided conv -> 6x3x3, a shortcut around it (every second pixel, a channel of zeros on
/// both sides), their sum, global average, fully connected -> 5; `targets` per layer.
inline File residual_loadable(const std::vector<uint32_t>& targets, uint32_t seed = 4) {
  std::vector<ganglion_layer> layers(6);
  const auto shape = [&](std::size_t i, uint32_t kind, uint32_t in_c, uint32_t in, uint32_t out_c,
                         uint32_t out) {
    ganglion_layer& layer = layers[i];
    layer.kind = kind, layer.in_c = in_c, layer.in_h = layer.in_w = in, layer.out_c = out_c;
    layer.out_h = layer.out_w = out, layer.kh = layer.kw = 1;
  };
  shape(0, GANGLION_LAYER_CONV2D, 2, 6, 4, 6);
  shape(1, GANGLION_LAYER_CONV2D, 4, 6, 6, 3);
  shape(2, GANGLION_LAYER_PAD, 4, 6, 6, 3);
  shape(3, GANGLION_LAYER_ADD, 6, 3, 6, 3);
  shape(4, GANGLION_LAYER_GLOBAL_AVERAGE_POOL, 6, 3, 6, 1);
  shape(5, GANGLION_LAYER_FULLY_CONNECTED, 6, 1, 5, 1);
  for (std::size_t i : {0, 1}) layers[i].kh = layers[i].kw = 3, layers[i].pad = 1;
  layers[1].stride = layers[2].stride = 2;
  layers[2].kh = layers[2].kw = 0, layers[2].pad = 1;
  layers[0].out_offset = layers[1].in_offset = layers[2].in_offset = 128;
  layers[1].out_offset = layers[3].in2_offset = 320;  // the second operand is the longer way
  layers[2].out_offset = layers[3].in_offset = 0;     // the input is not needed any more
  layers[3].out_offset = layers[4].in_offset = 128;
  layers[4].out_offset = layers[5].in_offset = 0;
  layers[5].out_offset = 64;
  return loadable_of(layers, targets, 384, seed);
}

/// `count` random images for small_loadable.
inline File small_dataset(uint32_t count, uint32_t seed = 1) {
  std::mt19937 generator(seed);
  constexpr uint32_t kImage = 2 * 6 * 6;
  const uint32_t labels_offset = 64 + (count * kImage + 63) / 64 * 64,
                 name_offset = labels_offset + (count + 63) / 64 * 64;
  File file(name_offset / 64 + 1);
  auto* bytes = reinterpret_cast<uint8_t*>(file.data());
  ganglion_dataset_header header{};
  header.magic = GANGLION_DATASET_MAGIC, header.version = GANGLION_DATASET_VERSION;
  header.count = count, header.c = 2, header.h = header.w = 6, header.element_bytes = 1, header.classes = 5;
  header.images_offset = 64, header.labels_offset = labels_offset, header.name_offset = name_offset;
  std::memcpy(bytes, &header, sizeof header);
  for (uint32_t i = 0; i < count * kImage; ++i) bytes[64 + i] = static_cast<uint8_t>(generator());
  seal(file);
  return file;
}

inline ganglion_loadable_header& header_of(File& file) {
  return *reinterpret_cast<ganglion_loadable_header*>(file.data());
}
inline ganglion_layer& layer_of(File& file, std::size_t index) {
  return reinterpret_cast<ganglion_layer*>(file.data() + 1)[index];
}
inline std::size_t bytes_of(const File& file) { return file.size() * sizeof(Block); }

}  // namespace ganglion::firmware_test
