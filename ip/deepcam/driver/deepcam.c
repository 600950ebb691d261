#include "deepcam.h"

int deepcam_probe(uintptr_t base) {
  return accelerator_probe(base, DEEPCAM_ID_RESET_VALUE, DEEPCAM_VERSION_RESET_VALUE);
}

static void set(uint32_t* values, uint32_t offset, uint32_t value) {
  accelerator_job_set(values, DEEPCAM_REG_IN_LO, offset, value);
}
static void set_wide(uint32_t* values, uint32_t offset, uint64_t value) {
  accelerator_job_set_wide(values, DEEPCAM_REG_IN_LO, offset, value);
}

void deepcam_prepare(const deepcam_layer_t* layer, deepcam_job_t* job) {
  uint32_t* values = job->values;
  set_wide(values, DEEPCAM_REG_IN_LO, layer->job.in);
  set_wide(values, DEEPCAM_REG_WEIGHTS_LO, layer->job.weights);
  set_wide(values, DEEPCAM_REG_NORMS_LO, layer->norms);
  layer_job_prepare(values + (DEEPCAM_REG_BIAS_LO - DEEPCAM_REG_IN_LO) / 4, &layer->job, 1);
  set(values, DEEPCAM_REG_HASH_BITS, layer->hash_bits);
  set(values, DEEPCAM_REG_HASH_TILE, layer->hash_tile);
  set(values, DEEPCAM_REG_HASH_LAYER, layer->hash_layer);
  set(values, DEEPCAM_REG_NORM_SHIFT, layer->norm_shift);
  set(values, DEEPCAM_REG_PRODUCT_SHIFT, layer->product_shift);
  set(values, DEEPCAM_REG_DATAFLOW, layer->dataflow);
  set(values, DEEPCAM_REG_FOLD, layer->no_fold ? 0 : 1);
}

void deepcam_program(const deepcam_t* core, const deepcam_job_t* job) {
  accelerator_job_write(core, DEEPCAM_REG_IN_LO, job->values, sizeof job->values / sizeof job->values[0]);
}

int deepcam_submit(deepcam_t* core, const deepcam_layer_t* layer) {
  const int busy = accelerator_queue_error(core);
  if (busy) return busy;
  deepcam_job_t job;
  deepcam_prepare(layer, &job);
  deepcam_program(core, &job);
  accelerator_start(core);
  return 0;
}

int deepcam_store(deepcam_t* core, uint64_t words, uint64_t care, uint32_t first_row, uint32_t count,
                  uint32_t word_bits) {
  const int busy = accelerator_queue_error(core);
  if (busy) return busy;
  accelerator_write(core, DEEPCAM_REG_KIND, DEEPCAM_STORE);
  accelerator_write_wide(core, DEEPCAM_REG_IN_LO, words);
  accelerator_write_wide(core, DEEPCAM_REG_WEIGHTS_LO, care);
  accelerator_write(core, DEEPCAM_REG_IN_C, count);
  accelerator_write(core, DEEPCAM_REG_ROW_BEGIN, first_row);
  accelerator_write(core, DEEPCAM_REG_HASH_BITS, word_bits);
  accelerator_start(core);
  return 0;
}

int deepcam_search(deepcam_t* core, uint64_t keys, uint64_t records, uint32_t count, uint32_t word_bits,
                   uint32_t threshold) {
  const int busy = accelerator_queue_error(core);
  if (busy) return busy;
  accelerator_write(core, DEEPCAM_REG_KIND, DEEPCAM_SEARCH);
  accelerator_write_wide(core, DEEPCAM_REG_IN_LO, keys);
  accelerator_write_wide(core, DEEPCAM_REG_OUT_LO, records);
  accelerator_write(core, DEEPCAM_REG_IN_C, count);
  accelerator_write(core, DEEPCAM_REG_HASH_BITS, word_bits);
  accelerator_write(core, DEEPCAM_REG_THRESHOLD, threshold);
  accelerator_start(core);
  return 0;
}

uint32_t deepcam_record_bytes(const deepcam_t* core) {
  deepcam_array_t array;
  deepcam_array(core, &array);
  return 8 + array.rows / 8;
}

void deepcam_figures(const deepcam_t* core, deepcam_figures_t* figures) {
  figures->cycles = accelerator_read_wide(core, DEEPCAM_REG_JOB_CYCLES_LO);
  figures->energy_fj = accelerator_read_wide(core, DEEPCAM_REG_JOB_ENERGY_FJ_LO);
  figures->searches = accelerator_read_wide(core, DEEPCAM_REG_JOB_SEARCHES_LO);
  figures->row_writes = accelerator_read_wide(core, DEEPCAM_REG_JOB_ROW_WRITES_LO);
  figures->norm_saturations = accelerator_read_wide(core, DEEPCAM_REG_JOB_NORM_SATURATIONS_LO);
  figures->saturations = accelerator_read_wide(core, DEEPCAM_REG_JOB_SATURATIONS_LO);
}

uint64_t deepcam_wear(const deepcam_t* core) { return accelerator_read_wide(core, DEEPCAM_REG_WEAR_LO); }

void deepcam_array(const deepcam_t* core, deepcam_array_t* array) {
  const uint32_t caps = accelerator_read(core, DEEPCAM_REG_CAPS_ARRAY);
  array->rows = (caps & DEEPCAM_CAPS_ARRAY_ROWS_MASK) >> DEEPCAM_CAPS_ARRAY_ROWS_SHIFT;
  array->segments = (caps & DEEPCAM_CAPS_ARRAY_SEGMENTS_MASK) >> DEEPCAM_CAPS_ARRAY_SEGMENTS_SHIFT;
  array->projection_inputs = accelerator_read(core, DEEPCAM_REG_CAPS_PROJECTION);
  array->projection_seed = accelerator_read(core, DEEPCAM_REG_CAPS_SEED);
}
