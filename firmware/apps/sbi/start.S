/* Entry in S mode as SBI firmware leaves it: a0 = hart id, a1 = device tree, no paging. */
#include "../../boot/caller_saved.inc"

  .section .text.start, "ax"
  .globl _start
_start:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la sp, __stack_top
  la t0, trap_entry
  csrw stvec, t0
  la t0, __bss_start
  la t1, __bss_end
1:
  bgeu t0, t1, 2f
  sd zero, 0(t0)
  addi t0, t0, 8
  j 1b
2:
  call payload                  /* does not return */

/* The registers a call may change, then trap(), which may move sepc. */
  .balign 4
trap_entry:
  addi sp, sp, -128
  save_caller_saved sp
  call trap
  restore_caller_saved_but_a0 sp
  ld a0, 32(sp)
  addi sp, sp, 128
  sret
