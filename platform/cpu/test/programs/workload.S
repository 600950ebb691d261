# A busy program for the tests of time: loops of arithmetic, memory, divisions and calls under a periodic timer
# interrupt whose handler logs `time` and mepc, device polling, WFI. Its checksum of the log and the results goes to
# `result`; any difference in the time of one interrupt shows.
#include "check.inc"
#define MTIMECMP 0x02004000
#define MTIME 0x0200bff8
        BEGIN
        la      t0, handler
        csrw    mtvec, t0
        la      s0, log
        li      s1, MTIMECMP
        li      s2, MTIME
        li      s3, 0
        lw      a0, 0(s2)
        addi    a0, a0, 3
        sw      a0, 0(s1)
        sw      x0, 4(s1)
        li      t0, 0x80
        csrs    mie, t0
        csrsi   mstatus, 8
        li      s4, 400
        li      s5, 1
outer:  la      a0, buffer
        li      a1, 32
inner:  LX      a2, 0(a0)
        add     a2, a2, s5
        mul     s5, s5, a2
        addi    s5, s5, 7
        SX      a2, 0(a0)
        addi    a0, a0, XBYTES
        addi    a1, a1, -1
        bnez    a1, inner
        andi    a3, s4, 15
        addi    a3, a3, 1
        divu    a4, s5, a3
        xor     s5, s5, a4
        jal     ra, leaf
        andi    a3, s4, 31
        bnez    a3, 1f
        lw      a4, 0(s2)
        add     s5, s5, a4
        wfi
1:      addi    s4, s4, -1
        bnez    s4, outer
        csrci   mstatus, 8
        la      a0, result
        SX      s5, 0(a0)
        SX      s3, XBYTES(a0)
        FINISH
leaf:   la      a5, buffer
        lw      a6, 3(a5)
        sw      a6, 6(a5)
        add     s5, s5, a6
        ret
# Logs up to 256 interrupts.
        .align  2
handler:
        csrr    t4, mepc
        csrr    t5, time
        li      t6, 256
        bgeu    s3, t6, 2f
        SX      t4, 0(s0)
        SX      t5, XBYTES(s0)
        addi    s0, s0, 2 * XBYTES
2:      addi    s3, s3, 1
        lw      t5, 0(s2)
        addi    t5, t5, 3
        li      t4, -1
        sw      t4, 4(s1)
        sw      t5, 0(s1)
        sw      x0, 4(s1)
        mret
        .data
        .align  3
buffer: .zero   512
result: .zero   16
        .align  3
log:    .zero   4096
