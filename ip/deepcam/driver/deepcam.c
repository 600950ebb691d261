#include "deepcam.h"

#include <stddef.h>

#ifdef DEEPCAM_MMIO_BY_CALL /* a test that runs the driver against the model without a hart */
uint32_t deepcam_mmio_read(uintptr_t address);
void deepcam_mmio_write(uintptr_t address, uint32_t value);
#else
static uint32_t deepcam_mmio_read(uintptr_t address) { return *(volatile const uint32_t*)address; }
static void deepcam_mmio_write(uintptr_t address, uint32_t value) { *(volatile uint32_t*)address = value; }
#endif

static uint32_t read_register(const deepcam_t* core, uint32_t offset) {
  return deepcam_mmio_read(core->base + offset);
}

static void write_register(const deepcam_t* core, uint32_t offset, uint32_t value) {
  deepcam_mmio_write(core->base + offset, value);
}

static uint64_t read_wide(const deepcam_t* core, uint32_t low_offset) {
  const uint64_t low = read_register(core, low_offset); /* latches the upper half */
  return (uint64_t)read_register(core, low_offset + 4) << 32 | low;
}

static void write_wide(const deepcam_t* core, uint32_t low_offset, uint64_t value) {
  write_register(core, low_offset, (uint32_t)value);
  write_register(core, low_offset + 4, (uint32_t)(value >> 32));
}

int deepcam_probe(uintptr_t base) {
  if (deepcam_mmio_read(base + DEEPCAM_REG_ID) != DEEPCAM_ID_RESET_VALUE) return DEEPCAM_ENODEV;
  const uint32_t version = deepcam_mmio_read(base + DEEPCAM_REG_VERSION);
  return (version ^ DEEPCAM_VERSION_RESET_VALUE) & DEEPCAM_VERSION_MAJOR_MASK ? DEEPCAM_ENODEV : 0;
}

void deepcam_init(deepcam_t* core, uintptr_t base) {
  core->base = base;
  core->submitted = 0;
  write_register(core, DEEPCAM_REG_CTRL, DEEPCAM_CTRL_RESET_MASK);
}

/* 0 when a job may be submitted. */
static int queue_error(const deepcam_t* core) {
  const uint32_t status = read_register(core, DEEPCAM_REG_STATUS);
  if (status & DEEPCAM_STATUS_HELD_MASK) return DEEPCAM_EHELD;
  return status & DEEPCAM_STATUS_WAITING_MASK ? DEEPCAM_EBUSY : 0;
}

static void start(deepcam_t* core) {
  write_register(core, DEEPCAM_REG_CTRL, DEEPCAM_CTRL_START_MASK);
  core->submitted++;
}

