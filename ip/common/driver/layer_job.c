#include "layer_job.h"

#include "layer_regs.h"

void layer_job_write(const accelerator_t* core, uint32_t registers, const layer_job_t* job,
                     uint32_t element_bytes) {
  const uint32_t pool_step = job->pool ? 2 : 1;
  const uint32_t in_row = job->in_row_stride ? job->in_row_stride : job->in_w * element_bytes;
  const uint32_t in_plane = job->in_plane_stride ? job->in_plane_stride : job->in_h * in_row;
  const uint32_t out_row = job->out_row_stride ? job->out_row_stride : job->out_w / pool_step * element_bytes;
  const uint32_t out_plane = job->out_plane_stride ? job->out_plane_stride : job->out_h / pool_step * out_row;

  accelerator_write_wide(core, registers + LAYER_REG_BIAS_LO, job->bias);
  accelerator_write_wide(core, registers + LAYER_REG_MULT_LO, job->mult);
  accelerator_write_wide(core, registers + LAYER_REG_SHIFT_LO, job->shift);
  accelerator_write_wide(core, registers + LAYER_REG_OUT_LO, job->out);
  accelerator_write(core, registers + LAYER_REG_KIND, job->kind);
  accelerator_write(core, registers + LAYER_REG_IN_C, job->in_c);
  accelerator_write(core, registers + LAYER_REG_IN_H, job->in_h);
  accelerator_write(core, registers + LAYER_REG_IN_W, job->in_w);
  accelerator_write(core, registers + LAYER_REG_IN_ROW_STRIDE, in_row);
  accelerator_write(core, registers + LAYER_REG_IN_PLANE_STRIDE, in_plane);
  accelerator_write(core, registers + LAYER_REG_OUT_C, job->out_c);
  accelerator_write(core, registers + LAYER_REG_OUT_H, job->out_h);
  accelerator_write(core, registers + LAYER_REG_OUT_W, job->out_w);
  accelerator_write(core, registers + LAYER_REG_OUT_ROW_STRIDE, out_row);
  accelerator_write(core, registers + LAYER_REG_OUT_PLANE_STRIDE, out_plane);
  accelerator_write(core, registers + LAYER_REG_KERNEL_H, job->kh);
  accelerator_write(core, registers + LAYER_REG_KERNEL_W, job->kw);
  accelerator_write(core, registers + LAYER_REG_STRIDE, job->stride);
  accelerator_write(core, registers + LAYER_REG_PAD, job->pad);
  accelerator_write(core, registers + LAYER_REG_POOL, job->pool);
  accelerator_write(core, registers + LAYER_REG_OUT_MIN, (uint32_t)job->lo);
  accelerator_write(core, registers + LAYER_REG_OUT_MAX, (uint32_t)job->hi);
}
