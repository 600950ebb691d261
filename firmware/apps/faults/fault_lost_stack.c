// Loses its stack: the runtime reports exceptions from a stack of its own. Exit code GN_EXIT_EXCEPTION + 7
// (store access fault).
#include <stdio.h>

int main(void) {
  printf("storing to a stack that is not there\n");
  __asm__ volatile(
      "li sp, 0x40000000000\n"
      "sd zero, -8(sp)" ::
          : "memory");
  return 0;
}
