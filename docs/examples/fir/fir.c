// Drives the filter: an impulse gives back the taps, a step their sums, a large sample the interrupt.
#include <ganglion/ganglion.h>
#include <ganglion/mmio.h>
#include <stdio.h>

#include "fir_regs.h"

#define FIR 0x24050000u  // as fir.yaml maps it
#define TAPS 8

static uint32_t get(uint32_t offset) { return gn_read32(FIR + offset); }
static void set(uint32_t offset, uint32_t value) { gn_write32(FIR + offset, value); }

static int32_t filter(int16_t sample) {
  set(FIR_REG_SAMPLE, (uint16_t)sample);
  return (int32_t)get(FIR_REG_RESULT);
}

static int wrong(const char* what, int32_t found, int32_t expected) {
  if (found == expected) return 0;
  printf("%s: %ld, expected %ld\n", what, (long)found, (long)expected);
  return 1;
}

int main(void) {
  static const int16_t taps[TAPS] = {-120, 310, 2047, 9000, 9000, 2047, 310, -120};
  int errors = wrong("ID", (int32_t)get(FIR_REG_ID), FIR_ID_RESET_VALUE);
  for (uint32_t i = 0; i < TAPS; ++i) set(FIR_REG_TAP0 + 4 * i, (uint16_t)taps[i]);

  for (uint32_t i = 0; i < TAPS + 2; ++i) {
    errors += wrong("impulse", filter(i == 0 ? 1000 : 0), i < TAPS ? 1000 * taps[i] : 0);
  }
  set(FIR_REG_CTRL, FIR_CTRL_CLEAR_MASK);
  int32_t sum = 0;
  for (uint32_t i = 0; i < 2 * TAPS; ++i) {
    if (i < TAPS) sum += -3 * taps[i];
    errors += wrong("step", filter(-3), sum);
  }
  errors += wrong("COUNT", (int32_t)get(FIR_REG_COUNT), 2 * TAPS);

  set(FIR_REG_CTRL, FIR_CTRL_CLEAR_MASK);
  set(FIR_REG_LIMIT, 1000000);
  set(FIR_REG_IRQ_ENABLE, FIR_IRQ_ENABLE_OVER_MASK);
  int32_t largest = 0;
  for (uint32_t i = 0; i < TAPS && get(FIR_REG_STATUS) == 0; ++i) largest = filter(500);
  errors += wrong("sample that exceeds LIMIT", largest, 500 * (-120 + 310 + 2047));
  printf("fir: %lu samples, %d errors\n", (unsigned long)get(FIR_REG_COUNT), errors);
  return errors == 0 ? 0 : 1;
}
