#include <ganglion/csr.h>
#include <ganglion/devices.h>
#include <ganglion/interrupt.h>
#include <ganglion/offload.h>
#include <sc_cnn.h>
#include <stdio.h>

static struct {
  sc_cnn_t core;
  uint32_t irq;
  sc_cnn_error_t error;  ///< of the last failed job
  gn_offload_t offload;
} sc_cnn;

static void sleep(void* context) {
  (void)context;
  gn_idle();
}

static void acknowledge(void* context) { sc_cnn_acknowledge(context); }

/// Waits with interrupts off, so that one between the driver's look and the WFI of gn_idle stays pending and
/// ends the WFI; polls where the device tree names no interrupt.
static int wait_for(uint32_t job) {
  gn_interrupts_off();
  const int code = sc_cnn_wait(&sc_cnn.core, job, sc_cnn.irq != 0 ? sleep : NULL, NULL);
  gn_interrupts_on();
  gn_fence();  // and results are read after it ended
  return code;
}

/// Keeps what happened for `explain` and opens the queue again.
static int failed(int code) {
  sc_cnn_error(&sc_cnn.core, &sc_cnn.error);
  sc_cnn_recover(&sc_cnn.core);
  return code;
}

static int64_t start(void* context, const gn_layer_t* layer, const ganglion_layer* record) {
  (void)context;
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
  int result;
  gn_fence();  // operands are in memory before the job starts
  while ((result = sc_cnn_submit(&sc_cnn.core, &job)) == SC_CNN_EBUSY) {
    const int code = wait_for(sc_cnn.core.submitted - 1);
    if (code != 0) return -failed(code);
  }
  if (result != 0) return -failed(-result);
  return sc_cnn.core.submitted;
}

static int wait(void* context, int64_t number) {
  (void)context;
  const int code = wait_for((uint32_t)number);
  return code == 0 ? 0 : failed(code);
}

static void explain(void* context, char* text, size_t bytes) {
  (void)context;
  (void)snprintf(text, bytes, "code %lu, register 0x%03lx = 0x%08lx, job %lu, address 0x%llx",
                 (unsigned long)sc_cnn.error.code, (unsigned long)sc_cnn.error.register_offset,
                 (unsigned long)sc_cnn.error.value, (unsigned long)sc_cnn.error.job,
                 (unsigned long long)sc_cnn.error.address);
}

const gn_offload_t* gn_find_offload(void) {
  uintptr_t base;
  uint32_t irq;
  if (!gn_find_accelerator("ganglion,sc-cnn", &base, &irq) || sc_cnn_probe(base) != 0) return NULL;
  sc_cnn_init(&sc_cnn.core, base);
  sc_cnn.irq = irq != 0 && gn_irq_attach(irq, acknowledge, &sc_cnn.core) ? irq : 0;
  sc_cnn_interrupt(&sc_cnn.core, sc_cnn.irq != 0);
  sc_cnn.offload = (gn_offload_t){
      .operand_bits = sc_cnn_operand_bits(&sc_cnn.core), .start = start, .wait = wait, .explain = explain};
  return &sc_cnn.offload;
}
