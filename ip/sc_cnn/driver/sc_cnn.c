#include "sc_cnn.h"

#include <stddef.h>

#ifdef SC_CNN_MMIO_BY_CALL /* a test that runs the driver against the model without a hart */
uint32_t sc_cnn_mmio_read(uintptr_t address);
void sc_cnn_mmio_write(uintptr_t address, uint32_t value);
#else
static uint32_t sc_cnn_mmio_read(uintptr_t address) { return *(volatile const uint32_t*)address; }
static void sc_cnn_mmio_write(uintptr_t address, uint32_t value) { *(volatile uint32_t*)address = value; }
#endif

static uint32_t read_register(const sc_cnn_t* core, uint32_t offset) {
  return sc_cnn_mmio_read(core->base + offset);
}

static void write_register(const sc_cnn_t* core, uint32_t offset, uint32_t value) {
  sc_cnn_mmio_write(core->base + offset, value);
}

static uint64_t read_wide(const sc_cnn_t* core, uint32_t low_offset) {
  const uint64_t low = read_register(core, low_offset); /* latches the upper half */
  return (uint64_t)read_register(core, low_offset + 4) << 32 | low;
}

static void write_wide(const sc_cnn_t* core, uint32_t low_offset, uint64_t value) {
  write_register(core, low_offset, (uint32_t)value);
  write_register(core, low_offset + 4, (uint32_t)(value >> 32));
}

int sc_cnn_probe(uintptr_t base) {
  if (sc_cnn_mmio_read(base + SC_CNN_REG_ID) != SC_CNN_ID_RESET_VALUE) return SC_CNN_ENODEV;
  const uint32_t version = sc_cnn_mmio_read(base + SC_CNN_REG_VERSION);
  return (version ^ SC_CNN_VERSION_RESET_VALUE) & SC_CNN_VERSION_MAJOR_MASK ? SC_CNN_ENODEV : 0;
}

void sc_cnn_init(sc_cnn_t* core, uintptr_t base) {
  core->base = base;
  core->submitted = 0;
  write_register(core, SC_CNN_REG_CTRL, SC_CNN_CTRL_RESET_MASK);
}

int sc_cnn_submit(sc_cnn_t* core, const sc_cnn_layer_t* layer) {
  const uint32_t status = read_register(core, SC_CNN_REG_STATUS);
  if (status & SC_CNN_STATUS_HELD_MASK) return SC_CNN_EHELD;
  if (status & SC_CNN_STATUS_WAITING_MASK) return SC_CNN_EBUSY;

  const uint32_t element_bytes = sc_cnn_operand_bits(core) <= 8 ? 1 : 2;
  const uint32_t pool_step = layer->pool ? 2 : 1;
  const uint32_t in_row = layer->in_row_stride ? layer->in_row_stride : layer->in_w * element_bytes;
  const uint32_t in_plane = layer->in_plane_stride ? layer->in_plane_stride : layer->in_h * in_row;
  const uint32_t out_row =
      layer->out_row_stride ? layer->out_row_stride : layer->out_w / pool_step * element_bytes;
  const uint32_t out_plane =
      layer->out_plane_stride ? layer->out_plane_stride : layer->out_h / pool_step * out_row;

  write_wide(core, SC_CNN_REG_IN_LO, layer->in);
  write_wide(core, SC_CNN_REG_WEIGHTS_LO, layer->weights);
  write_wide(core, SC_CNN_REG_BIAS_LO, layer->bias);
  write_wide(core, SC_CNN_REG_MULT_LO, layer->mult);
  write_wide(core, SC_CNN_REG_SHIFT_LO, layer->shift);
  write_wide(core, SC_CNN_REG_OUT_LO, layer->out);
  write_register(core, SC_CNN_REG_KIND, layer->kind);
  write_register(core, SC_CNN_REG_IN_C, layer->in_c);
  write_register(core, SC_CNN_REG_IN_H, layer->in_h);
  write_register(core, SC_CNN_REG_IN_W, layer->in_w);
  write_register(core, SC_CNN_REG_IN_ROW_STRIDE, in_row);
  write_register(core, SC_CNN_REG_IN_PLANE_STRIDE, in_plane);
  write_register(core, SC_CNN_REG_OUT_C, layer->out_c);
  write_register(core, SC_CNN_REG_OUT_H, layer->out_h);
  write_register(core, SC_CNN_REG_OUT_W, layer->out_w);
  write_register(core, SC_CNN_REG_OUT_ROW_STRIDE, out_row);
  write_register(core, SC_CNN_REG_OUT_PLANE_STRIDE, out_plane);
  write_register(core, SC_CNN_REG_KERNEL_H, layer->kh);
  write_register(core, SC_CNN_REG_KERNEL_W, layer->kw);
  write_register(core, SC_CNN_REG_STRIDE, layer->stride);
  write_register(core, SC_CNN_REG_PAD, layer->pad);
  write_register(core, SC_CNN_REG_POOL, layer->pool);
  write_register(core, SC_CNN_REG_OUT_MIN, (uint32_t)layer->lo);
  write_register(core, SC_CNN_REG_OUT_MAX, (uint32_t)layer->hi);
  write_register(core, SC_CNN_REG_WEIGHT_BITS, layer->weight_bits);
  write_register(core, SC_CNN_REG_GUARD_BITS, layer->guard_bits);
  write_register(core, SC_CNN_REG_ZERO_SKIP, layer->zero_skip);
  write_register(core, SC_CNN_REG_CTRL, SC_CNN_CTRL_START_MASK);
  core->submitted++;
  return 0;
}

