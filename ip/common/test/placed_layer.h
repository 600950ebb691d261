#pragma once

#include "ip/common/driver/layer_job.h"
#include "ip/common/test/random_layer.h"
#include "platform/accel/test/memory_stub.h"

namespace ganglion::layers {

/// Where a job's tensors lie in a bench's memory.
struct Placement {
  uint64_t in = test::MemoryStub::kBase + 0x1000;
  uint64_t weights = test::MemoryStub::kBase + 0x10000;
  uint64_t bias = test::MemoryStub::kBase + 0x20000;
  uint64_t mult = test::MemoryStub::kBase + 0x21000;
  uint64_t shift = test::MemoryStub::kBase + 0x22000;
  uint64_t out = test::MemoryStub::kBase + 0x30000;
};

/// Puts the operands of `owned` into the bench's memory and gives the layer these addresses.
template <class Bench, class BlockLayer>
[[nodiscard]] BlockLayer place(Bench& bench, const OwnedJob<BlockLayer>& owned, const Placement& to = {}) {
  BlockLayer layer = owned.layer;
  layer.in = bench.put(to.in, owned.in);
  layer.weights = bench.put(to.weights, owned.weights);
  layer.bias = bench.put(to.bias, owned.bias);
  layer.mult = bench.put(to.mult, owned.mult);
  layer.shift = bench.put(to.shift, owned.shift);
  layer.out = to.out;
  return layer;
}

/// The drivers' form of a layer.
[[nodiscard]] inline layer_job_t driver_job(const Layer& l) {
  return {l.in,
          l.weights,
          l.bias,
          l.mult,
          l.shift,
          l.out,
          l.kind,
          l.in_c,
          l.in_h,
          l.in_w,
          l.in_row_stride,
          l.in_plane_stride,
          l.out_c,
          l.out_h,
          l.out_w,
          l.out_row_stride,
          l.out_plane_stride,
          l.kh,
          l.kw,
          l.stride,
          l.pad,
          l.pool,
          l.lo,
          l.hi};
}

}  // namespace ganglion::layers
