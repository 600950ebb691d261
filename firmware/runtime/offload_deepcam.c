#include <deepcam.h>
#include <stdio.h>

#include "accelerator.h"

static deepcam_t core;

static bool open(uintptr_t base) {
  if (deepcam_probe(base) != 0) return false;
  deepcam_init(&core, base);
  return true;
}

static uint32_t operand_bits(void) { return 8; }  // the array hashes int8 only
static void interrupt(int enable) { deepcam_interrupt(&core, enable); }
static void acknowledge(void) { deepcam_acknowledge(&core); }
static uint32_t submitted(void) { return core.submitted; }
static int wait(uint32_t job, void (*idle)(void*)) { return deepcam_wait(&core, job, idle, NULL); }

static int submit(const gn_layer_t* layer, const ganglion_layer* record) {
  const deepcam_layer_t job = {
      .in = (uintptr_t)layer->in,
      .weights = (uintptr_t)layer->weights,
      .norms = (uintptr_t)layer->weights - record->weights_offset + record->norms_offset,
      .bias = (uintptr_t)layer->bias,
      .mult = (uintptr_t)layer->multiplier,
      .shift = (uintptr_t)layer->shift,
      .out = (uintptr_t)layer->out,
      .kind = record->kind == GANGLION_LAYER_CONV2D ? DEEPCAM_CONVOLUTION : DEEPCAM_FULLY_CONNECTED,
      .in_c = layer->in_c,
      .in_h = layer->in_h,
      .in_w = layer->in_w,
      .out_c = layer->out_c,
      .out_h = layer->out_h,
      .out_w = layer->out_w,
      .kh = layer->kh,
      .kw = layer->kw,
      .stride = layer->stride,
      .pad = layer->pad,
      .pool = layer->pool ? DEEPCAM_POOL_MAX_2X2 : DEEPCAM_POOL_NONE,
      .lo = layer->lo,
      .hi = layer->hi,
      .hash_bits = record->hash & 0xffff,
      .hash_tile = record->hash >> 16,
      .hash_layer = record->hash_options & 0xffff,
      .norm_shift = record->hash_options >> 16 & 0xf,
      .product_shift = record->hash_options >> 20 & 0x3f,
      .dataflow = record->hash_options >> 26,
  };
  return deepcam_submit(&core, &job);
}

/// Filters were hashed off line: with another projection than the array's every distance is chance.
static bool fits(const ganglion_layer* record, char* text, size_t bytes) {
  deepcam_array_t array;
  deepcam_array(&core, &array);
  if (record->projection_seed != array.projection_seed) {
    (void)snprintf(
        text, bytes,
        "hashed with projection seed %lu, and the array has seed %lu (compile with --hash-seed %lu, or "
        "set the array's projection_seed to %lu)",
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

static void recover(gn_accelerator_error_t* error) {
  deepcam_error_t found;
  deepcam_error(&core, &found);
  *error = (gn_accelerator_error_t){found.code, found.register_offset, found.value, found.job, found.address};
  deepcam_recover(&core);
}

const gn_accelerator_t gn_deepcam_accelerator = {
    .target = GANGLION_TARGET_DEEPCAM,
    .compatible = "ganglion,deepcam",
    .open = open,
    .operand_bits = operand_bits,
    .interrupt = interrupt,
    .acknowledge = acknowledge,
    .submit = submit,
    .submitted = submitted,
    .wait = wait,
    .recover = recover,
    .fits = fits,
};
_Static_assert((int)DEEPCAM_EBUSY == (int)GN_ACCELERATOR_BUSY, "the driver's code is the runtime's");
