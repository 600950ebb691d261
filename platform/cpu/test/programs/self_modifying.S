# Code that changes code: ahead in the same block, behind, on another page, by each store width, with and without
# fence.i.
#include "check.inc"
        BEGIN
        .option norvc
# The next instruction but one: li a0, 1 becomes li a0, 2.
        la      s0, 1f
        lw      s1, donor
        li      s3, 2
again:  sw      s1, 0(s0)
        nop
1:      li      a0, 1
        EXPECT  a0, 2
# Run once more; the block is decoded now.
        la      s0, 2f
        li      s4, 0
loop:   la      t0, table
        slli    t1, s4, 2
        add     t0, t0, t1
        lw      t0, 0(t0)
        sw      t0, 0(s0)
        fence.i
2:      li      a0, 0
        addi    t1, s4, 10
        li      gp, 900
        bne     a0, t1, fail
        addi    s4, s4, 1
        li      t2, 4
        bne     s4, t2, loop
# A function on another page, changed by half words and bytes, called through the same chained exit.
        la      s0, function
        li      s4, 0
        li      s5, 6
call_again:
        jal     function
        li      gp, 901
        bne     a0, s4, fail
        addi    s4, s4, 1
        slli    t0, s4, 20
        li      t1, 0x00000513
        or      t0, t0, t1
        srli    t0, t0, 16
        andi    t2, s4, 1
        beqz    t2, 3f
        sh      t0, 2(s0)
        j       4f
3:      srli    t1, t0, 8
        sb      t0, 2(s0)
        sb      t1, 3(s0)
4:      bne     s4, s5, call_again
# Data beside code on one page does not disturb it.
        la      s0, beside
        li      s4, 50
5:      sw      s4, 0(s0)
        lw      t0, 0(s0)
        li      gp, 902
        bne     t0, s4, fail
        addi    s4, s4, -1
        bnez    s4, 5b
        FINISH
donor:  li      a0, 2
table:  li      a0, 10
        li      a0, 11
        li      a0, 12
        li      a0, 13
        .align  8
beside: .word   0
        .align  12
function:
        li      a0, 0
        ret
