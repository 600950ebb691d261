// Never ends: a limit of the platform (--max-time) must stop it and name this function.
#include <stdio.h>

__attribute__((noinline)) static void spin_forever(volatile unsigned* counter) {
  for (;;) ++*counter;
}

int main(void) {
  unsigned counter = 0;
  printf("looping forever\n");
  spin_forever(&counter);
  return 0;
}
