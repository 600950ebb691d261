#include <ganglion/csr.h>
#include <ganglion/devices.h>
#include <ganglion/interrupt.h>
#include <ganglion/offload.h>
#include <stdio.h>
#include <string.h>

#include "offload_block.h"

/// Every accelerator this runtime has a driver for.
static const gn_accelerator_t* const accelerators[] = {&gn_sc_cnn_accelerator, &gn_deepcam_accelerator,
                                                       &gn_mac_array_accelerator};
enum { ACCELERATORS = sizeof accelerators / sizeof accelerators[0] };

typedef struct {
  const gn_accelerator_t* block;
  accelerator_t core;
  uint32_t irq;
  const void* programmed;     ///< job that the registers describe; NULL: another
  accelerator_error_t error;  ///< of the last failed job
  gn_offload_t offload;
} unit_t;
static unit_t units[ACCELERATORS];

static void sleep(void* context) {
  (void)context;
  gn_idle();
}

static void acknowledge(void* context) { accelerator_acknowledge(&((unit_t*)context)->core); }

/// Waits with interrupts off, so that one between the driver's look and the WFI of gn_idle stays pending and
/// ends the WFI; polls where the device tree names no interrupt.
static int wait_for(unit_t* unit, uint32_t job) {
  gn_interrupts_off();
  const int code = accelerator_wait(&unit->core, job, unit->irq != 0 ? sleep : NULL, NULL);
  gn_interrupts_on();
  gn_fence();  // and results are read after it ended
  return code;
}

/// Keeps what happened for `explain` and opens the queue again.
static int failed(unit_t* unit, int code) {
  accelerator_error(&unit->core, &unit->error);
  accelerator_recover(&unit->core);
  return code;
}

static void prepare(void* context, const gn_layer_t* layer, const ganglion_layer* record, void* job) {
  unit_t* unit = context;
  unit->programmed = NULL;  // which may have lain at the same address
  unit->block->prepare(&unit->core, layer, record, job);
}

/// Registers are programmed before a place is free: START is all that is left to do then.
static int64_t start(void* context, const void* job) {
  unit_t* unit = context;
  for (;;) {
    if (unit->programmed != job) {  // or another task was here while this one waited
      unit->block->program(&unit->core, job);
      unit->programmed = job;
    }
    const int busy = accelerator_queue_error(&unit->core);
    if (busy == 0) break;
    if (busy != ACCELERATOR_EBUSY) return -failed(unit, -busy);
    const int code = wait_for(unit, unit->core.submitted - 1);
    if (code != 0) return -failed(unit, code);
  }
  gn_fence();  // operands are in memory before the job starts
  accelerator_start(&unit->core);
  return unit->core.submitted;
}

static int wait(void* context, int64_t number) {
  unit_t* unit = context;
  const int code = wait_for(unit, (uint32_t)number);
  return code == 0 ? 0 : failed(unit, code);
}

static void explain(void* context, char* text, size_t bytes) {
  const accelerator_error_t* error = &((const unit_t*)context)->error;
  (void)snprintf(text, bytes, "code %lu, register 0x%03lx = 0x%08lx, job %lu, address 0x%llx",
                 (unsigned long)error->code, (unsigned long)error->register_offset,
                 (unsigned long)error->value, (unsigned long)error->job, (unsigned long long)error->address);
}

static bool fits(void* context, const ganglion_layer* record, char* text, size_t bytes) {
  const unit_t* unit = context;
  return unit->block->fits(&unit->core, record, text, bytes);
}

const char* gn_target_name(uint32_t target) {
  for (int i = 0; i < ACCELERATORS; ++i) {
    if (accelerators[i]->target == target) return strchr(accelerators[i]->compatible, ',') + 1;
  }
  return "hart";
}

layer_job_t gn_layer_job(const gn_layer_t* layer, const ganglion_layer* record) {
  return (layer_job_t){
      .in = (uintptr_t)layer->in,
      .weights = (uintptr_t)layer->weights,
      .bias = (uintptr_t)layer->bias,
      .mult = (uintptr_t)layer->multiplier,
      .shift = (uintptr_t)layer->shift,
      .out = (uintptr_t)layer->out,
      .kind = record->kind == GANGLION_LAYER_CONV2D ? LAYER_JOB_CONVOLUTION : LAYER_JOB_FULLY_CONNECTED,
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
      .pool = layer->pool ? LAYER_JOB_POOL_MAX_2X2 : LAYER_JOB_POOL_NONE,
      .lo = layer->lo,
      .hi = layer->hi,
  };
}

const gn_offload_t* gn_find_offload(void) {
  const gn_offload_t* first = NULL;
  for (int i = 0; i < ACCELERATORS; ++i) {
    unit_t* unit = &units[i];
    const gn_accelerator_t* block = accelerators[i];
    uintptr_t base;
    uint32_t irq;
    if (!gn_find_accelerator(block->compatible, &base, &irq)) continue;
    if (accelerator_probe(base, block->id, block->version) != 0) continue;
    *unit = (unit_t){.block = block};
    accelerator_init(&unit->core, base);
    unit->irq = irq != 0 && gn_irq_attach(irq, acknowledge, unit) ? irq : 0;
    accelerator_interrupt(&unit->core, unit->irq != 0);
    unit->offload = (gn_offload_t){.context = unit,
                                   .operand_bits = block->operand_bits(&unit->core),
                                   .job_bytes = block->job_bytes,
                                   .prepare = prepare,
                                   .start = start,
                                   .wait = wait,
                                   .explain = explain,
                                   .target = block->target,
                                   .next = first,
                                   .fits = block->fits != NULL ? fits : NULL};
    first = &unit->offload;
  }
  return first;
}
