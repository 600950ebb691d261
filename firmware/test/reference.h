#pragma once

#include <ganglion/kernels.h>

#include <cstdint>
#include <random>
#include <vector>

#include "platform/base/fixed_point.h"
#include "platform/base/tensor_layout.h"

namespace ganglion::firmware_test {

/// A layer with its own memory, filled with random elements of `bits` bits; every value, both rails included,
/// occurs.
struct RandomLayer {
  gn_layer_t layer{};
  int bits = 8;
  std::vector<int64_t> in, weights;  // as numbers, for the reference
  std::vector<uint64_t> in_memory, weights_memory, out_memory;
  std::vector<int32_t> bias;
  std::vector<uint32_t> multiplier, shift;

  RandomLayer(gn_layer_t shape, int bits, uint32_t seed) : layer(shape), bits(bits) {
    std::mt19937 generator(seed);
    layer.element_bytes = static_cast<uint32_t>(element_bytes(bits));
    const auto elements = [&](std::size_t count) {
      const auto low = static_cast<int>(signed_min(bits)), high = static_cast<int>(signed_max(bits));
      std::uniform_int_distribution<int> any(low - 2, high + 2);  // a little more weight on the rails
      std::vector<int64_t> values(count);
      for (int64_t& value : values) value = std::clamp(any(generator), low, high);
      return values;
    };
    in = elements(std::size_t{layer.in_c} * layer.in_h * layer.in_w);
    weights = elements(std::size_t{layer.out_c} * layer.in_c * layer.kh * layer.kw);
    const int sum_bits = 2 * bits + 4;
    for (uint32_t i = 0; i < layer.out_c; ++i) {
      bias.push_back(std::uniform_int_distribution<int32_t>(-(1 << 12), 1 << 12)(generator));
      multiplier.push_back(std::uniform_int_distribution<uint32_t>(1u << 30, 0x7fffffffu)(generator));
      shift.push_back(static_cast<uint32_t>(30 + sum_bits - bits - static_cast<int>(i % 3)));
    }
    layer.lo = static_cast<int32_t>(seed % 2 == 0 ? 0 : signed_min(bits));
    layer.hi = static_cast<int32_t>(signed_max(bits));
    in_memory = packed(in);
    weights_memory = packed(weights);
    out_memory.assign(std::size_t{layer.out_c} * layer.out_h * layer.out_w * layer.element_bytes / 8 + 2,
                      kUntouched);
    layer.in = in_memory.data();
    layer.weights = weights_memory.data();
    layer.bias = bias.data();
    layer.multiplier = multiplier.data();
    layer.shift = shift.data();
    layer.out = out_memory.data();
  }

  static constexpr uint64_t kUntouched = 0x5a5a5a5a5a5a5a5a;

  [[nodiscard]] std::vector<uint64_t> packed(const std::vector<int64_t>& values) const {
    std::vector<uint64_t> memory(values.size() * layer.element_bytes / 8 + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (layer.element_bytes == 1) {
        reinterpret_cast<int8_t*>(memory.data())[i] = static_cast<int8_t>(values[i]);
      } else {
        reinterpret_cast<int16_t*>(memory.data())[i] = static_cast<int16_t>(values[i]);
      }
    }
    return memory;
  }

  /// The stored map as numbers, and behind it how many bytes of the output memory must be untouched.
  [[nodiscard]] std::vector<int64_t> stored(std::size_t count) const {
    std::vector<int64_t> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = layer.element_bytes == 1 ? int64_t{reinterpret_cast<const int8_t*>(out_memory.data())[i]}
                                           : int64_t{reinterpret_cast<const int16_t*>(out_memory.data())[i]};
    }
    return values;
  }
  [[nodiscard]] bool untouched_behind(std::size_t count) const {
    const auto* bytes = reinterpret_cast<const uint8_t*>(out_memory.data());
    for (std::size_t i = count * layer.element_bytes; i < out_memory.size() * 8; ++i) {
      if (bytes[i] != 0x5a) return false;
    }
    return true;
  }

  /// Straight from architecture.md 4b: accumulate, bias, requantise, then pool.
  [[nodiscard]] std::vector<int64_t> expected() const {
    std::vector<int64_t> map;
    for (uint32_t o = 0; o < layer.out_c; ++o) {
      for (uint32_t y = 0; y < layer.out_h; ++y) {
        for (uint32_t x = 0; x < layer.out_w; ++x) {
          int64_t acc = bias[o];
          for (uint32_t c = 0; c < layer.in_c; ++c) {
            for (uint32_t ky = 0; ky < layer.kh; ++ky) {
              for (uint32_t kx = 0; kx < layer.kw; ++kx) {
                const int64_t row = int64_t{y} * layer.stride + ky - layer.pad;
                const int64_t column = int64_t{x} * layer.stride + kx - layer.pad;
                if (row < 0 || row >= layer.in_h || column < 0 || column >= layer.in_w) continue;
                const auto at =
                    static_cast<std::size_t>((int64_t{c} * layer.in_h + row) * layer.in_w + column);
                acc += in[at] * weights[weight_index(o, c, ky, kx, layer.in_c, layer.kh, layer.kw)];
              }
            }
          }
          map.push_back(requantise(static_cast<int32_t>(acc), {multiplier[o], shift[o]}, layer.lo, layer.hi));
        }
      }
    }
    return layer.pool != 0 ? pooled(map, layer.out_c, layer.out_h, layer.out_w) : map;
  }

  [[nodiscard]] static std::vector<int64_t> pooled(const std::vector<int64_t>& map, uint32_t channels,
                                                   uint32_t height, uint32_t width) {
    std::vector<int64_t> result;
    for (uint32_t c = 0; c < channels; ++c) {
      for (uint32_t y = 0; y + 1 < height; y += 2) {
        for (uint32_t x = 0; x + 1 < width; x += 2) {
          const auto at = [&](uint32_t dy, uint32_t dx) {
            return map[(std::size_t{c} * height + y + dy) * width + x + dx];
          };
          result.push_back(std::max(std::max(at(0, 0), at(0, 1)), std::max(at(1, 0), at(1, 1))));
        }
      }
    }
    return result;
  }
};

/// A convolution's shape with its output size computed.
inline gn_layer_t convolution(uint32_t in_c, uint32_t in_h, uint32_t in_w, uint32_t out_c, uint32_t kh,
                              uint32_t kw, uint32_t stride, uint32_t pad, uint32_t pool) {
  gn_layer_t layer{};
  layer.in_c = in_c;
  layer.in_h = in_h;
  layer.in_w = in_w;
  layer.out_c = out_c;
  layer.kh = kh;
  layer.kw = kw;
  layer.stride = stride;
  layer.pad = pad;
  layer.pool = pool;
  layer.out_h = convolution_output(in_h, kh, stride, pad);
  layer.out_w = convolution_output(in_w, kw, stride, pad);
  return layer;
}

inline gn_layer_t fully_connected(uint32_t inputs, uint32_t outputs) {
  return convolution(inputs, 1, 1, outputs, 1, 1, 1, 0, 0);
}

}  // namespace ganglion::firmware_test
