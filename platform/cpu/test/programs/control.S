# Jumps, branches, constants, and the pairs that the translator fuses.
#include "check.inc"
        .macro  BRANCH op, a, b, taken
        li      gp, \@
        li      a0, \a
        li      a1, \b
        li      a2, 0
        \op     a0, a1, 1f
        addi    a2, a2, 1
1:      li      a3, 1 - \taken
        bne     a2, a3, fail
        .endm
        BEGIN
        BRANCH  beq, 5, 5, 1
        BRANCH  beq, 5, -5, 0
        BRANCH  bne, 5, 5, 0
        BRANCH  bne, 5, 6, 1
        BRANCH  blt, -1, 0, 1
        BRANCH  blt, 0, -1, 0
        BRANCH  blt, 3, 3, 0
        BRANCH  bge, 3, 3, 1
        BRANCH  bge, -4, 3, 0
        BRANCH  bltu, -1, 0, 0
        BRANCH  bltu, 0, -1, 1
        BRANCH  bgeu, -1, 0, 1
        BRANCH  bgeu, 0, -1, 0
# Backward branch, counted.
        li      a0, 10
        li      a1, 0
1:      addi    a1, a1, 3
        addi    a0, a0, -1
        bnez    a0, 1b
        EXPECT  a1, 30
# addi + bne against a register, both ends.
        li      a0, -8
        li      a2, 24
        li      a1, 0
2:      addi    a1, a1, 1
        addi    a0, a0, 4
        bne     a0, a2, 2b
        EXPECT  a1, 8
        EXPECT  a0, 24
# jal and jalr: link, low bit, rd = rs1, x0.
        jal     a0, 3f
4:      j       fail
3:      EXPECT_ADDRESS a0, 4b
        la      a1, 6f
        addi    a1, a1, 1
        jalr    a0, 0(a1)
5:      j       fail
6:      EXPECT_ADDRESS a0, 5b
        la      a1, 8f - 16
        jalr    a1, 16(a1)
7:      j       fail
8:      EXPECT_ADDRESS a1, 7b
        la      a0, 9f
        c.jr    a0
        j       fail
9:      la      a0, 11f
        .option push
        .option norelax
        c.jalr  a0
10:     j       fail
        .option pop
11:     EXPECT_ADDRESS ra, 10b
        c.j     12f
        j       fail
12:     li      s0, 0
        c.beqz  s0, 13f
        j       fail
13:     c.bnez  s0, 14f
        li      s0, 1
        c.bnez  s0, 15f
14:     j       fail
15:
# A call and a return from several places.
        li      s2, 0
        li      s3, 100
16:     jal     bump
        jal     bump
        addi    s3, s3, -1
        bnez    s3, 16b
        EXPECT  s2, 200
# Constants.
        lui     a0, 0x80000
        EXPECT  a0, -0x80000000
        lui     a0, 0x12345
        addi    a0, a0, 0x678
        EXPECT  a0, 0x12345678
17:     auipc   a0, 0
        EXPECT_ADDRESS a0, 17b
18:     auipc   a0, 1
        addi    a0, a0, -4
        EXPECT_ADDRESS a0, 18b + 4092
#if __riscv_xlen == 64
        lui     a0, 0x7ffff
        addiw   a0, a0, 2047
        EXPECT  a0, 0x7ffff7ff
        lui     a0, 0x80000
        addiw   a0, a0, -1
        EXPECT  a0, 0x7fffffff
        lui     a0, 0x80000
        addi    a0, a0, -1
        EXPECT  a0, -0x80000001
        li      a0, -1
        slli    a1, a0, 32
        srli    a1, a1, 32
        EXPECT  a1, 0xffffffff
#endif
        li      a0, 5
        li      a2, 7
        slli    a1, a0, 4
        add     a1, a1, a2
        EXPECT  a1, 87
        slli    a1, a0, 4
        add     a1, a2, a1
        EXPECT  a1, 87
        slli    a1, a0, 4
        add     a1, a1, a1
        EXPECT  a1, 160
        slli    a0, a0, 3
        add     a0, a0, a0
        EXPECT  a0, 80
        slli    a1, a0, 2
        srli    a1, a1, 3
        EXPECT  a1, 40
        slli    a0, a2, 2
        srli    a1, a0, 1
        EXPECT  a1, 14
        EXPECT  a0, 28
# Compressed arithmetic.
        li      s0, 12
        c.addi  s0, -5
        EXPECT  s0, 7
        c.li    s0, -9
        EXPECT  s0, -9
        c.lui   s0, 0xfffe1
        EXPECT  s0, -0x1f000
        mv      s1, sp
        c.addi16sp sp, -496
        sub     s0, s1, sp
        EXPECT  s0, 496
        c.addi4spn s0, sp, 496
        li      gp, 400
        bne     s0, s1, fail
        mv      sp, s1
        li      s0, -64
        c.srai  s0, 3
        EXPECT  s0, -8
        c.srli  s0, __riscv_xlen - 4
        EXPECT  s0, 15
        c.andi  s0, 10
        EXPECT  s0, 10
        c.slli  s0, 4
        EXPECT  s0, 160
        li      s1, 7
        c.sub   s0, s1
        EXPECT  s0, 153
        c.xor   s0, s1
        EXPECT  s0, 158
        c.or    s0, s1
        EXPECT  s0, 159
        c.and   s0, s1
        EXPECT  s0, 7
        c.mv    s0, s1
        c.add   s0, s1
        EXPECT  s0, 14
#if __riscv_xlen == 64
        li      s0, 0x7fffffff
        li      s1, 1
        c.addw  s0, s1
        EXPECT  s0, -0x80000000
        c.subw  s0, s1
        EXPECT  s0, 0x7fffffff
        c.addiw s0, 1
        EXPECT  s0, -0x80000000
#endif
# A long instruction across a page border.
        la      a0, across
        jalr    a0
        EXPECT  s2, 0x456
        FINISH
bump:   addi    s2, s2, 1
        ret
        .align  12
        .zero   4094
across: .option push
        .option norvc
        li      s2, 0x456
        .option pop
        ret
