#pragma once

#include <functional>

#include "ip/common/model/layer.h"
#include "ip/common/model/schedule.h"
#include "platform/accel/job.h"

namespace ganglion::layers {

// Between the registers that START latched and the model's words for a job.

/// The registers of ip/common/layer.rdl in the block's decoded configuration.
template <class RegisterConfig>
void read_layer(const RegisterConfig& c, Layer& layer) {
  layer.in = c.in();
  layer.weights = c.weights();
  layer.bias = c.bias();
  layer.mult = c.mult();
  layer.shift = c.shift();
  layer.out = c.out();
  layer.kind = c.kind;
  layer.in_c = c.in_c;
  layer.in_h = c.in_h;
  layer.in_w = c.in_w;
  layer.in_row_stride = c.in_row_stride;
  layer.in_plane_stride = c.in_plane_stride;
  layer.out_c = c.out_c;
  layer.out_h = c.out_h;
  layer.out_w = c.out_w;
  layer.out_row_stride = c.out_row_stride;
  layer.out_plane_stride = c.out_plane_stride;
  layer.kh = c.kernel_h;
  layer.kw = c.kernel_w;
  layer.stride = c.stride;
  layer.pad = c.pad;
  layer.pool = c.pool;
  layer.lo = c.out_min;
  layer.hi = c.out_max;
}

/// Bus address of an operand; 0 of one that only a block of its own has.
[[nodiscard]] uint64_t address_of(const Layer& layer, Operand operand);
/// The code of ERROR: a common one or one of layer_fault.
[[nodiscard]] AcceleratorError code_of(Fault fault);
/// What the shell reports of `fault`, `code` in ERROR; an operand's bus address is `address_of` it.
[[nodiscard]] JobError to_job_error(const JobFault& fault, AcceleratorError code,
                                    const RegisterBank& registers,
                                    const std::function<uint64_t(Operand)>& address_of);
/// The same of a block with the codes of layer_fault and no operands of its own.
[[nodiscard]] JobError to_job_error(const JobFault& fault, const Layer& layer, const RegisterBank& registers);

}  // namespace ganglion::layers
