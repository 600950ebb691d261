# Runs the programs of PROGRAM_TABLE one after the other, records what they leave behind, prints a hash of all of it on
# the UART and leaves through the exit device. The same ELF runs on our hart, our platform and QEMU's virt machine.
#include "tests/isa/layout.h"

#if __riscv_xlen == 64
#define SREG sd
#define LREG ld
#else
#define SREG sw
#define LREG lw
#endif
.option norvc
#define MSTATUS_FS 0x6000

.section .text.start
.globl _start
_start:
  la t0, skip                # CSRs that a hart may lack
  csrw mtvec, t0
  li t0, -1                  # S and U mode may touch everything
#if __riscv_xlen == 64
  srli t0, t0, 10
#endif
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  la t0, handler
  csrw mtvec, t0
  li t0, 0x02004000          # no timer interrupt, ever
  li t1, -1
  sw t1, 4(t0)
  sw t1, 0(t0)
  la s0, index
  sw x0, 0(s0)

next_program:
  la t0, index
  lw t1, 0(t0)
  li t2, PROGRAM_TABLE
#if __riscv_xlen == 64
  slli t2, t2, 32
  srli t2, t2, 32
#endif
  lw t3, 0(t2)
  bgeu t1, t3, all_done
  addi t3, t1, 1
  sw t3, 0(t0)
  slli t1, t1, 3
  add t2, t2, t1
  LREG x31, 16(t2)
.irp name, mscratch, mie, mip, medeleg, mideleg, sscratch, sepc, scause, stval, satp, scounteren, senvcfg, menvcfg
  csrw \name, x0
.endr
  la t0, supervisor_handler
  csrw stvec, t0
  csrw mcause, x0
  csrw mtval, x0
  csrw mcountinhibit, x0
  lw t0, AREA_MCOUNTEREN(x31)
  csrw mcounteren, t0
  li t0, MSTATUS_FS
  csrs mstatus, t0
  li t0, AREA_FLOATS_INITIAL
  add t0, t0, x31
.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  fld f\n, 8*\n(t0)
.endr
  lw t0, AREA_FCSR(x31)
  csrw fcsr, t0
  LREG t0, AREA_MSTATUS(x31)
  csrw mstatus, t0
  LREG t0, AREA_ENTRY(x31)
  csrw mepc, t0
  fence.i
.irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
  LREG x\n, AREA_INITIAL+8*\n(x31)
.endr
  mret

.balign 4
skip:
  csrr t1, mepc
  addi t1, t1, 4
  csrw mepc, t1
  mret

.macro add_to_hash
  slli t0, t2, 5
  add t2, t2, t0
  add t2, t2, t1
.endm

# A handler of mode \m: logs the trap and goes on behind the instruction, or where the program said. When the program
# has said that its end comes, M mode finishes it; S mode asks M mode to.
.macro handler_of m, saved
  SREG t0, \saved(x31)
  SREG t1, \saved+8(x31)
  SREG t2, \saved+16(x31)
  lw t0, AREA_FINISH(x31)
  bnez t0, \m\()_finish
  lw t0, AREA_TRAP_COUNT(x31)
  addi t1, t0, 1
  sw t1, AREA_TRAP_COUNT(x31)
  andi t0, t0, TRAP_LOG_ENTRIES-1
  slli t0, t0, 5
  add t0, t0, x31
  csrr t1, \m\()cause
  SREG t1, AREA_TRAP_LOG(t0)
  addi t1, t1, -3
  bnez t1, 1f
  csrw \m\()tval, x0       # exclusions.cpp: mtval of a breakpoint
1:
  csrr t1, \m\()epc
  SREG t1, AREA_TRAP_LOG+8(t0)
  csrr t1, \m\()tval
  SREG t1, AREA_TRAP_LOG+16(t0)
  csrr t1, \m\()status
  SREG t1, AREA_TRAP_LOG+24(t0)
  LREG t2, AREA_TRAP_HASH(x31)
  add_to_hash
  csrr t1, \m\()tval
  add_to_hash
  csrr t1, \m\()epc
  add_to_hash
  csrr t1, \m\()cause
  add_to_hash
  SREG t2, AREA_TRAP_HASH(x31)
  bltz t1, 5f
  beqz t1, 4f                # misaligned target
  addi t1, t1, -1
  beqz t1, 4f                # nothing to execute there
  csrr t1, \m\()epc
  lhu t0, 0(t1)
  andi t0, t0, 3
  addi t0, t0, -3
  addi t1, t1, 2
  bnez t0, 2f
  addi t1, t1, 2
2:
  csrw \m\()epc, t1
3:
  LREG t0, \saved(x31)
  LREG t1, \saved+8(x31)
  LREG t2, \saved+16(x31)
  \m\()ret
4:
  LREG t1, AREA_RECOVERY(x31)
  csrw \m\()epc, t1
  j 3b
5:
  csrci \m\()ip, 2         # the software interrupt: the only one that programs can raise
  j 3b
.endm

.balign 4
handler:
  handler_of m, AREA_SAVED
.balign 4
supervisor_handler:
  handler_of s, AREA_SAVED_S
s_finish:
  LREG t0, AREA_SAVED_S(x31)
  LREG t1, AREA_SAVED_S+8(x31)
  LREG t2, AREA_SAVED_S+16(x31)
  ecall

m_finish:
  LREG t0, AREA_SAVED(x31)
  LREG t1, AREA_SAVED+8(x31)
  LREG t2, AREA_SAVED+16(x31)
.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  SREG x\n, AREA_FINAL+8*\n(x31)
.endr
  li t1, AREA_CSRS
  add t1, t1, x31
  csrr t0, mstatus
  SREG t0, 0(t1)
  addi t1, t1, 8
  li t0, MSTATUS_FS
  csrs mstatus, t0
.macro save_csr name
  csrr t0, \name
  SREG t0, 0(t1)
  addi t1, t1, 8
.endm
#define X(name) save_csr name;
  CSR_RESULTS(X)
#undef X
  li t0, AREA_FLOATS_FINAL
  add t0, t0, x31
.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  fsd f\n, 8*\n(t0)
.endr
  li t0, 0x1800
  csrw mstatus, t0
  j next_program

all_done:
  LREG t3, 8(t2)             # t2 is the table still
  la t0, areas
  LREG t0, 0(t0)
  li t1, 0
1:
  lw t4, 0(t0)
  slli t5, t1, 5
  add t1, t1, t5
  add t1, t1, t4
  addi t0, t0, 4
  bltu t0, t3, 1b
  li t3, 8
  li t4, 0x10000000
2:
  lbu t5, 5(t4)
  andi t5, t5, 0x20
  beqz t5, 2b
#if __riscv_xlen == 64
  srliw t5, t1, 28
#else
  srli t5, t1, 28
#endif
  addi t5, t5, '0'
  li t6, '9'
  ble t5, t6, 3f
  addi t5, t5, 'a' - '0' - 10
3:
  sb t5, 0(t4)
  slli t1, t1, 4
  addi t3, t3, -1
  bnez t3, 2b
  li t5, '\n'
  sb t5, 0(t4)
  li t0, 0x100000
  li t1, 0x5555
  sw t1, 0(t0)
4:
  j 4b

.balign 8
areas: .dword FIRST_AREA
index: .dword 0
