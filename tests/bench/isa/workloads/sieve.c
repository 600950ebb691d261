/* Primes below 65536 by trial marking, again and again. */
#include "rounds.h"
static unsigned char marked[65536];
unsigned kernel(void) {
  unsigned total = 0;
  for (int round = 0; round < ROUNDS(860, 9); ++round) {
    for (unsigned i = 0; i < sizeof marked; ++i) marked[i] = 0;
    for (unsigned i = 2; i < 256; ++i)
      if (!marked[i])
        for (unsigned j = i * i; j < sizeof marked; j += i) marked[j] = 1;
    for (unsigned i = 2; i < sizeof marked; ++i) total += !marked[i];
  }
  return total & 0xffff;
}
