#pragma once

#include "ip/common/test/naive_layer.h"
#include "ip/sc_cnn/model/multiplier.h"
#include "ip/sc_cnn/test/random_job.h"

namespace ganglion::sc_cnn {

using layers::NaiveResult;

/// +-1 for every stream bit of k cycles.
inline int32_t naive_product(int32_t streamed, int32_t counted, int n, int n_w) {
  const int drop = n - n_w;
  int32_t k = counted < 0 ? -counted : counted;
  if (drop > 0) k = (k + (1 << (drop - 1))) >> drop;
  const uint32_t u = static_cast<uint32_t>(streamed + (1 << (n - 1)));
  int32_t sum = 0;
  for (int32_t t = 1; t <= k; ++t) {
    const bool up = (stream_bit(u, static_cast<uint32_t>(t), n) != 0) != (counted < 0);
    sum += up ? 1 : -1;
  }
  return sum;
}

/// The layer product by product, by the bit stream.
inline NaiveResult naive_run(const Config& config, const OwnedJob& owned) {
  const int n = config.operand_bits;
  const auto n_w = static_cast<int>(owned.layer.weight_bits);
  const bool dense = owned.layer.fully_connected();
  return layers::naive_run(owned, config.element_bytes(), n + static_cast<int>(owned.layer.guard_bits),
                           n - n_w, [=](int32_t activation, int32_t weight) {
                             return dense ? naive_product(weight, activation, n, n_w)
                                          : naive_product(activation, weight, n, n_w);
                           });
}

}  // namespace ganglion::sc_cnn
