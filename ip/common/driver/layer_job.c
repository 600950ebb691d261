#include "layer_job.h"

#include "layer_regs.h"

static void set(uint32_t* values, uint32_t offset, uint32_t value) {
  accelerator_job_set(values, LAYER_REG_BIAS_LO, offset, value);
}
static void set_wide(uint32_t* values, uint32_t offset, uint64_t value) {
  accelerator_job_set_wide(values, LAYER_REG_BIAS_LO, offset, value);
}

void layer_job_prepare(uint32_t* values, const layer_job_t* layer, uint32_t element_bytes) {
  const uint32_t pool_step = layer->pool ? 2 : 1;
  const uint32_t in_row = layer->in_row_stride ? layer->in_row_stride : layer->in_w * element_bytes;
  const uint32_t in_plane = layer->in_plane_stride ? layer->in_plane_stride : layer->in_h * in_row;
  const uint32_t out_row =
      layer->out_row_stride ? layer->out_row_stride : layer->out_w / pool_step * element_bytes;
  const uint32_t out_plane =
      layer->out_plane_stride ? layer->out_plane_stride : layer->out_h / pool_step * out_row;

  set_wide(values, LAYER_REG_BIAS_LO, layer->bias);
  set_wide(values, LAYER_REG_MULT_LO, layer->mult);
  set_wide(values, LAYER_REG_SHIFT_LO, layer->shift);
  set_wide(values, LAYER_REG_OUT_LO, layer->out);
  set(values, LAYER_REG_KIND, layer->kind);
  set(values, LAYER_REG_IN_C, layer->in_c);
  set(values, LAYER_REG_IN_H, layer->in_h);
  set(values, LAYER_REG_IN_W, layer->in_w);
  set(values, LAYER_REG_IN_ROW_STRIDE, in_row);
  set(values, LAYER_REG_IN_PLANE_STRIDE, in_plane);
  set(values, LAYER_REG_OUT_C, layer->out_c);
  set(values, LAYER_REG_OUT_H, layer->out_h);
  set(values, LAYER_REG_OUT_W, layer->out_w);
  set(values, LAYER_REG_OUT_ROW_STRIDE, out_row);
  set(values, LAYER_REG_OUT_PLANE_STRIDE, out_plane);
  set(values, LAYER_REG_KERNEL_H, layer->kh);
  set(values, LAYER_REG_KERNEL_W, layer->kw);
  set(values, LAYER_REG_STRIDE, layer->stride);
  set(values, LAYER_REG_PAD, layer->pad);
  set(values, LAYER_REG_POOL, layer->pool);
  set(values, LAYER_REG_OUT_MIN, (uint32_t)layer->lo);
  set(values, LAYER_REG_OUT_MAX, (uint32_t)layer->hi);
}
