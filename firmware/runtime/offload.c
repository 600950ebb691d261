#include <ganglion/csr.h>
#include <ganglion/devices.h>
#include <ganglion/interrupt.h>
#include <ganglion/offload.h>
#include <stdio.h>

#include "accelerator.h"

/// Every accelerator this runtime has a driver for.
static const gn_accelerator_t* const accelerators[] = {&gn_sc_cnn_accelerator, &gn_deepcam_accelerator};
enum { ACCELERATORS = sizeof accelerators / sizeof accelerators[0] };

typedef struct {
  const gn_accelerator_t* driver;
  uint32_t irq;
  gn_accelerator_error_t error;  ///< of the last failed job
  gn_offload_t offload;
} unit_t;
static unit_t units[ACCELERATORS];

static void sleep(void* context) {
  (void)context;
  gn_idle();
}

static void acknowledge(void* context) { ((const unit_t*)context)->driver->acknowledge(); }

/// Waits with interrupts off, so that one between the driver's look and the WFI of gn_idle stays pending and
/// ends the WFI; polls where the device tree names no interrupt.
static int wait_for(const unit_t* unit, uint32_t job) {
  gn_interrupts_off();
  const int code = unit->driver->wait(job, unit->irq != 0 ? sleep : NULL);
  gn_interrupts_on();
  gn_fence();  // and results are read after it ended
  return code;
}

/// Keeps what happened for `explain` and opens the queue again.
static int failed(unit_t* unit, int code) {
  unit->driver->recover(&unit->error);
  return code;
}

static int64_t start(void* context, const gn_layer_t* layer, const ganglion_layer* record) {
  unit_t* unit = context;
  int result;
  gn_fence();  // operands are in memory before the job starts
  while ((result = unit->driver->submit(layer, record)) == GN_ACCELERATOR_BUSY) {
    const int code = wait_for(unit, unit->driver->submitted() - 1);
    if (code != 0) return -failed(unit, code);
  }
  if (result != 0) return -failed(unit, -result);
  return unit->driver->submitted();
}

static int wait(void* context, int64_t number) {
  unit_t* unit = context;
  const int code = wait_for(unit, (uint32_t)number);
  return code == 0 ? 0 : failed(unit, code);
}

static void explain(void* context, char* text, size_t bytes) {
  const gn_accelerator_error_t* error = &((const unit_t*)context)->error;
  (void)snprintf(text, bytes, "code %lu, register 0x%03lx = 0x%08lx, job %lu, address 0x%llx",
                 (unsigned long)error->code, (unsigned long)error->register_offset,
                 (unsigned long)error->value, (unsigned long)error->job, (unsigned long long)error->address);
}

static bool fits(void* context, const ganglion_layer* record, char* text, size_t bytes) {
  return ((const unit_t*)context)->driver->fits(record, text, bytes);
}

const gn_offload_t* gn_find_offload(void) {
  const gn_offload_t* first = NULL;
  for (int i = 0; i < ACCELERATORS; ++i) {
    unit_t* unit = &units[i];
    const gn_accelerator_t* driver = accelerators[i];
    uintptr_t base;
    uint32_t irq;
    if (!gn_find_accelerator(driver->compatible, &base, &irq) || !driver->open(base)) continue;
    *unit = (unit_t){.driver = driver};
    unit->irq = irq != 0 && gn_irq_attach(irq, acknowledge, unit) ? irq : 0;
    driver->interrupt(unit->irq != 0);
    unit->offload = (gn_offload_t){.context = unit,
                                   .operand_bits = driver->operand_bits(),
                                   .start = start,
                                   .wait = wait,
                                   .explain = explain,
                                   .target = driver->target,
                                   .next = first,
                                   .fits = driver->fits != NULL ? fits : NULL};
    first = &unit->offload;
  }
  return first;
}
