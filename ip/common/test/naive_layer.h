#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "ip/common/test/random_layer.h"

// A layer as a textbook would write it: no tiles, no tables, one product after the other. Written apart from
// the models on purpose; only the platform's requantise and layouts are shared.

namespace ganglion::layers {

struct NaiveResult {
  std::vector<uint8_t> output;
  uint64_t saturations = 0;
};
/// Product of an activation and a weight, in units of the accumulator.
using NaiveProduct = std::function<int64_t(int32_t activation, int32_t weight)>;

/// `bias_shift`: log2 of the accumulator's unit in units of the bias.
template <class BlockLayer>
NaiveResult naive_run(const OwnedJob<BlockLayer>& owned, int eb, int accumulator_bits, int bias_shift,
                      const NaiveProduct& product) {
  const BlockLayer& l = owned.layer;
  const int64_t rail = int64_t{1} << (accumulator_bits - 1);
  const FeatureMapLayout in = l.input_layout(eb), out = l.output_layout(eb);
  NaiveResult result;
  result.output.assign(out.span_bytes(), 0);

  const auto input = [&](uint32_t c, int64_t y, int64_t x) -> int32_t {
    if (y < 0 || x < 0 || y >= l.in_h || x >= l.in_w) return 0;
    return element_at(owned.in, in.offset(c, static_cast<uint32_t>(y), static_cast<uint32_t>(x)), eb);
  };
  const auto constant = [](const std::vector<uint8_t>& from, uint32_t i) {
    uint32_t value = 0;
    for (int b = 3; b >= 0; --b) value = value << 8 | from[4 * i + static_cast<uint32_t>(b)];
    return value;
  };
  const auto accumulate = [&](int64_t& acc, int32_t activation, int32_t weight) {
    acc += product(activation, weight);
    const int64_t clamped = std::clamp(acc, -rail, rail - 1);
    result.saturations += clamped != acc;
    acc = clamped;
  };
  const auto finish = [&](uint32_t o, int64_t acc) {
    const int64_t biased = std::clamp<int64_t>(
        (acc << bias_shift) + static_cast<int32_t>(constant(owned.bias, o)), INT32_MIN, INT32_MAX);
    return requantise(static_cast<int32_t>(biased), {constant(owned.mult, o), constant(owned.shift, o)}, l.lo,
                      l.hi);
  };

  for (uint32_t o = 0; o < l.out_c; ++o) {
    if (l.fully_connected()) {
      int64_t acc = 0;
      std::size_t j = 0;
      for (uint32_t c = 0; c < l.in_c; ++c) {
        for (uint32_t y = 0; y < l.in_h; ++y) {
          for (uint32_t x = 0; x < l.in_w; ++x, ++j) {
            const int32_t w = element_at(owned.weights, (o * l.taps() + j) * static_cast<unsigned>(eb), eb);
            accumulate(acc, input(c, y, x), w);
          }
        }
      }
      put_element(result.output, out.offset(o, 0, 0) / static_cast<unsigned>(eb), finish(o, acc), eb);
      continue;
    }
    for (uint32_t py = 0; py < l.stored_h(); ++py) {
      for (uint32_t px = 0; px < l.stored_w(); ++px) {
        int32_t best = INT32_MIN;
        for (uint32_t dy = 0; dy < l.pool_step(); ++dy) {
          for (uint32_t dx = 0; dx < l.pool_step(); ++dx) {
            const int64_t y0 = int64_t{py * l.pool_step() + dy} * l.stride - l.pad;
            const int64_t x0 = int64_t{px * l.pool_step() + dx} * l.stride - l.pad;
            int64_t acc = 0;
            for (uint32_t c = 0; c < l.in_c; ++c) {
              for (uint32_t ky = 0; ky < l.kh; ++ky) {
                for (uint32_t kx = 0; kx < l.kw; ++kx) {
                  const std::size_t index = weight_index(o, c, ky, kx, l.in_c, l.kh, l.kw);
                  const int32_t w = element_at(owned.weights, index * static_cast<unsigned>(eb), eb);
                  accumulate(acc, input(c, y0 + ky, x0 + kx), w);
                }
              }
            }
            best = std::max(best, finish(o, acc));
          }
        }
        put_element(result.output, out.offset(o, py, px) / static_cast<unsigned>(eb), best, eb);
      }
    }
  }
  return result;
}

}  // namespace ganglion::layers
