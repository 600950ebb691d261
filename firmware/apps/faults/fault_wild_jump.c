// Jumps to where nothing is, with a trap vector where nothing is either: the platform must say who jumped.
#include <ganglion/ganglion.h>
#include <stdio.h>

enum { NOTHING_HERE = 0x40000000 };

__attribute__((noinline)) static void jump_into_the_wild(uintptr_t target) { ((void (*)(void))target)(); }

int main(void) {
  printf("jumping to 0x%x with mtvec = 0\n", NOTHING_HERE);
  gn_csr_write(mtvec, 0);
  jump_into_the_wild(NOTHING_HERE);
  return 0;
}
