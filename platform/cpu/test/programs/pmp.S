# Physical memory protection: registers, NAPOT, NA4, TOR, priority, MPRV, lock.
#include "supervisor.inc"
        BEGIN
        la      t0, handler
        csrw    mtvec, t0
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
#include "supervisor_handlers.inc"
