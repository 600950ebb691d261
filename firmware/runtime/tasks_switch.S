/* Trap entry while tasks run: all registers of the interrupted task go where mscratch points, gn_task_trap says whose
   registers to go on with. mscratch is 0 in between, as in crt0.S. Layout: gn_trap_frame_t, then s0 to s11. */
  .section .text.trap, "ax"
  .globl gn_task_trap_entry
  .type gn_task_trap_entry, @function
  .balign 4
gn_task_trap_entry:
  csrrw sp, mscratch, sp
  beqz sp, in_handler
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
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  sd s\n, 160 + 8 * \n(sp)
  .endr
  csrrw t3, mscratch, zero
  csrr t0, mcause
  csrr t1, mepc
  csrr t2, mtval
  sd t0, 128(sp)
  sd t1, 136(sp)
  sd t2, 144(sp)
  sd t3, 152(sp)
  mv a0, sp
  la t0, gn_task_trap_stack
  ld sp, 0(t0)
  call gn_task_trap
  csrw mscratch, a0
  ld t1, 136(a0)
  csrw mepc, t1
  ld ra, 0(a0)
  ld t0, 8(a0)
  ld t1, 16(a0)
  ld t2, 24(a0)
  ld a1, 40(a0)
  ld a2, 48(a0)
  ld a3, 56(a0)
  ld a4, 64(a0)
  ld a5, 72(a0)
  ld a6, 80(a0)
  ld a7, 88(a0)
  ld t3, 96(a0)
  ld t4, 104(a0)
  ld t5, 112(a0)
  ld t6, 120(a0)
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  ld s\n, 160 + 8 * \n(a0)
  .endr
  ld sp, 152(a0)
  ld a0, 32(a0)
  mret

in_handler:                     /* an exception in a handler: crt0.S reports it */
  csrrw sp, mscratch, sp
  j gn_trap_entry
  .size gn_task_trap_entry, . - gn_task_trap_entry
