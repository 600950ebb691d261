#include "accelerator.h"

#include <stddef.h>

int accelerator_probe(uintptr_t base, uint32_t id, uint32_t version) {
  if (accelerator_mmio_read(base + ACCELERATOR_COMMON_REG_ID) != id) return ACCELERATOR_ENODEV;
  const uint32_t found = accelerator_mmio_read(base + ACCELERATOR_COMMON_REG_VERSION);
  return (found ^ version) & ACCELERATOR_COMMON_VERSION_MAJOR_MASK ? ACCELERATOR_ENODEV : 0;
}

void accelerator_init(accelerator_t* core, uintptr_t base) {
  core->base = base;
  core->submitted = 0;
  accelerator_write(core, ACCELERATOR_COMMON_REG_CTRL, ACCELERATOR_COMMON_CTRL_RESET_MASK);
}

int accelerator_wait(accelerator_t* core, uint32_t jobs_done_target, void (*idle)(void* context),
                     void* context) {
  for (;;) {
    /* Acknowledge first: a job that ends after the look at JOBS_DONE raises the interrupt again. */
    accelerator_acknowledge(core);
    const uint32_t done = accelerator_read(core, ACCELERATOR_COMMON_REG_JOBS_DONE);
    if ((int32_t)(done - jobs_done_target) >= 0) return 0;
    if (accelerator_read(core, ACCELERATOR_COMMON_REG_STATUS) & ACCELERATOR_COMMON_STATUS_HELD_MASK) {
      return (int)(accelerator_read(core, ACCELERATOR_COMMON_REG_ERROR) & ACCELERATOR_COMMON_ERROR_CODE_MASK);
    }
    if (idle != NULL) idle(context);
  }
}

void accelerator_interrupt(accelerator_t* core, int enable) {
  accelerator_write(
      core, ACCELERATOR_COMMON_REG_IRQ_ENABLE,
      enable ? ACCELERATOR_COMMON_IRQ_ENABLE_DONE_MASK | ACCELERATOR_COMMON_IRQ_ENABLE_ERROR_MASK : 0);
}

void accelerator_acknowledge(accelerator_t* core) {
  accelerator_write(core, ACCELERATOR_COMMON_REG_IRQ_STATUS,
                    ACCELERATOR_COMMON_IRQ_STATUS_DONE_MASK | ACCELERATOR_COMMON_IRQ_STATUS_ERROR_MASK);
}

void accelerator_error(const accelerator_t* core, accelerator_error_t* error) {
  const uint32_t value = accelerator_read(core, ACCELERATOR_COMMON_REG_ERROR);
  error->code = (value & ACCELERATOR_COMMON_ERROR_CODE_MASK) >> ACCELERATOR_COMMON_ERROR_CODE_SHIFT;
  error->register_offset =
      (value & ACCELERATOR_COMMON_ERROR_REGISTER_MASK) >> ACCELERATOR_COMMON_ERROR_REGISTER_SHIFT;
  error->value = accelerator_read(core, ACCELERATOR_COMMON_REG_ERROR_VALUE);
  error->job = accelerator_read(core, ACCELERATOR_COMMON_REG_ERROR_JOB);
  error->address = accelerator_read(core, ACCELERATOR_COMMON_REG_ERROR_ADDRESS_LO) |
                   (uint64_t)accelerator_read(core, ACCELERATOR_COMMON_REG_ERROR_ADDRESS_HI) << 32;
}

void accelerator_recover(accelerator_t* core) {
  accelerator_write(core, ACCELERATOR_COMMON_REG_CTRL, ACCELERATOR_COMMON_CTRL_FLUSH_MASK);
  core->submitted = accelerator_read(core, ACCELERATOR_COMMON_REG_JOBS_DONE);
}
