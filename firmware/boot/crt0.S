/* Reset entry: a0 = hart id, a1 = device tree (architecture.md section 5). Hart 0 runs main, others sleep. */
#include "caller_saved.inc"

  .section .text.start, "ax"
  .globl _start
  .type _start, @function
_start:
  csrci mstatus, 8              /* no interrupt before there is a stack */
  csrw mie, zero
  la t0, gn_trap_entry
  csrw mtvec, t0
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  csrr t0, mhartid
  bnez t0, park
  la t0, trap_stack_top
  csrw mscratch, t0
  la sp, __stack_top
  la tp, __tls_base             /* one hart, one thread: the initial TLS image is used in place */
  mv s0, a0
  mv s1, a1

  la t0, __bss_start
  la t1, __bss_end
clear_bss:
  bgeu t0, t1, bss_cleared
  sd zero, 0(t0)
  addi t0, t0, 8
  j clear_bss
bss_cleared:

  mv a0, s0
  mv a1, s1
  call gn_start                 /* does not return */

park:
  wfi
  j park
  .size _start, . - _start

/* Direct-mode trap entry: the caller-saved registers, then gn_trap(frame) on a stack of its own, so that a program
   which lost its stack still gets its report. mscratch holds that stack, 0 while it is in use.
   Layout: gn_trap_frame_t. */
  .section .text.trap, "ax"
  .globl gn_trap_entry
  .type gn_trap_entry, @function
  .balign 4
gn_trap_entry:
  csrrw sp, mscratch, sp
  beqz sp, trap_in_trap
  addi sp, sp, -160
  save_caller_saved sp
  csrrw t3, mscratch, zero
  csrr t0, mcause
  csrr t1, mepc
  csrr t2, mtval
  sd t0, 128(sp)
  sd t1, 136(sp)
  sd t2, 144(sp)
  sd t3, 152(sp)
  mv a0, sp
  call gn_trap
  ld t1, 136(sp)
  csrw mepc, t1                 /* an exception handler may have moved it */
  restore_caller_saved_but_a0 sp
  ld a0, 32(sp)
  addi sp, sp, 160
  csrw mscratch, sp
  ld sp, -8(sp)
  mret

trap_in_trap:                   /* an exception in a handler; not more than one report */
  la sp, last_stack_top
  csrr a0, mcause
  csrr a1, mepc
  csrr a2, mtval
  call gn_trap_in_trap          /* does not return */
  .size gn_trap_entry, . - gn_trap_entry

  .section .bss.trap_stack, "aw", @nobits
  .balign 16
  .skip 8192
trap_stack_top:
  .skip 2048
last_stack_top:
