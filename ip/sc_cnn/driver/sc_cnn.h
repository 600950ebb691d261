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

#include "sc_cnn_regs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Negative results are the driver's; positive ones are codes of the register ERROR. */
enum {
  SC_CNN_EBUSY = -1,  /* one job runs and one waits */
  SC_CNN_EHELD = -2,  /* a failed job stopped the queue: see sc_cnn_error, then sc_cnn_recover */
  SC_CNN_ENODEV = -3, /* no SC-CNN core at this address, or another major version */
};

enum { SC_CNN_CONVOLUTION = 0, SC_CNN_FULLY_CONNECTED = 1 };
enum { SC_CNN_POOL_NONE = 0, SC_CNN_POOL_MAX_2X2 = 1 };

typedef struct {
  uintptr_t base;
  uint32_t submitted; /* jobs accepted since init; a job is complete when JOBS_DONE reaches its number */
} sc_cnn_t;

/* A layer. Meanings, ranges and alignments are those of the registers of the same names (sc_cnn_regs.h). */
typedef struct {
  uint64_t in, weights, bias, mult, shift, out; /* bus addresses, multiples of 8 */
  uint32_t kind;                                /* SC_CNN_CONVOLUTION, SC_CNN_FULLY_CONNECTED */
  uint32_t in_c, in_h, in_w;
  uint32_t in_row_stride, in_plane_stride;   /* bytes; 0 = dense */
  uint32_t out_c, out_h, out_w;              /* before pooling */
  uint32_t out_row_stride, out_plane_stride; /* bytes, of the stored map (after pooling); 0 = dense */
  uint32_t kh, kw, stride, pad, pool;
  int32_t lo, hi;
  uint32_t weight_bits, guard_bits, zero_skip;
} sc_cnn_layer_t;

/* What went wrong with the last failed or refused job. */
typedef struct {
  uint32_t code;            /* SC_CNN_ERROR_CODE_... below 16, SC_CNN_FAULT_CODE_... from 16 */
  uint32_t register_offset; /* register that broke the rule, 0 when none did */
  uint32_t value;           /* what it held */
  uint32_t job;             /* number of the job, 0 for a refused START */
  uint64_t address;         /* of a bus error or a bad operand in memory */
} sc_cnn_error_t;

/* 0 when an SC-CNN core of this driver's major version answers at `base`, else SC_CNN_ENODEV. */
int sc_cnn_probe(uintptr_t base);

/* Takes over the core at `base`: resets it; no job, interrupts disabled. */
void sc_cnn_init(sc_cnn_t* core, uintptr_t base);

/* Programs the shadow registers and starts the job. 0, SC_CNN_EBUSY (nothing was written) or SC_CNN_EHELD. */
int sc_cnn_submit(sc_cnn_t* core, const sc_cnn_layer_t* layer);

/* Waits until `jobs_done_target` jobs are complete (the number of a job is core->submitted after its submit)
 * and acknowledges DONE. `idle(context)` is called between looks, e.g. to sleep in WFI with the interrupt
 * enabled; NULL polls. 0, or the code of the job that failed: the queue stands still until sc_cnn_recover. */
int sc_cnn_wait(sc_cnn_t* core, uint32_t jobs_done_target, void (*idle)(void* context), void* context);

/* Enables (1) or disables (0) the interrupt of completed and failed jobs. */
void sc_cnn_interrupt(sc_cnn_t* core, int enable);

/* Clears the pending interrupt: for a handler that only has to end a WFI. */
void sc_cnn_acknowledge(sc_cnn_t* core);

/* Fills `error`; code 0 when there is none. */
void sc_cnn_error(const sc_cnn_t* core, sc_cnn_error_t* error);

/* Ends an error: drops the waiting job and opens the queue. core->submitted goes back to what is done. */
void sc_cnn_recover(sc_cnn_t* core);

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
