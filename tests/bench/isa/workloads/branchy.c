/* Insertion sort and binary search with data-dependent branches through function pointers. */
#include "rounds.h"
static int values[512];
static int less(int a, int b) { return a < b; }
static int more(int a, int b) { return a > b; }
static int (*volatile const compare[2])(int, int) = {less, more};
unsigned kernel(void) {
  unsigned seed = 7, sum = 0;
  for (int round = 0; round < ROUNDS(1260, 13); ++round) {
    for (int i = 0; i < 512; ++i) values[i] = (int)((seed = seed * 1103515245 + 12345) >> 8);
    for (int i = 1; i < 512; ++i) {
      int v = values[i], j = i - 1;
      while (j >= 0 && compare[round & 1](v, values[j])) {
        values[j + 1] = values[j];
        --j;
      }
      values[j + 1] = v;
    }
    sum += (unsigned)values[round & 511];
  }
  return sum & 0xffff;
}
