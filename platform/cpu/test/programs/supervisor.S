# S mode without page tables: CSRs, delegation, sret, the mstatus bits that trap, interrupts, Sstc, counters, PMP.
#include "check.inc"
#define MPP_S 0x800
#define MPP 0x1800
#define MSIP 0x02000000
#define STCE_BIT 31
# Continues in mode \mpp (0: U, 0x800: S); the handler returns to M mode at an ecall.
        .macro  ENTER mpp
        li      t5, MPP
        csrc    mstatus, t5
        li      t5, \mpp
        csrs    mstatus, t5
        la      t5, 881f
        csrw    mepc, t5
        mret
881:
        .endm
# Back to M mode.
        .macro  LEAVE
        li      s6, 2
        ecall
        li      s6, 0
        .endm
# \code must trap to M with this cause; s10 = tval, s9 = epc.
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
        bne     s9, t6, fail
        .endm
# The same, but to S mode.
        .macro  TRAPS_S cause, code:vararg
        li      gp, \@
        li      s7, -1
        .option push
        .option norvc
992:    \code
        .option pop
        li      t6, \cause
        bne     s7, t6, fail
        la      t6, 992b
        bne     s9, t6, fail
        .endm
        .macro  READS csr, value
        csrr    t3, \csr
        EXPECT  t3, \value
        .endm
        BEGIN
        la      t0, handler
        csrw    mtvec, t0
        la      t0, supervisor_handler
        csrw    stvec, t0
        csrr    a0, misa
        srli    a0, a0, 18
        andi    a0, a0, 1
        EXPECT  a0, 1
# WARL fields: QEMU 7.2 keeps the hypervisor's and bit 0 of sepc.
#ifndef ON_QEMU
        li      a0, -1
        csrw    medeleg, a0
        READS   medeleg, 0xb3ff
        csrw    mideleg, a0
        READS   mideleg, 0x222
        csrw    mie, a0
        READS   mie, 0xaaa
        READS   sie, 0x222
        csrw    sie, x0
        READS   mie, 0x888
        csrw    mie, x0
        csrw    sepc, a0
        READS   sepc, -2
        csrw    senvcfg, a0
        READS   senvcfg, 1
        csrw    scause, a0
        READS   scause, -1
        csrw    stval, a0
        READS   stval, -1
        csrw    sscratch, a0
        READS   sscratch, -1
        csrw    scounteren, x0
        READS   scounteren, 0
        la      t0, supervisor_handler
        ori     t1, t0, 2
        csrw    stvec, t1
        csrr    a0, stvec
        li      gp, 1
        bne     a0, t0, fail
#if __riscv_xlen == 64
        li      a0, 9 << 60
        csrw    satp, a0
        READS   satp, 0
#else
        li      a0, 1 << 31
        csrw    satp, a0
        READS   satp, 0
#endif
#endif
# sstatus shows and changes its part of mstatus.
#if __riscv_xlen == 64
        li      a0, ~(1 << 32)          # UXL stays 2
#else
        li      a0, -1
#endif
        csrw    sstatus, a0
        csrr    a1, mstatus
        li      a2, 0x7e19aa
        and     a1, a1, a2
        li      a2, 0xc0122
        li      a3, ~0x6000
        and     a1, a1, a3
        li      gp, 2
        bne     a1, a2, fail
        csrw    sstatus, x0
# PMP registers: lock, W without R, no registers beyond 16.
        li      a0, -1
        csrw    pmpaddr15, a0
        csrw    pmpaddr0, a0
        li      a0, 0x1e
        csrw    pmpcfg0, a0
#ifndef ON_QEMU                         /* 7.2 keeps the reserved W without R */
        READS   pmpcfg0, 0x1c
#endif
        li      a0, 0x1f
        csrw    pmpcfg0, a0
        TRAPS   2, csrr a0, 0x3c0
        TRAPS   2, csrr a0, 0x3a4 - __riscv_xlen / 64 * 3
# What is not delegated goes to M.
        csrw    medeleg, x0
        csrw    mideleg, x0
        ENTER   MPP_S
        TRAPS   9, ecall
        TRAPS   3, ebreak
        TRAPS   2, csrr a0, mstatus
        TRAPS   2, csrr a0, menvcfg
        TRAPS   2, mret
        TRAPS   2, csrr a0, cycle
        TRAPS   2, csrr a0, stimecmp
        csrr    a0, satp
        sfence.vma
        LEAVE
# TVM, TSR, TW.
        li      a0, 0x700000
        csrs    mstatus, a0
        ENTER   MPP_S
        TRAPS   2, csrr a0, satp
        TRAPS   2, csrw satp, x0
        TRAPS   2, sfence.vma
        TRAPS   2, sret
        TRAPS   2, wfi
        LEAVE
        li      a0, 0x700000
        csrc    mstatus, a0
        ENTER   0
        TRAPS   8, ecall
        TRAPS   2, csrr a0, sstatus
        TRAPS   2, sret
        TRAPS   2, sfence.vma
        TRAPS   2, wfi
        LEAVE
