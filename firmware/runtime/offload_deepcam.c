#include <deepcam.h>
#include <stdio.h>

#include "offload_block.h"

static uint32_t operand_bits(const accelerator_t* core) {
  (void)core;
  return 8;  // the array hashes int8 only
}

static void prepare(const accelerator_t* core, const gn_layer_t* layer, const ganglion_layer* record,
                    void* job) {
  const deepcam_layer_t programmed = {
      .job = gn_layer_job(layer, record),
      .norms = (uintptr_t)layer->weights - record->weights_offset + record->norms_offset,
      .hash_bits = record->hash & 0xffff,
      .hash_tile = record->hash >> 16,
      .hash_layer = record->hash_options & 0xffff,
      .norm_shift = record->hash_options >> 16 & 0xf,
      .product_shift = record->hash_options >> 20 & 0x3f,
      .dataflow = record->hash_options >> 26,
  };
  (void)core;
  deepcam_prepare(&programmed, job);
}

/// Filters were hashed off line: with another projection than the array's every distance is chance.
static bool fits(const accelerator_t* core, const ganglion_layer* record, char* text, size_t bytes) {
  deepcam_array_t array;
  deepcam_array(core, &array);
  if (record->projection_seed != array.projection_seed) {
    (void)snprintf(
        text, bytes,
        "hashed with projection seed %lu, and the array has seed %lu (compile with --hash-seed %lu, or "
        "set projection_seed to %lu)",
        (unsigned long)record->projection_seed, (unsigned long)array.projection_seed,
        (unsigned long)array.projection_seed, (unsigned long)record->projection_seed);
    return false;
  }
  const uint64_t inputs = (uint64_t)record->in_c * record->kh * record->kw;
  if (inputs > array.projection_inputs) {
    (void)snprintf(text, bytes,
                   "%llu inputs an output, and the projection store of the array has rows for %lu (set its "
                   "projection_inputs, or compile with --place LAYER=cpu)",
                   (unsigned long long)inputs, (unsigned long)array.projection_inputs);
    return false;
  }
  return true;
}

static void program(const accelerator_t* core, const void* job) { deepcam_program(core, job); }

const gn_accelerator_t gn_deepcam_accelerator = {
    .target = GANGLION_TARGET_DEEPCAM,
    .compatible = "ganglion,deepcam",
    .id = DEEPCAM_ID_RESET_VALUE,
    .version = DEEPCAM_VERSION_RESET_VALUE,
    .operand_bits = operand_bits,
    .job_bytes = sizeof(deepcam_job_t),
    .prepare = prepare,
    .program = program,
    .fits = fits,
};
