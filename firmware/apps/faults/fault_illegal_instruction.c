// Executes an illegal instruction with no trap handler (mtvec points to unmapped memory).
#include <ganglion/ganglion.h>
#include <stdio.h>

__attribute__((noinline)) static void execute_illegal_instruction(void) { __asm__ volatile("unimp"); }

int main(void) {
  printf("executing an illegal instruction with mtvec = 0\n");
  gn_csr_write(mtvec, 0);
  execute_illegal_instruction();
  return 0;
}