# Counters: both enables are needed in U mode.
        li      a0, 7
        csrw    mcounteren, a0
        ENTER   MPP_S
        csrr    a0, cycle
        csrr    a0, time
        TRAPS   2, csrr a0, hpmcounter3
        LEAVE
        ENTER   0
        TRAPS   2, csrr a0, instret
        LEAVE
        li      a0, 4
        csrw    scounteren, a0
        ENTER   0
        csrr    a0, instret
        TRAPS   2, csrr a0, cycle
        LEAVE
# Delegated exceptions stay in S, with sstatus as it should be.
        li      a0, 0xb1ff
        csrw    medeleg, a0
        ENTER   MPP_S
        csrsi   sstatus, 2
        TRAPS_S 2, csrr a0, mscratch
        EXPECT  s10, 0x34002573
        andi    a0, s5, 0x122
        EXPECT  a0, 0x120
        csrr    a0, sstatus
        andi    a0, a0, 0x122
        EXPECT  a0, 0x22
        csrci   sstatus, 2
        TRAPS_S 3, ebreak
        li      s0, 0x11000000          # nothing there
        TRAPS_S 5, lw a0, 0(s0)
        TRAPS_S 7, sw a0, 0(s0)
        TRAPS   9, ecall
# sret to U mode, and back by a delegated ecall.
        la      t0, 1f
        csrw    sepc, t0
        li      t0, 0x100
        csrc    sstatus, t0
        sret
1:      TRAPS_S 8, ecall
        andi    a0, s5, 0x100
        EXPECT  a0, 0
        LEAVE
# An exception in M mode is never delegated.
        TRAPS   2, csrr a0, 0x7c0
# A software interrupt of S mode: delegated, taken in S when SIE is set, not in M.
        li      a0, 0x222
        csrw    mideleg, a0
        csrci   sstatus, 2
        csrsi   mip, 2
        csrsi   mie, 2
        csrsi   mstatus, 8
        li      s7, 0
        nop
        EXPECT  s7, 0
        csrci   mstatus, 8
        ENTER   MPP_S
        READS   sip, 2
        li      s7, 0
        csrsi   sstatus, 2
2:      EXPECT  s7, 1
        li      gp, 20
        la      t6, 2b
        bne     s9, t6, fail
        READS   sip, 0
# In U mode it comes whatever SIE says.
        csrci   sstatus, 2
        li      t0, 0x100
        csrc    sstatus, t0
        la      t0, 3f
        csrw    sepc, t0
        csrsi   sip, 2
        EXPECT  s7, 1
        li      s7, 0
        sret
3:      EXPECT  s7, 1
        TRAPS_S 8, ecall
        LEAVE
# Not delegated: M mode takes it.
        csrw    mideleg, x0
        csrsi   mip, 2
        ENTER   MPP_S
4:      EXPECT  s8, 1
        LEAVE
        li      a0, 0x222
        csrw    mideleg, a0
# STIP and SEIP from M mode.
        li      a0, 0x220
        csrs    mip, a0
        csrr    a1, sip
        EXPECT  a1, 0x220
        csrc    mip, a0
        csrr    a1, sip
        EXPECT  a1, 0
# A machine interrupt interrupts S mode with MIE clear.
        csrwi   mie, 8
        ENTER   MPP_S
        li      s8, 0
        li      t0, MSIP
        li      t1, 1
        sw      t1, 0(t0)
9:      beqz    s8, 9b
        EXPECT  s8, 3
        LEAVE
        csrw    mie, x0
# Sstc, where time is simulated and no host can come between two instructions.
#ifndef ON_QEMU
        li      a0, 2
        csrw    mcounteren, a0
#if __riscv_xlen == 64
        li      a0, -1
        csrw    menvcfg, a0
        csrr    a0, menvcfg
        li      a1, (1 << 63) | 1
        li      gp, 30
        bne     a0, a1, fail
#else
        li      a0, -1
        csrw    0x31a, a0
        csrr    a0, 0x31a
        srli    a0, a0, 31
        EXPECT  a0, 1
#endif
        li      a0, 0x20
        csrw    mie, a0
        csrs    mip, a0
        csrr    a0, mip
        andi    a0, a0, 0x20
        EXPECT  a0, 0
        ENTER   MPP_S
        csrr    a0, time
        li      t0, 3000
        add     a0, a0, t0
#if __riscv_xlen == 32
        csrw    0x15d, x0
#endif
        csrw    stimecmp, a0
        csrr    a1, sip
        EXPECT  a1, 0
        li      s7, 0
        csrsi   sstatus, 2
5:      beqz    s7, 5b
        EXPECT  s7, 5
        csrr    a1, time
        li      gp, 31
        bltu    a1, a0, fail
        li      t0, 200
        add     a0, a0, t0
        bgeu    a1, a0, fail
# WFI until it comes.
        csrr    a0, time
        li      t0, 5000
        add     a0, a0, t0
        li      s7, 0
        csrw    stimecmp, a0
        wfi
