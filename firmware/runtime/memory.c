// picolibc's memcpy and memset move one byte at a time (built for size); these move eight where both sides
// allow. Compiled with -fno-tree-loop-distribute-patterns, or GCC would turn the loops into calls of
// themselves.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias)) word_t;
enum { WORD = sizeof(word_t) };

void* memset(void* destination, int value, size_t bytes) {
  uint8_t* to = destination;
  for (; bytes != 0 && (uintptr_t)to % WORD != 0; --bytes) *to++ = (uint8_t)value;
  const word_t pattern = (uint8_t)value * UINT64_C(0x0101010101010101);
  for (; bytes >= WORD; bytes -= WORD, to += WORD) *(word_t*)to = pattern;
  for (; bytes != 0; --bytes) *to++ = (uint8_t)value;
  return destination;
}

void* memcpy(void* restrict destination, const void* restrict source, size_t bytes) {
  uint8_t* to = destination;
  const uint8_t* from = source;
  if (((uintptr_t)to ^ (uintptr_t)from) % WORD == 0) {
    for (; bytes != 0 && (uintptr_t)to % WORD != 0; --bytes) *to++ = *from++;
    for (; bytes >= WORD; bytes -= WORD, to += WORD, from += WORD) *(word_t*)to = *(const word_t*)from;
  }
  for (; bytes >= 4; bytes -= 4, to += 4, from += 4) {
    const uint8_t a = from[0], b = from[1], c = from[2], d = from[3];
    to[0] = a;
    to[1] = b;
    to[2] = c;
    to[3] = d;
  }
  for (; bytes != 0; --bytes) *to++ = *from++;
  return destination;
}
