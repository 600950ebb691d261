/* Mandelbrot set in double precision, 256 iterations at most a point; the short form takes every hundredth
 * row. */
#include "rounds.h"
unsigned kernel(void) {
  unsigned inside = 0;
  for (int row = 0; row < 1200; row += ROUNDS(1, 100)) {
    for (int column = 0; column < 1600; ++column) {
      const double cr = column * (3.0 / 1600) - 2.2, ci = row * (2.4 / 1200) - 1.2;
      double zr = 0, zi = 0;
      int n = 0;
      while (n < 256 && zr * zr + zi * zi < 4) {
        const double next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = next;
        ++n;
      }
      inside += (unsigned)n;
    }
  }
  return inside & 0xffff;
}
