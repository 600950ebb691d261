/* Driver of the MAC array: C11, freestanding, no allocation, no interrupts of its own. What is common to all
 * accelerators (probe, wait, interrupt, errors) is accelerator.h; a layer is that of layer_job.h.
 *
 *   accelerator_t core;
 *   if (mac_array_probe(base) != 0) ...no array there...
 *   accelerator_init(&core, base);
 *   while (mac_array_submit(&core, &layer) == ACCELERATOR_EBUSY)
 *     accelerator_wait(&core, core.submitted - 1, idle, NULL);
 *   int error = accelerator_wait(&core, core.submitted, idle, NULL);
 */
#ifndef GANGLION_MAC_ARRAY_H
#define GANGLION_MAC_ARRAY_H

#include <stdint.h>

#include "layer_job.h"
#include "mac_array_regs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 0 when a MAC array of this driver's major version answers at `base`, else ACCELERATOR_ENODEV. */
int mac_array_probe(uintptr_t base);

/* A layer as the values of the registers that describe it: made once, programmed whenever the layer is to
 * run. */
typedef struct {
  uint32_t values[ACCELERATOR_JOB_REGISTERS(MAC_ARRAY_REG_IN_LO, MAC_ARRAY_REG_OUT_MAX)];
} mac_array_job_t;
void mac_array_prepare(const accelerator_t* core, const layer_job_t* layer, mac_array_job_t* job);

/* Writes the shadow registers, which it may at any time: only START latches them. Then, once
 * accelerator_queue_error(core) is 0, accelerator_start(core). */
void mac_array_program(const accelerator_t* core, const mac_array_job_t* job);

/* All three for a layer that runs once: 0, ACCELERATOR_EBUSY (nothing was written) or
 * ACCELERATOR_EHELD. */
int mac_array_submit(accelerator_t* core, const layer_job_t* layer);

/* Figures of the last completed job: block-clock cycles, energy in fJ, additions clamped in an accumulator.
 */
typedef struct {
  uint64_t cycles, energy_fj, saturations;
} mac_array_figures_t;
void mac_array_figures(const accelerator_t* core, mac_array_figures_t* figures);

/* N of this array: bits of an operand. Elements are int8 up to 8 bits, int16 above. */
uint32_t mac_array_operand_bits(const accelerator_t* core);

#ifdef __cplusplus
}
#endif
#endif /* GANGLION_MAC_ARRAY_H */
