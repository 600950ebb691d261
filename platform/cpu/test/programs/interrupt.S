# CLINT interrupts: software and timer, direct and vectored, WFI, priorities, masks. The upper half of mtimecmp is all
# ones between uses, so that the compare value is never in the past while it is written.
#include "check.inc"
#define MSIP 0x02000000
#define MTIMECMP 0x02004000
#define MTIME 0x0200bff8
        BEGIN
        la      t0, handler
        csrw    mtvec, t0
        li      s0, MSIP
        li      s1, MTIMECMP
        li      s2, MTIME
        li      s3, 1
# Pending but not enabled: nothing happens.
        li      s8, 0
        sw      s3, 0(s0)
        csrr    a0, mip
        andi    a0, a0, 8
        EXPECT  a0, 8
        EXPECT  s8, 0
        csrsi   mstatus, 8
        nop
        EXPECT  s8, 0
# Enabling it in mie takes it at once; mepc is the next instruction.
        csrsi   mie, 8
1:      EXPECT  s8, 3
        li      gp, 1
        la      t6, 1b
        bne     s11, t6, fail
# With MIE clear it waits for the csr write that sets it.
        csrci   mstatus, 8
        li      s8, 0
        sw      s3, 0(s0)
        EXPECT  s8, 0
        csrsi   mstatus, 8
2:      EXPECT  s8, 3
        li      gp, 2
        la      t6, 2b
        bne     s11, t6, fail
# The store that raises it is itself a check.
        li      s8, 0
        sw      s3, 0(s0)
3:      EXPECT  s8, 3
        li      gp, 3
        la      t6, 3b
        bne     s11, t6, fail
# Timer while spinning.
        li      s8, 0
        li      t0, 0x80
        csrs    mie, t0
        lw      a0, 0(s2)
        addi    a0, a0, 500
        sw      a0, 0(s1)
        sw      x0, 4(s1)
4:      beqz    s8, 4b
        EXPECT  s8, 7
        lw      a1, 0(s2)
        li      gp, 4
        bltu    a1, a0, fail
# WFI until the timer.
        li      s8, 0
        lw      a0, 0(s2)
        addi    a0, a0, 2000
        sw      a0, 0(s1)
        sw      x0, 4(s1)
        wfi
5:      EXPECT  s8, 7
        li      gp, 5
        la      t6, 5b
        bne     s11, t6, fail
        lw      a1, 0(s2)
        bltu    a1, a0, fail
# WFI with interrupts disabled globally goes on when one is pending.
        csrci   mstatus, 8
        li      s8, 0
        lw      a0, 0(s2)
        addi    a0, a0, 2000
        sw      a0, 0(s1)
        sw      x0, 4(s1)
        wfi
        EXPECT  s8, 0
        csrr    a0, mip
        andi    a0, a0, 0x80
        EXPECT  a0, 0x80
# Both pending, vectored: software first, then the timer.
        la      t0, vectors
        ori     t0, t0, 1
        csrw    mtvec, t0
        sw      s3, 0(s0)
        li      s8, 0
        li      s9, 0
        csrsi   mstatus, 8
        EXPECT  s9, 2
        EXPECT  s8, 7
        FINISH
        .align  2
handler:
        csrr    s8, mcause
        csrr    s11, mepc
        slli    s8, s8, 1
        srli    s8, s8, 1
        li      t6, 3
        bne     s8, t6, 6f
        sw      x0, 0(s0)
        mret
6:      li      t6, -1
        sw      t6, 4(s1)
        mret
software:
        li      gp, 700
        bnez    s9, fail
        addi    s9, s9, 1
        sw      x0, 0(s0)
        mret
timer:  li      gp, 701
        addi    s9, s9, 1
        li      t6, 2
        bne     s9, t6, fail
        li      s8, 7
        li      t6, -1
        sw      t6, 4(s1)
        mret
        .align  6
        .option push
        .option norvc
vectors:
        j       fail
        j       fail
        j       fail
        j       software
        j       fail
        j       fail
        j       fail
        j       timer
        .option pop
