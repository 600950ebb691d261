/* int8 convolution, 3x3, 8 channels in and out, 16x16. */
#include "rounds.h"
enum { C = 8, N = 16, K = 3 };
static signed char in[C][N + 2][N + 2], weight[C][C][K][K], out[C][N][N];
unsigned kernel(void) {
  unsigned seed = 1;
  signed char* p = &in[0][0][0];
  for (unsigned i = 0; i < sizeof in; ++i) p[i] = (signed char)((seed = seed * 1103515245 + 12345) >> 16);
  p = &weight[0][0][0][0];
  for (unsigned i = 0; i < sizeof weight; ++i) p[i] = (signed char)((seed = seed * 1103515245 + 12345) >> 16);
  unsigned sum = 0;
  for (int round = 0; round < ROUNDS(650, 7); ++round)
    for (int o = 0; o < C; ++o)
      for (int y = 0; y < N; ++y)
        for (int x = 0; x < N; ++x) {
          int acc = round;
          for (int c = 0; c < C; ++c)
            for (int ky = 0; ky < K; ++ky)
              for (int kx = 0; kx < K; ++kx) acc += in[c][y + ky][x + kx] * weight[o][c][ky][kx];
          out[o][y][x] = (signed char)(acc >> 8);
          sum += (unsigned)acc;
        }
  return sum & 0xffff;
}