int deepcam_submit(deepcam_t* core, const deepcam_layer_t* layer) {
  const int busy = queue_error(core);
  if (busy) return busy;

  const uint32_t pool_step = layer->pool ? 2 : 1;
  const uint32_t in_row = layer->in_row_stride ? layer->in_row_stride : layer->in_w;
  const uint32_t in_plane = layer->in_plane_stride ? layer->in_plane_stride : layer->in_h * in_row;
  const uint32_t out_row = layer->out_row_stride ? layer->out_row_stride : layer->out_w / pool_step;
  const uint32_t out_plane =
      layer->out_plane_stride ? layer->out_plane_stride : layer->out_h / pool_step * out_row;

  write_wide(core, DEEPCAM_REG_IN_LO, layer->in);
  write_wide(core, DEEPCAM_REG_WEIGHTS_LO, layer->weights);
  write_wide(core, DEEPCAM_REG_NORMS_LO, layer->norms);
  write_wide(core, DEEPCAM_REG_BIAS_LO, layer->bias);
  write_wide(core, DEEPCAM_REG_MULT_LO, layer->mult);
  write_wide(core, DEEPCAM_REG_SHIFT_LO, layer->shift);
  write_wide(core, DEEPCAM_REG_OUT_LO, layer->out);
  write_register(core, DEEPCAM_REG_KIND, layer->kind);
  write_register(core, DEEPCAM_REG_IN_C, layer->in_c);
  write_register(core, DEEPCAM_REG_IN_H, layer->in_h);
  write_register(core, DEEPCAM_REG_IN_W, layer->in_w);
  write_register(core, DEEPCAM_REG_IN_ROW_STRIDE, in_row);
  write_register(core, DEEPCAM_REG_IN_PLANE_STRIDE, in_plane);
  write_register(core, DEEPCAM_REG_OUT_C, layer->out_c);
  write_register(core, DEEPCAM_REG_OUT_H, layer->out_h);
  write_register(core, DEEPCAM_REG_OUT_W, layer->out_w);
  write_register(core, DEEPCAM_REG_OUT_ROW_STRIDE, out_row);
  write_register(core, DEEPCAM_REG_OUT_PLANE_STRIDE, out_plane);
  write_register(core, DEEPCAM_REG_KERNEL_H, layer->kh);
  write_register(core, DEEPCAM_REG_KERNEL_W, layer->kw);
  write_register(core, DEEPCAM_REG_STRIDE, layer->stride);
  write_register(core, DEEPCAM_REG_PAD, layer->pad);
  write_register(core, DEEPCAM_REG_POOL, layer->pool);
  write_register(core, DEEPCAM_REG_OUT_MIN, (uint32_t)layer->lo);
  write_register(core, DEEPCAM_REG_OUT_MAX, (uint32_t)layer->hi);
  write_register(core, DEEPCAM_REG_HASH_BITS, layer->hash_bits);
  write_register(core, DEEPCAM_REG_HASH_TILE, layer->hash_tile);
  write_register(core, DEEPCAM_REG_HASH_LAYER, layer->hash_layer);
  write_register(core, DEEPCAM_REG_NORM_SHIFT, layer->norm_shift);
  write_register(core, DEEPCAM_REG_PRODUCT_SHIFT, layer->product_shift);
  write_register(core, DEEPCAM_REG_DATAFLOW, layer->dataflow);
  write_register(core, DEEPCAM_REG_FOLD, layer->no_fold ? 0 : 1);
  start(core);
  return 0;
}

int deepcam_store(deepcam_t* core, uint64_t words, uint64_t care, uint32_t first_row, uint32_t count,
                  uint32_t word_bits) {
  const int busy = queue_error(core);
  if (busy) return busy;
  write_register(core, DEEPCAM_REG_KIND, DEEPCAM_STORE);
  write_wide(core, DEEPCAM_REG_IN_LO, words);
  write_wide(core, DEEPCAM_REG_WEIGHTS_LO, care);
  write_register(core, DEEPCAM_REG_IN_C, count);
  write_register(core, DEEPCAM_REG_ROW_BEGIN, first_row);
  write_register(core, DEEPCAM_REG_HASH_BITS, word_bits);
  start(core);
  return 0;
}

int deepcam_search(deepcam_t* core, uint64_t keys, uint64_t records, uint32_t count, uint32_t word_bits,
                   uint32_t threshold) {
  const int busy = queue_error(core);
  if (busy) return busy;
  write_register(core, DEEPCAM_REG_KIND, DEEPCAM_SEARCH);
  write_wide(core, DEEPCAM_REG_IN_LO, keys);
  write_wide(core, DEEPCAM_REG_OUT_LO, records);
  write_register(core, DEEPCAM_REG_IN_C, count);
  write_register(core, DEEPCAM_REG_HASH_BITS, word_bits);
  write_register(core, DEEPCAM_REG_THRESHOLD, threshold);
  start(core);
  return 0;
}

uint32_t deepcam_record_bytes(const deepcam_t* core) {
  deepcam_array_t array;
  deepcam_array(core, &array);
  return 8 + array.rows / 8;
}

