/* Reset entry: a0 = hart id, a1 = device tree (architecture.md section 5). Hart 0 runs main, others sleep. */
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
  sd ra, 0(sp)
  sd t0, 8(sp)
  sd t1, 16(sp)
  sd t2, 24(sp)
  sd a0, 32(sp)
  sd a1, 40(sp)
  sd a2, 48(sp)
  sd a3, 56(sp)
  sd a4, 64(sp)
  sd a5, 72(sp)
  sd a6, 80(sp)
  sd a7, 88(sp)
  sd t3, 96(sp)
  sd t4, 104(sp)
  sd t5, 112(sp)
  sd t6, 120(sp)
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
  ld ra, 0(sp)
  ld t0, 8(sp)
  ld t1, 16(sp)
  ld t2, 24(sp)
  ld a0, 32(sp)
  ld a1, 40(sp)
  ld a2, 48(sp)
  ld a3, 56(sp)
  ld a4, 64(sp)
  ld a5, 72(sp)
  ld a6, 80(sp)
  ld a7, 88(sp)
  ld t3, 96(sp)
  ld t4, 104(sp)
  ld t5, 112(sp)
  ld t6, 120(sp)
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
