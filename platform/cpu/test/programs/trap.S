# Exceptions: cause, mepc, mtval, mstatus; CSR access rules; U mode; counters.
#include "check.inc"
#define MSTATUS_MIE 8
#define MSTATUS_MPIE 0x80
#define MSTATUS_MPP 0x1800
# \code must trap with this cause; s10 = mtval afterwards, s11 = mepc.
        .macro  TRAPS cause, code:vararg
        li      gp, \@
        li      s8, -1
        .option push
        .option norvc
991:    \code
        .option pop
        li      t6, \cause
        bne     s8, t6, fail
        la      t6, 991b
        bne     s11, t6, fail
        .endm
        BEGIN
        la      t0, handler
        csrw    mtvec, t0
        csrr    a0, mtvec
        li      gp, 1
        bne     a0, t0, fail
        ori     t1, t0, 2
        csrw    mtvec, t1
        csrr    a0, mtvec
        li      gp, 2
        bne     a0, t0, fail
# CSR instructions.
        li      a0, 0x55
        csrw    mscratch, a0
        csrrs   a1, mscratch, x0
        EXPECT  a1, 0x55
        li      a0, 0xaa
        csrrs   a1, mscratch, a0
        EXPECT  a1, 0x55
        csrrc   a1, mscratch, a0
        EXPECT  a1, 0xff
        csrrwi  a1, mscratch, 21
        EXPECT  a1, 0x55
        csrrsi  a1, mscratch, 10
        EXPECT  a1, 21
        csrrci  a1, mscratch, 1
        EXPECT  a1, 31
        csrrw   a1, mscratch, a1
        EXPECT  a1, 30
        csrr    a1, mscratch
        EXPECT  a1, 31
        li      a0, 7
        csrrw   a0, mscratch, a0
        EXPECT  a0, 31
        csrw    mepc, a0
        csrr    a0, mepc
        EXPECT  a0, 30
# Exceptions.
        TRAPS   2, .word 0xffffffff
        EXPECT  s10, 0xffffffff & ((1 << (__riscv_xlen - 1)) * 2 - 1)
        TRAPS   2, .word 0x0000707f
        TRAPS   2, csrr a0, 0x123
        TRAPS   2, csrw 0x123, a0
        TRAPS   2, csrr a0, satp
        TRAPS   2, csrr a0, pmpcfg0
        TRAPS   2, csrw cycle, a0
        TRAPS   2, csrw mhartid, a0
        TRAPS   2, sret
        csrr    a0, mhartid
        EXPECT  a0, 0
        TRAPS   11, ecall
        EXPECT  s10, 0
        TRAPS   3, ebreak
        li      s0, 0x40000000
        TRAPS   5, lw a0, 4(s0)
        li      t6, 0x40000004
        li      gp, 500
        bne     s10, t6, fail
        TRAPS   7, sw a0, 8(s0)
        TRAPS   7, amoadd.w a0, a0, (s0)
        TRAPS   5, lr.w a0, (s0)
        li      s0, 0x1000
        TRAPS   7, sw s0, 0(s0)
        lw      a0, 0(s0)
        la      s0, cell
        addi    s0, s0, 2
        TRAPS   4, lr.w a0, (s0)
        TRAPS   6, sc.w a0, a0, (s0)
        TRAPS   6, amoswap.w a0, a0, (s0)
        EXPECT_ADDRESS s10, cell + 2
# A trapping load leaves its destination alone.
        li      a0, 77
        li      s0, 0x40000000
        TRAPS   5, lw a0, 0(s0)
        EXPECT  a0, 77
# The illegal half word.
        li      gp, 600
        li      s8, -1
        .half   0
        .half   1
        li      t6, 2
        bne     s8, t6, fail
# A jump to nowhere: mepc is the target.
        li      gp, 601
        la      s9, 1f
        li      a0, 0x40000000
        jalr    ra, 0(a0)
1:      li      t6, 1
        bne     s8, t6, fail
        li      t6, 0x40000000
        bne     s11, t6, fail
        bne     s10, t6, fail
# mstatus through a trap.
        li      gp, 610
        li      a0, MSTATUS_MIE
        csrs    mstatus, a0
        ecall
        li      t6, MSTATUS_MPIE | MSTATUS_MPP
        li      t5, MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_MIE
        and     a0, s7, t5
        bne     a0, t6, fail
        csrr    a0, mstatus
        and     a0, a0, t5
        li      t6, MSTATUS_MIE | MSTATUS_MPIE
        bne     a0, t6, fail
        csrci   mstatus, 8
# MPP keeps legal values only.
        li      gp, 611
        li      a0, MSTATUS_MPP
        csrs    mstatus, a0
        li      a0, 0x1000
        csrc    mstatus, a0
        csrr    a1, mstatus
        and     a1, a1, t5
        li      a2, MSTATUS_MPP
        and     a1, a1, a2
        bne     a1, a2, fail
# U mode: ecall gives 8, M CSRs, mret and disabled counters trap, mcounteren lets them through.
        li      gp, 620
        li      s8, -1
        li      a0, MSTATUS_MPP
        csrc    mstatus, a0
        la      a0, 2f
        csrw    mepc, a0
        mret
2:      ecall
        li      t6, 8
        bne     s8, t6, fail
        TRAPS   2, csrr a0, mscratch
        TRAPS   2, mret
        TRAPS   2, csrr a0, cycle
        li      s6, 1
        ecall
        li      s6, 0
        csrr    a0, cycle
        csrr    a0, instret
        csrr    a0, time
        TRAPS   2, csrr a0, mhpmcounter3
        li      s6, 2
        ecall
        li      s6, 0
        csrr    a0, mstatus
# Counters count, can be written and stopped.
        csrr    a0, minstret
        nop
        nop
        csrr    a1, minstret
        sub     a1, a1, a0
        EXPECT  a1, 3
        li      a0, 1000
        csrw    minstret, a0
        csrr    a1, minstret
        EXPECT  a1, 1000
        csrr    a1, minstret
        EXPECT  a1, 1004
        csrr    a0, mcycle
        csrr    a1, mcycle
        li      gp, 630
        bgeu    a0, a1, fail
        csrwi   mcountinhibit, 5
        csrr    a0, mcycle
        csrr    a2, minstret
        nop
        csrr    a1, mcycle
        csrr    a3, minstret
        li      gp, 631
        bne     a0, a1, fail
        bne     a2, a3, fail
        csrwi   mcountinhibit, 0
        csrr    a1, mcycle
        csrr    a1, mcycle
        bgeu    a0, a1, fail
        csrr    a0, mhpmcounter3
        EXPECT  a0, 0
        FINISH
# s8 = cause, s10 = mtval, s11 = mepc, s7 = mstatus. Goes on behind the instruction, or at s9 after a jump.
# s6: 1 = open the counters, 2 = return to M mode.
        .align  2
handler:
        csrr    s8, mcause
        csrr    s10, mtval
        csrr    s11, mepc
        csrr    s7, mstatus
        li      t6, 1
        beq     s8, t6, 3f
        lhu     t6, 0(s11)
        andi    t6, t6, 3
        addi    t6, t6, -3
        addi    t5, s11, 2
        bnez    t6, 4f
        addi    t5, t5, 2
4:      csrw    mepc, t5
        beqz    s6, 5f
        li      t6, 1
        bne     s6, t6, 6f
        li      t6, 7
        csrw    mcounteren, t6
        j       5f
6:      li      t6, MSTATUS_MPP
        csrs    mstatus, t6
5:      mret
3:      csrw    mepc, s9
        mret
        .data
        .align  3
cell:   .zero   16