int sc_cnn_wait(sc_cnn_t* core, uint32_t jobs_done_target, void (*idle)(void* context), void* context) {
  for (;;) {
    /* Acknowledge first: a job that ends after the look at JOBS_DONE raises the interrupt again. */
    sc_cnn_acknowledge(core);
    if ((int32_t)(read_register(core, SC_CNN_REG_JOBS_DONE) - jobs_done_target) >= 0) return 0;
    if (read_register(core, SC_CNN_REG_STATUS) & SC_CNN_STATUS_HELD_MASK) {
      return (int)(read_register(core, SC_CNN_REG_ERROR) & SC_CNN_ERROR_CODE_MASK);
    }
    if (idle != NULL) idle(context);
  }
}

void sc_cnn_interrupt(sc_cnn_t* core, int enable) {
  write_register(core, SC_CNN_REG_IRQ_ENABLE,
                 enable ? SC_CNN_IRQ_ENABLE_DONE_MASK | SC_CNN_IRQ_ENABLE_ERROR_MASK : 0);
}

void sc_cnn_acknowledge(sc_cnn_t* core) {
  write_register(core, SC_CNN_REG_IRQ_STATUS, SC_CNN_IRQ_STATUS_DONE_MASK | SC_CNN_IRQ_STATUS_ERROR_MASK);
}

void sc_cnn_error(const sc_cnn_t* core, sc_cnn_error_t* error) {
  const uint32_t value = read_register(core, SC_CNN_REG_ERROR);
  error->code = (value & SC_CNN_ERROR_CODE_MASK) >> SC_CNN_ERROR_CODE_SHIFT;
  error->register_offset = (value & SC_CNN_ERROR_REGISTER_MASK) >> SC_CNN_ERROR_REGISTER_SHIFT;
  error->value = read_register(core, SC_CNN_REG_ERROR_VALUE);
  error->job = read_register(core, SC_CNN_REG_ERROR_JOB);
  error->address = read_register(core, SC_CNN_REG_ERROR_ADDRESS_LO) |
                   (uint64_t)read_register(core, SC_CNN_REG_ERROR_ADDRESS_HI) << 32;
}

void sc_cnn_recover(sc_cnn_t* core) {
  write_register(core, SC_CNN_REG_CTRL, SC_CNN_CTRL_FLUSH_MASK);
  core->submitted = read_register(core, SC_CNN_REG_JOBS_DONE);
}

uint64_t sc_cnn_job_cycles(const sc_cnn_t* core) { return read_wide(core, SC_CNN_REG_JOB_CYCLES_LO); }

uint64_t sc_cnn_job_energy_fj(const sc_cnn_t* core) { return read_wide(core, SC_CNN_REG_JOB_ENERGY_FJ_LO); }

uint64_t sc_cnn_job_saturations(const sc_cnn_t* core) {
  return read_wide(core, SC_CNN_REG_JOB_SATURATIONS_LO);
}

uint32_t sc_cnn_operand_bits(const sc_cnn_t* core) {
  const uint32_t arithmetic = read_register(core, SC_CNN_REG_CAPS_ARITHMETIC);
  return (arithmetic & SC_CNN_CAPS_ARITHMETIC_OPERAND_BITS_MASK) >> SC_CNN_CAPS_ARITHMETIC_OPERAND_BITS_SHIFT;
}
