# LR/SC and every AMO, both widths.
#include "check.inc"
        .macro  AMO op, memory, operand, result
        li      a0, \memory
        li      a1, \operand
        la      s0, cell
        sw a0, 0(s0)
        \op     a2, a1, (s0)
        lw a3, 0(s0)
        EXPECT  a3, \result
        EXPECT  a2, \memory
        .endm
        BEGIN
        AMO     amoswap.w, 5, -7, -7
        AMO     amoadd.w, 0x7fffffff, 1, -0x80000000
        AMO     amoxor.w, 0x55, 0xff, 0xaa
        AMO     amoand.w, 0x55, 0x0f, 0x05
        AMO     amoor.w, 0x50, 0x0f, 0x5f
        AMO     amomin.w, -3, 4, -3
        AMO     amomin.w, 4, -3, -3
        AMO     amomax.w, -3, 4, 4
        AMO     amominu.w, -3, 4, 4
        AMO     amomaxu.w, 4, -3, -3
        AMO     amomaxu.w, -3, 4, -3
#if __riscv_xlen == 64
        .purgem AMO
        .macro  AMO op, memory, operand, result
        li      a0, \memory
        li      a1, \operand
        la      s0, cell
        sd      a0, 0(s0)
        \op     a2, a1, (s0)
        ld      a3, 0(s0)
        EXPECT  a3, \result
        EXPECT  a2, \memory
        .endm
        AMO     amoswap.d, 5, -7, -7
        AMO     amoadd.d, 0x7fffffff, 1, 0x80000000
        AMO     amoxor.d, 0x55, -1, ~0x55
        AMO     amoand.d, -256, 0x1ff, 0x100
        AMO     amoor.d, 0x50, 0x0f, 0x5f
        AMO     amomin.d, -3, 4, -3
        AMO     amomax.d, -3, 4, 4
        AMO     amominu.d, -3, 4, 4
        AMO     amomaxu.d, 4, -3, -3
# A 32-bit AMO leaves the upper half alone and sign-extends.
        la      s0, cell
        li      a0, 0x1234567880000000
        sd      a0, 0(s0)
        li      a1, 1
        amoadd.w a2, a1, (s0)
        EXPECT  a2, -0x80000000
        ld      a3, 0(s0)
        EXPECT  a3, 0x1234567880000001
        lr.d    a0, (s0)
        EXPECT  a0, 0x1234567880000001
        li      a1, 99
        sc.d    a2, a1, (s0)
        EXPECT  a2, 0
        ld      a0, 0(s0)
        EXPECT  a0, 99
#endif
        la      s0, cell
        li      a0, 41
        sw      a0, 0(s0)
        lr.w    a0, (s0)
        addi    a0, a0, 1
        sc.w    a1, a0, (s0)
        EXPECT  a1, 0
        lw      a0, 0(s0)
        EXPECT  a0, 42
# No reservation: fails and does not write; so does a second sc.
        li      a0, 7
        sc.w    a1, a0, (s0)
        EXPECT  a1, 1
        lw      a0, 0(s0)
        EXPECT  a0, 42
# A reservation elsewhere does not help.
        addi    s1, s0, 8
        lr.w    a0, (s1)
        sc.w    a1, a0, (s0)
        EXPECT  a1, 1
# rd = rs2, rd = x0.
        li      a0, 3
        amoadd.w a0, a0, (s0)
        EXPECT  a0, 42
        li      a0, 5
        amoadd.w x0, a0, (s0)
        lw      a0, 0(s0)
        EXPECT  a0, 50
        FINISH
        .data
        .align  3
cell:   .zero   16
