# S mode without page tables: CSRs, delegation, sret, the mstatus bits that trap, interrupts, Sstc, counters.
#include "supervisor.inc"
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
# S mode may do everything.
        li      a0, -1
        csrw    pmpaddr0, a0
        li      a0, 0x1f
        csrw    pmpcfg0, a0
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
        FINISH
#include "supervisor_handlers.inc"