6:      EXPECT  s7, 5
        li      gp, 32
        la      t6, 6b
        bne     s9, t6, fail
        csrci   sstatus, 2
        LEAVE
        csrw    mie, x0
#endif
# PMP: NAPOT cell of 8 bytes without rights before all the rest; NA4; TOR.
        li      a0, 0
        csrw    medeleg, a0
        la      s0, cell
        srli    a0, s0, 2
        csrw    pmpaddr0, a0
        li      a1, -1
        csrw    pmpaddr1, a1
        li      a1, 0x1f18
        csrw    pmpcfg0, a1
        ENTER   MPP_S
        TRAPS   5, lw a0, 0(s0)
        EXPECT_ADDRESS s10, cell
        TRAPS   7, sw a0, 4(s0)
        lw      a0, 8(s0)
#ifndef ON_QEMU                         /* 7.2 raises the load's exception */
        TRAPS   7, amoadd.w a0, a0, (s0)
#endif
        LEAVE
        lw      a0, 0(s0)
# Read only, and MPRV makes M mode see it.
        li      a1, 0x1f19
        csrw    pmpcfg0, a1
        li      a1, MPP
        csrc    mstatus, a1
        li      a1, MPP_S | 0x20000
        csrs    mstatus, a1
        lw      a0, 0(s0)
        TRAPS   7, sw a0, 0(s0)
        li      a1, 0x20000
        csrc    mstatus, a1
        sw      a0, 0(s0)
        ENTER   MPP_S
        lw      a0, 4(s0)
        TRAPS   7, sw a0, 4(s0)
        LEAVE
# TOR: [cell + 16, cell + 20) is not executable, so that a jump there faults.
        la      s1, landing
        srli    a0, s1, 2
        csrw    pmpaddr0, a0
        addi    a0, a0, 1
        csrw    pmpaddr1, a0
        li      a0, -1
        csrw    pmpaddr2, a0
        li      a0, 0x1f0b00
        csrw    pmpcfg0, a0
        ENTER   MPP_S
        li      gp, 40
        li      s8, -1
        la      s11, 7f
        jr      s1
7:      li      t6, 1
        bne     s8, t6, fail
        bne     s10, s1, fail
        LEAVE
        jalr    ra, s1
# Nothing matches: S mode may do nothing (QEMU 7.2 grants everything while no entry is in use).
#ifndef ON_QEMU
        li      gp, 41
        csrw    pmpcfg0, x0
        la      s11, 8f
        li      s8, -1
        li      s6, 2
        ENTER   MPP_S
8:      li      t6, 1
        bne     s8, t6, fail
        li      s6, 0
#endif
# A locked entry binds M mode too and stays.
        srli    a0, s0, 2
        csrw    pmpaddr3, a0
        li      a0, 0x99000000
        csrw    pmpcfg0, a0
        TRAPS   7, sw a0, 0(s0)
        lw      a0, 0(s0)
        csrw    pmpcfg0, x0
        csrr    a0, pmpcfg0
        srli    a0, a0, 24
        andi    a0, a0, 0xff
        EXPECT  a0, 0x99
        csrr    a1, pmpaddr3
        csrw    pmpaddr3, x0
        csrr    a2, pmpaddr3
        li      gp, 42
        bne     a1, a2, fail
        FINISH
# s8 = mcause, s10 = mtval, s9 = mepc; s6 = 2: return to M mode; a fetch fault continues at s11. Interrupts: 3 is
# acknowledged, others are masked.
        .align  2
handler:
        csrr    s8, mcause
        bltz    s8, 3f
        csrr    s10, mtval
        csrr    s9, mepc
        li      t6, 1
        mv      t5, s11
        beq     s8, t6, 1f
        lhu     t6, 0(s9)
        andi    t6, t6, 3
        addi    t6, t6, -3
        addi    t5, s9, 2
        bnez    t6, 1f
        addi    t5, t5, 2
1:      csrw    mepc, t5
        beqz    s6, 2f
        li      t6, MPP
        csrs    mstatus, t6
2:      mret
3:      slli    s8, s8, 1
        srli    s8, s8, 1
        li      t6, MSIP
        sw      x0, 0(t6)
        csrci   mip, 2
        mret
# s7 = scause, s10 = stval, s9 = sepc, s5 = sstatus; goes on in S mode unless an interrupt came.
        .align  2
supervisor_handler:
        csrr    s7, scause
        csrr    s9, sepc
        csrr    s5, sstatus
        bltz    s7, 2f
        csrr    s10, stval
        lhu     t6, 0(s9)
        andi    t6, t6, 3
        addi    t6, t6, -3
        addi    t5, s9, 2
        bnez    t6, 1f
        addi    t5, t5, 2
1:      csrw    sepc, t5
        li      t6, 0x100
        csrs    sstatus, t6
        sret
2:      slli    s7, s7, 1
        srli    s7, s7, 1
        csrci   sip, 2
        li      t6, 5
        bne     s7, t6, 3f
        li      t6, -1
        csrw    stimecmp, t6
3:      sret
        .align  3
landing:
        ret
        .align  2
        .data
        .align  4
cell:   .zero   32
