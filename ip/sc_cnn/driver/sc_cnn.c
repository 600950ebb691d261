#include "sc_cnn.h"

int sc_cnn_probe(uintptr_t base) {
  return accelerator_probe(base, SC_CNN_ID_RESET_VALUE, SC_CNN_VERSION_RESET_VALUE);
}

int sc_cnn_submit(sc_cnn_t* core, const sc_cnn_layer_t* layer) {
  const int busy = accelerator_queue_error(core);
  if (busy) return busy;

  const uint32_t element_bytes = sc_cnn_operand_bits(core) <= 8 ? 1 : 2;
  const uint32_t pool_step = layer->pool ? 2 : 1;
  const uint32_t in_row = layer->in_row_stride ? layer->in_row_stride : layer->in_w * element_bytes;
  const uint32_t in_plane = layer->in_plane_stride ? layer->in_plane_stride : layer->in_h * in_row;
  const uint32_t out_row =
      layer->out_row_stride ? layer->out_row_stride : layer->out_w / pool_step * element_bytes;
  const uint32_t out_plane =
      layer->out_plane_stride ? layer->out_plane_stride : layer->out_h / pool_step * out_row;

  accelerator_write_wide(core, SC_CNN_REG_IN_LO, layer->in);
  accelerator_write_wide(core, SC_CNN_REG_WEIGHTS_LO, layer->weights);
  accelerator_write_wide(core, SC_CNN_REG_BIAS_LO, layer->bias);
  accelerator_write_wide(core, SC_CNN_REG_MULT_LO, layer->mult);
  accelerator_write_wide(core, SC_CNN_REG_SHIFT_LO, layer->shift);
  accelerator_write_wide(core, SC_CNN_REG_OUT_LO, layer->out);
  accelerator_write(core, SC_CNN_REG_KIND, layer->kind);
  accelerator_write(core, SC_CNN_REG_IN_C, layer->in_c);
  accelerator_write(core, SC_CNN_REG_IN_H, layer->in_h);
  accelerator_write(core, SC_CNN_REG_IN_W, layer->in_w);
  accelerator_write(core, SC_CNN_REG_IN_ROW_STRIDE, in_row);
  accelerator_write(core, SC_CNN_REG_IN_PLANE_STRIDE, in_plane);
  accelerator_write(core, SC_CNN_REG_OUT_C, layer->out_c);
  accelerator_write(core, SC_CNN_REG_OUT_H, layer->out_h);
  accelerator_write(core, SC_CNN_REG_OUT_W, layer->out_w);
  accelerator_write(core, SC_CNN_REG_OUT_ROW_STRIDE, out_row);
  accelerator_write(core, SC_CNN_REG_OUT_PLANE_STRIDE, out_plane);
  accelerator_write(core, SC_CNN_REG_KERNEL_H, layer->kh);
  accelerator_write(core, SC_CNN_REG_KERNEL_W, layer->kw);
  accelerator_write(core, SC_CNN_REG_STRIDE, layer->stride);
  accelerator_write(core, SC_CNN_REG_PAD, layer->pad);
  accelerator_write(core, SC_CNN_REG_POOL, layer->pool);
  accelerator_write(core, SC_CNN_REG_OUT_MIN, (uint32_t)layer->lo);
  accelerator_write(core, SC_CNN_REG_OUT_MAX, (uint32_t)layer->hi);
  accelerator_write(core, SC_CNN_REG_WEIGHT_BITS, layer->weight_bits);
  accelerator_write(core, SC_CNN_REG_GUARD_BITS, layer->guard_bits);
  accelerator_write(core, SC_CNN_REG_ZERO_SKIP, layer->zero_skip);
  accelerator_start(core);
  return 0;
}

uint64_t sc_cnn_job_cycles(const sc_cnn_t* core) {
  return accelerator_read_wide(core, SC_CNN_REG_JOB_CYCLES_LO);
}

uint64_t sc_cnn_job_energy_fj(const sc_cnn_t* core) {
  return accelerator_read_wide(core, SC_CNN_REG_JOB_ENERGY_FJ_LO);
}

uint64_t sc_cnn_job_saturations(const sc_cnn_t* core) {
  return accelerator_read_wide(core, SC_CNN_REG_JOB_SATURATIONS_LO);
}

uint32_t sc_cnn_operand_bits(const sc_cnn_t* core) {
  const uint32_t arithmetic = accelerator_read(core, SC_CNN_REG_CAPS_ARITHMETIC);
  return (arithmetic & SC_CNN_CAPS_ARITHMETIC_OPERAND_BITS_MASK) >> SC_CNN_CAPS_ARITHMETIC_OPERAND_BITS_SHIFT;
}
