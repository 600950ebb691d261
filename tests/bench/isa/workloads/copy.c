/* Block copies by 64-bit words. */
#include "rounds.h"
static unsigned long a[8192], b[8192];
unsigned kernel(void) {
  for (unsigned i = 0; i < 8192; ++i) a[i] = i * 0x9e3779b97f4a7c15ul;
  for (int round = 0; round < ROUNDS(44000, 440); ++round) {
    unsigned long* restrict from = round & 1 ? b : a, * restrict to = round & 1 ? a : b;
    for (unsigned i = 0; i < 8192; i += 4) {
      unsigned long w = from[i], x = from[i + 1], y = from[i + 2], z = from[i + 3];
      to[i] = w;
      to[i + 1] = x;
      to[i + 2] = y;
      to[i + 3] = z;
    }
    __asm__ volatile("" ::: "memory");
  }
  return (unsigned)(b[17] >> 13) & 0xffff;
}
