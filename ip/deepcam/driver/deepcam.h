/* Driver of the DeepCAM array: C11, freestanding, no allocation, no interrupts of its own.
 *
 * One job runs and one may wait, so a runtime programs layer N+1 while layer N runs:
 *
 *   deepcam_t core;
 *   if (deepcam_probe(base) != 0) ...no core there...
 *   deepcam_init(&core, base);
 *   while (deepcam_submit(&core, &layer) == DEEPCAM_EBUSY) deepcam_wait(&core, core.submitted - 1, idle,
 * NULL); int error = deepcam_wait(&core, core.submitted, idle, NULL);
 */
#ifndef GANGLION_DEEPCAM_H
#define GANGLION_DEEPCAM_H

#include <stdint.h>

#include "deepcam_regs.h"
#include "layer_job.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Negative results of the driver; positive ones are codes of the register ERROR. */
enum {
  DEEPCAM_EBUSY = ACCELERATOR_EBUSY,
  DEEPCAM_EHELD = ACCELERATOR_EHELD,
  DEEPCAM_ENODEV = ACCELERATOR_ENODEV
};

enum { DEEPCAM_STORE = 2, DEEPCAM_SEARCH = 3 }; /* kinds of job beside LAYER_JOB_... */
enum { DEEPCAM_ACTIVATION_STATIONARY = 0, DEEPCAM_WEIGHT_STATIONARY = 1 };

typedef accelerator_t deepcam_t;
typedef accelerator_error_t deepcam_error_t; /* codes from 16: DEEPCAM_FAULT_CODE_... */

/* A layer of int8 elements and how it is hashed: the registers of the same names (deepcam_regs.h). The job's
 * weights are the filters' hashes. */
typedef struct {
  layer_job_t job;
  uint64_t norms;                            /* bus address, a multiple of 8 */
  uint32_t hash_bits, hash_tile, hash_layer; /* k; inputs a hash covers, 0 = all; which projection */
  uint32_t norm_shift, product_shift;
  uint32_t dataflow, no_fold; /* DEEPCAM_..._STATIONARY; 1 refuses a job that does not fit the array */
} deepcam_layer_t;

/* Associative memory: words of word_bits (a multiple of 256 up to the array's word) in rows, kept until the
 * next layer or reset. Both calls submit a job: results as deepcam_submit, completion by deepcam_wait. */

/* Stores `count` words, [count][word_bits / 8] bytes at the bus address `words`, in rows from `first_row` on.
 * `care` is 0, or the address of as many bytes whose 1 bits take part in searches (ternary words). */
int deepcam_store(deepcam_t* core, uint64_t words, uint64_t care, uint32_t first_row, uint32_t count,
                  uint32_t word_bits);

/* Searches for `count` keys; a record of deepcam_record_bytes() a key goes to `records`: the nearest row and
 * its distance (best match), and a bit for every row within `threshold` (0: exact matches). */
int deepcam_search(deepcam_t* core, uint64_t keys, uint64_t records, uint32_t count, uint32_t word_bits,
                   uint32_t threshold);
uint32_t deepcam_record_bytes(const deepcam_t* core);

#define DEEPCAM_NO_ROW 0xffffffffu /* nearest row and distance when no row is stored */
typedef struct {
  uint32_t nearest_row; /* the lowest of equals */
  uint32_t distance;
  uint8_t within[64]; /* row r in byte r / 8, bit r % 8; rows / 8 bytes are used */
} deepcam_record_t;
/* Whether the record's threshold holds for `row`. */
static inline int deepcam_matches(const deepcam_record_t* record, uint32_t row) {
  return record->within[row / 8] >> (row % 8) & 1;
}

/* 0 when a DeepCAM array of this driver's major version answers at `base`, else DEEPCAM_ENODEV. */
int deepcam_probe(uintptr_t base);

/* A layer as the values of the registers that describe it: made once, programmed whenever the layer is to
 * run. */
typedef struct {
  uint32_t values[ACCELERATOR_JOB_REGISTERS(DEEPCAM_REG_IN_LO, DEEPCAM_REG_FOLD)];
} deepcam_job_t;
void deepcam_prepare(const deepcam_layer_t* layer, deepcam_job_t* job);

/* Writes the shadow registers, which it may at any time: only START latches them. Then, once
 * accelerator_queue_error(core) is 0, accelerator_start(core). */
void deepcam_program(const deepcam_t* core, const deepcam_job_t* job);

/* All three for a layer that runs once: 0, DEEPCAM_EBUSY (nothing was written) or DEEPCAM_EHELD.
 */
int deepcam_submit(deepcam_t* core, const deepcam_layer_t* layer);

/* As the functions of accelerator.h. */
static inline void deepcam_init(deepcam_t* core, uintptr_t base) { accelerator_init(core, base); }
static inline int deepcam_wait(deepcam_t* core, uint32_t jobs_done_target, void (*idle)(void* context),
                               void* context) {
  return accelerator_wait(core, jobs_done_target, idle, context);
}
static inline void deepcam_interrupt(deepcam_t* core, int enable) { accelerator_interrupt(core, enable); }
static inline void deepcam_acknowledge(deepcam_t* core) { accelerator_acknowledge(core); }
static inline void deepcam_error(const deepcam_t* core, deepcam_error_t* error) {
  accelerator_error(core, error);
}
static inline void deepcam_recover(deepcam_t* core) { accelerator_recover(core); }

/* Figures of the last completed job: block-clock cycles, energy in fJ, searches, rows written, norms clamped
 * to 448, additions clamped to 32 bits. */
typedef struct {
  uint64_t cycles, energy_fj, searches, row_writes, norm_saturations, saturations;
} deepcam_figures_t;
void deepcam_figures(const deepcam_t* core, deepcam_figures_t* figures);

/* Writes of the most written row since reset. */
uint64_t deepcam_wear(const deepcam_t* core);

/* What this array was built with: rows, joined segments of 256 bits, longest vector it hashes, seed of its
 * projections. Hashes and norms in memory must have been made with this seed. */
typedef struct {
  uint32_t rows, segments, projection_inputs, projection_seed;
} deepcam_array_t;
void deepcam_array(const deepcam_t* core, deepcam_array_t* array);

#ifdef __cplusplus
}
#endif
#endif /* GANGLION_DEEPCAM_H */
