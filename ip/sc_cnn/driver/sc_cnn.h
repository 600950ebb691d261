/* Driver of the SC-CNN core: C11, freestanding, no allocation, no interrupts of its own.
 *
 * One job runs and one may wait, so a runtime programs layer N+1 while layer N runs:
 *
 *   sc_cnn_t core;
 *   if (sc_cnn_probe(base) != 0) ...no core there...
 *   sc_cnn_init(&core, base);
 *   while (sc_cnn_submit(&core, &layer) == SC_CNN_EBUSY) sc_cnn_wait(&core, core.submitted - 1, idle, NULL);
 *   int error = sc_cnn_wait(&core, core.submitted, idle, NULL);
 */
#ifndef GANGLION_SC_CNN_H
#define GANGLION_SC_CNN_H

#include <stdint.h>

#include "layer_job.h"
#include "sc_cnn_regs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Negative results of the driver; positive ones are codes of the register ERROR. */
enum {
  SC_CNN_EBUSY = ACCELERATOR_EBUSY,
  SC_CNN_EHELD = ACCELERATOR_EHELD,
  SC_CNN_ENODEV = ACCELERATOR_ENODEV
};

typedef accelerator_t sc_cnn_t;
typedef accelerator_error_t sc_cnn_error_t; /* codes from 16: SC_CNN_FAULT_CODE_... */

/* A layer and how precisely it is computed: the registers of the same names (sc_cnn_regs.h). */
typedef struct {
  layer_job_t job;
  uint32_t weight_bits, guard_bits, zero_skip;
} sc_cnn_layer_t;

/* 0 when an SC-CNN core of this driver's major version answers at `base`, else SC_CNN_ENODEV. */
int sc_cnn_probe(uintptr_t base);

/* A layer as the values of the registers that describe it: made once, programmed whenever the layer is to
 * run. */
typedef struct {
  uint32_t values[ACCELERATOR_JOB_REGISTERS(SC_CNN_REG_IN_LO, SC_CNN_REG_ZERO_SKIP)];
} sc_cnn_job_t;
void sc_cnn_prepare(const sc_cnn_t* core, const sc_cnn_layer_t* layer, sc_cnn_job_t* job);

/* Writes the shadow registers, which it may at any time: only START latches them. Then, once
 * accelerator_queue_error(core) is 0, accelerator_start(core). */
void sc_cnn_program(const sc_cnn_t* core, const sc_cnn_job_t* job);

/* All three for a layer that runs once: 0, SC_CNN_EBUSY (nothing was written) or SC_CNN_EHELD. */
int sc_cnn_submit(sc_cnn_t* core, const sc_cnn_layer_t* layer);

/* As the functions of accelerator.h. */
static inline void sc_cnn_init(sc_cnn_t* core, uintptr_t base) { accelerator_init(core, base); }
static inline int sc_cnn_wait(sc_cnn_t* core, uint32_t jobs_done_target, void (*idle)(void* context),
                              void* context) {
  return accelerator_wait(core, jobs_done_target, idle, context);
}
static inline void sc_cnn_interrupt(sc_cnn_t* core, int enable) { accelerator_interrupt(core, enable); }
static inline void sc_cnn_acknowledge(sc_cnn_t* core) { accelerator_acknowledge(core); }
static inline void sc_cnn_error(const sc_cnn_t* core, sc_cnn_error_t* error) {
  accelerator_error(core, error);
}
static inline void sc_cnn_recover(sc_cnn_t* core) { accelerator_recover(core); }

/* Figures of the last completed job: block-clock cycles, energy in fJ, products clamped in a lane register.
 */
uint64_t sc_cnn_job_cycles(const sc_cnn_t* core);
uint64_t sc_cnn_job_energy_fj(const sc_cnn_t* core);
uint64_t sc_cnn_job_saturations(const sc_cnn_t* core);

/* N of this core: bits of an operand. Elements are int8 up to 8 bits, int16 above. */
uint32_t sc_cnn_operand_bits(const sc_cnn_t* core);

#ifdef __cplusplus
}
#endif
#endif /* GANGLION_SC_CNN_H */
