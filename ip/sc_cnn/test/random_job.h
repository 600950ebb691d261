#pragma once

#include <random>

#include "ip/common/test/random_layer.h"
#include "ip/sc_cnn/model/run.h"

namespace ganglion::sc_cnn {

using layers::append_le32;
using layers::element_at;
using layers::put_element;
using OwnedJob = layers::OwnedJob<Layer>;

/// A random legal convolution, small enough for naive loops.
inline Layer random_convolution(const Config& config, std::mt19937& random) {
  const auto pick = [&random](uint32_t low, uint32_t high) {
    return low + static_cast<uint32_t>(random() % (high - low + 1));
  };
  auto layer = layers::random_convolution<Layer>(config, random);
  layer.weight_bits = random() % 3 == 0 ? pick(2, static_cast<uint32_t>(config.operand_bits))
                                        : static_cast<uint32_t>(config.operand_bits);
  layer.guard_bits = pick(0, static_cast<uint32_t>(config.accumulator_max_bits - config.operand_bits));
  layer.zero_skip = config.zero_skip ? static_cast<uint32_t>(random() % 2) : 0;
  return layer;
}

/// A random legal fully connected layer.
inline Layer random_fully_connected(const Config& config, std::mt19937& random) {
  return as_fully_connected(config, random_convolution(config, random), random);
}

}  // namespace ganglion::sc_cnn
