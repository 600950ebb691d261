/* What the drivers of all accelerators share: the registers of platform/accel/common.rdl. C11, freestanding,
 * no allocation, no interrupts of its own. A block's driver adds how a job is programmed.
 */
#ifndef GANGLION_ACCELERATOR_H
#define GANGLION_ACCELERATOR_H

#include <stdint.h>

#include "accelerator_common_regs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Negative results are the driver's; positive ones are codes of the register ERROR. */
enum {
  ACCELERATOR_EBUSY = -1, /* one job runs and one waits */
  ACCELERATOR_EHELD =
      -2, /* a failed job stopped the queue: see accelerator_error, then accelerator_recover */
  ACCELERATOR_ENODEV = -3, /* not the block that is asked for at this address, or another major version */
};

typedef struct {
  uintptr_t base;
  uint32_t submitted; /* jobs accepted since init; a job is complete when JOBS_DONE reaches its number */
} accelerator_t;

/* What went wrong with the last failed or refused job. */
typedef struct {
  uint32_t code; /* below 16 ACCELERATOR_COMMON_ERROR_CODE_..., from 16 the block's FAULT_CODE_... */
  uint32_t register_offset; /* register that broke the rule, 0 when none did */
  uint32_t value;           /* what it held */
  uint32_t job;             /* number of the job, 0 for a refused START */
  uint64_t address;         /* of a bus error or a bad operand in memory */
} accelerator_error_t;

/* 0 when the block with this ID answers at `base` with the major number of `version`, else
 * ACCELERATOR_ENODEV. */
int accelerator_probe(uintptr_t base, uint32_t id, uint32_t version);

/* Takes over the block at `base`: resets it; no job, interrupts disabled. */
void accelerator_init(accelerator_t* core, uintptr_t base);

/* 0 when a job may be started, ACCELERATOR_EBUSY or ACCELERATOR_EHELD. */
static inline int accelerator_queue_error(const accelerator_t* core);

/* Starts the job that the shadow registers describe. */
static inline void accelerator_start(accelerator_t* core);

/* Waits until `jobs_done_target` jobs are complete (the number of a job is core->submitted after its submit)
 * and acknowledges DONE. `idle(context)` is called between looks, e.g. to sleep in WFI with the interrupt
 * enabled; NULL polls. 0, or the code of the job that failed: the queue stands still until
 * accelerator_recover.
 */
int accelerator_wait(accelerator_t* core, uint32_t jobs_done_target, void (*idle)(void* context),
                     void* context);

/* Enables (1) or disables (0) the interrupt of completed and failed jobs. */
void accelerator_interrupt(accelerator_t* core, int enable);

/* Clears the pending interrupt: for a handler that only has to end a WFI. */
void accelerator_acknowledge(accelerator_t* core);

/* Fills `error`; code 0 when there is none. */
void accelerator_error(const accelerator_t* core, accelerator_error_t* error);

/* Ends an error: drops the waiting job and opens the queue. core->submitted goes back to what is done. */
void accelerator_recover(accelerator_t* core);

/* The rest is for the drivers of the blocks. */

#ifdef ACCELERATOR_MMIO_BY_CALL /* a test that runs a driver against the model without a hart */
uint32_t accelerator_mmio_read(uintptr_t address);
void accelerator_mmio_write(uintptr_t address, uint32_t value);
#else
static inline uint32_t accelerator_mmio_read(uintptr_t address) { return *(volatile const uint32_t*)address; }
static inline void accelerator_mmio_write(uintptr_t address, uint32_t value) {
  *(volatile uint32_t*)address = value;
}
#endif

static inline uint32_t accelerator_read(const accelerator_t* core, uint32_t offset) {
  return accelerator_mmio_read(core->base + offset);
}

static inline void accelerator_write(const accelerator_t* core, uint32_t offset, uint32_t value) {
  accelerator_mmio_write(core->base + offset, value);
}

static inline uint64_t accelerator_read_wide(const accelerator_t* core, uint32_t low_offset) {
  const uint64_t low = accelerator_read(core, low_offset); /* latches the upper half */
  return (uint64_t)accelerator_read(core, low_offset + 4) << 32 | low;
}

static inline void accelerator_write_wide(const accelerator_t* core, uint32_t low_offset, uint64_t value) {
  accelerator_write(core, low_offset, (uint32_t)value);
  accelerator_write(core, low_offset + 4, (uint32_t)(value >> 32));
}

static inline int accelerator_queue_error(const accelerator_t* core) {
  const uint32_t status = accelerator_read(core, ACCELERATOR_COMMON_REG_STATUS);
  if (status & ACCELERATOR_COMMON_STATUS_HELD_MASK) return ACCELERATOR_EHELD;
  return status & ACCELERATOR_COMMON_STATUS_WAITING_MASK ? ACCELERATOR_EBUSY : 0;
}

static inline void accelerator_start(accelerator_t* core) {
  accelerator_write(core, ACCELERATOR_COMMON_REG_CTRL, ACCELERATOR_COMMON_CTRL_START_MASK);
  core->submitted++;
}

/* A prepared job is an array of the values of the registers from offset `first` of the block to `last`. Its
 * driver fills it once, register by register, and writes it as often as the job is started. */
#define ACCELERATOR_JOB_REGISTERS(first, last) (((last) - (first)) / 4 + 1)

static inline void accelerator_job_set(uint32_t* values, uint32_t first, uint32_t offset, uint32_t value) {
  values[(offset - first) / 4] = value;
}

static inline void accelerator_job_set_wide(uint32_t* values, uint32_t first, uint32_t low_offset,
                                            uint64_t value) {
  accelerator_job_set(values, first, low_offset, (uint32_t)value);
  accelerator_job_set(values, first, low_offset + 4, (uint32_t)(value >> 32));
}

/* Without a loop where `count` is a constant: a hart that fetches from memory pays for every turn, and more
 * for finding out what a register holds already than for writing it. */
static inline void accelerator_job_write(const accelerator_t* core, uint32_t first, const uint32_t* values,
                                         uint32_t count) {
  const uintptr_t registers = core->base + first;
#pragma GCC unroll 64
  for (uint32_t i = 0; i < count; ++i) accelerator_mmio_write(registers + 4 * i, values[i]);
}

#ifdef __cplusplus
}
#endif
#endif /* GANGLION_ACCELERATOR_H */