int deepcam_wait(deepcam_t* core, uint32_t jobs_done_target, void (*idle)(void* context), void* context) {
  for (;;) {
    /* Acknowledge first: a job that ends after the look at JOBS_DONE raises the interrupt again. */
    deepcam_acknowledge(core);
    if ((int32_t)(read_register(core, DEEPCAM_REG_JOBS_DONE) - jobs_done_target) >= 0) return 0;
    if (read_register(core, DEEPCAM_REG_STATUS) & DEEPCAM_STATUS_HELD_MASK) {
      return (int)(read_register(core, DEEPCAM_REG_ERROR) & DEEPCAM_ERROR_CODE_MASK);
    }
    if (idle != NULL) idle(context);
  }
}

void deepcam_interrupt(deepcam_t* core, int enable) {
  write_register(core, DEEPCAM_REG_IRQ_ENABLE,
                 enable ? DEEPCAM_IRQ_ENABLE_DONE_MASK | DEEPCAM_IRQ_ENABLE_ERROR_MASK : 0);
}

void deepcam_acknowledge(deepcam_t* core) {
  write_register(core, DEEPCAM_REG_IRQ_STATUS, DEEPCAM_IRQ_STATUS_DONE_MASK | DEEPCAM_IRQ_STATUS_ERROR_MASK);
}

void deepcam_error(const deepcam_t* core, deepcam_error_t* error) {
  const uint32_t value = read_register(core, DEEPCAM_REG_ERROR);
  error->code = (value & DEEPCAM_ERROR_CODE_MASK) >> DEEPCAM_ERROR_CODE_SHIFT;
  error->register_offset = (value & DEEPCAM_ERROR_REGISTER_MASK) >> DEEPCAM_ERROR_REGISTER_SHIFT;
  error->value = read_register(core, DEEPCAM_REG_ERROR_VALUE);
  error->job = read_register(core, DEEPCAM_REG_ERROR_JOB);
  error->address = read_register(core, DEEPCAM_REG_ERROR_ADDRESS_LO) |
                   (uint64_t)read_register(core, DEEPCAM_REG_ERROR_ADDRESS_HI) << 32;
}

void deepcam_recover(deepcam_t* core) {
  write_register(core, DEEPCAM_REG_CTRL, DEEPCAM_CTRL_FLUSH_MASK);
  core->submitted = read_register(core, DEEPCAM_REG_JOBS_DONE);
}

void deepcam_figures(const deepcam_t* core, deepcam_figures_t* figures) {
  figures->cycles = read_wide(core, DEEPCAM_REG_JOB_CYCLES_LO);
  figures->energy_fj = read_wide(core, DEEPCAM_REG_JOB_ENERGY_FJ_LO);
  figures->searches = read_wide(core, DEEPCAM_REG_JOB_SEARCHES_LO);
  figures->row_writes = read_wide(core, DEEPCAM_REG_JOB_ROW_WRITES_LO);
  figures->norm_saturations = read_wide(core, DEEPCAM_REG_JOB_NORM_SATURATIONS_LO);
  figures->saturations = read_wide(core, DEEPCAM_REG_JOB_SATURATIONS_LO);
}

uint64_t deepcam_wear(const deepcam_t* core) { return read_wide(core, DEEPCAM_REG_WEAR_LO); }

void deepcam_array(const deepcam_t* core, deepcam_array_t* array) {
  const uint32_t caps = read_register(core, DEEPCAM_REG_CAPS_ARRAY);
  array->rows = (caps & DEEPCAM_CAPS_ARRAY_ROWS_MASK) >> DEEPCAM_CAPS_ARRAY_ROWS_SHIFT;
  array->segments = (caps & DEEPCAM_CAPS_ARRAY_SEGMENTS_MASK) >> DEEPCAM_CAPS_ARRAY_SEGMENTS_SHIFT;
  array->projection_inputs = read_register(core, DEEPCAM_REG_CAPS_PROJECTION);
  array->projection_seed = read_register(core, DEEPCAM_REG_CAPS_SEED);
}
