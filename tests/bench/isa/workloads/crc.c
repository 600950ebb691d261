/* CRC-32 by table over a buffer. */
#include "rounds.h"
static unsigned table[256];
static unsigned char data[16384];
unsigned kernel(void) {
  for (unsigned i = 0; i < 256; ++i) {
    unsigned c = i;
    for (int k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  for (unsigned i = 0; i < sizeof data; ++i) data[i] = (unsigned char)(i * 31 + (i >> 5));
  unsigned crc = ~0u;
  for (int round = 0; round < ROUNDS(5500, 55); ++round)
    for (unsigned i = 0; i < sizeof data; ++i) crc = table[(crc ^ data[i]) & 0xff] ^ (crc >> 8);
  return crc & 0xffff;
}
