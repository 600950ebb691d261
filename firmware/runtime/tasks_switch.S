/* Trap entry while tasks run: all registers of the interrupted task go where mscratch points, gn_task_trap says whose
   registers to go on with. mscratch is 0 in between, as in crt0.S. Layout: gn_trap_frame_t, then s0 to s11. */
#include "../boot/caller_saved.inc"

  .section .text.trap, "ax"
  .globl gn_task_trap_entry
  .type gn_task_trap_entry, @function
  .balign 4
gn_task_trap_entry:
  csrrw sp, mscratch, sp
  beqz sp, in_handler
  save_caller_saved sp
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
  restore_caller_saved_but_a0 a0
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
