// An exception handler that traps itself: reported, not repeated for ever. Exit code GN_EXIT_EXCEPTION + 5
// (load access fault).
#include <ganglion/ganglion.h>
#include <stdio.h>

static bool handle_badly(gn_trap_frame_t* frame) {
  frame->epc += *(volatile const uint8_t*)(uintptr_t)0x40000000000u;
  return true;
}

int main(void) {
  printf("handling an exception badly\n");
  gn_exception_attach(handle_badly);
  __asm__ volatile("ecall" ::: "memory");
  return 0;
}
