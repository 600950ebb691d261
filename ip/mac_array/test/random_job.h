#pragma once

#include <random>

#include "ip/common/test/naive_layer.h"
#include "ip/common/test/random_layer.h"
#include "ip/mac_array/model/run.h"

namespace ganglion::mac_array {

using OwnedJob = layers::OwnedJob<Layer>;

/// A random legal layer, small enough for naive loops.
inline Layer random_layer(const Config& config, bool fully_connected, std::mt19937& random) {
  auto layer = layers::random_convolution<Layer>(config, random);
  return fully_connected ? as_fully_connected(config, layer, random) : layer;
}

/// Random operands; the exact products spread over the output range.
inline OwnedJob with_random_operands(const Config& config, const Layer& layer, std::mt19937& random,
                                     double weight_sd = 0.2) {
  return layers::with_random_operands(config, layer, random, weight_sd,
                                      static_cast<uint32_t>(config.operand_bits - 1));
}

/// The layer product by product; one product a step of the accumulator.
inline layers::NaiveResult naive_run(const Config& config, const OwnedJob& owned) {
  return layers::naive_run(owned, config.element_bytes(), config.accumulator_bits, 0,
                           [](int32_t activation, int32_t weight) { return int64_t{activation} * weight; });
}

}  // namespace ganglion::mac_array
