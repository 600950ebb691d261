#include <sc_cnn.h>

#include "accelerator.h"

static sc_cnn_t core;

static bool open(uintptr_t base) {
  if (sc_cnn_probe(base) != 0) return false;
  sc_cnn_init(&core, base);
  return true;
}

static uint32_t operand_bits(void) { return sc_cnn_operand_bits(&core); }
static void interrupt(int enable) { sc_cnn_interrupt(&core, enable); }
static void acknowledge(void) { sc_cnn_acknowledge(&core); }
static uint32_t submitted(void) { return core.submitted; }
static int wait(uint32_t job, void (*idle)(void*)) { return sc_cnn_wait(&core, job, idle, NULL); }

static int submit(const gn_layer_t* layer, const ganglion_layer* record) {
  const sc_cnn_layer_t job = {
      .in = (uintptr_t)layer->in,
      .weights = (uintptr_t)layer->weights,
      .bias = (uintptr_t)layer->bias,
      .mult = (uintptr_t)layer->multiplier,
      .shift = (uintptr_t)layer->shift,
      .out = (uintptr_t)layer->out,
      .kind = record->kind == GANGLION_LAYER_CONV2D ? SC_CNN_CONVOLUTION : SC_CNN_FULLY_CONNECTED,
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
      .pool = layer->pool ? SC_CNN_POOL_MAX_2X2 : SC_CNN_POOL_NONE,
      .lo = layer->lo,
      .hi = layer->hi,
      .weight_bits = record->weight_bits,
      .guard_bits = record->guard_bits,
      .zero_skip = record->zero_skip,
  };
  return sc_cnn_submit(&core, &job);
}

static void recover(gn_accelerator_error_t* error) {
  sc_cnn_error_t found;
  sc_cnn_error(&core, &found);
  *error = (gn_accelerator_error_t){found.code, found.register_offset, found.value, found.job, found.address};
  sc_cnn_recover(&core);
}

const gn_accelerator_t gn_sc_cnn_accelerator = {
    .target = GANGLION_TARGET_SC_CNN,
    .compatible = "ganglion,sc-cnn",
    .open = open,
    .operand_bits = operand_bits,
    .interrupt = interrupt,
    .acknowledge = acknowledge,
    .submit = submit,
    .submitted = submitted,
    .wait = wait,
    .recover = recover,
};
_Static_assert((int)SC_CNN_EBUSY == (int)GN_ACCELERATOR_BUSY, "the driver's code is the runtime's");
