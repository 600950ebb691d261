// Loads from unmapped memory with the runtime's handler in place: exception report on the UART, exit code
// GN_EXIT_EXCEPTION + 5 (load access fault).
#include <stdint.h>
#include <stdio.h>

int main(void) {
  volatile const uint32_t* nowhere = (volatile const uint32_t*)(uintptr_t)0x40000000000u;
  printf("loading from unmapped memory\n");
  return (int)*nowhere;
}
