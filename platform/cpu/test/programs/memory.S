# Loads and stores: widths, sign, offsets, misaligned addresses within a beat, across beats and across pages.
#include "check.inc"
        BEGIN
        la      s0, data
        lb      a0, 0(s0)
        EXPECT  a0, -128
        lbu     a0, 0(s0)
        EXPECT  a0, 0x80
        lh      a0, 0(s0)
        EXPECT  a0, -0x6e80
        lhu     a0, 0(s0)
        EXPECT  a0, 0x9180
        lw      a0, 0(s0)
        EXPECT  a0, 0xffffffffb3a29180 & ((1 << (__riscv_xlen - 1)) * 2 - 1)
        lb      a0, 7(s0)
        EXPECT  a0, -9
        addi    s1, s0, 2047
        addi    s1, s1, 1
        lb      a0, -2048(s1)
        EXPECT  a0, -128
        addi    s1, s0, -2047
        lbu     a0, 2047(s1)
        EXPECT  a0, 0x80
        lw      x0, 0(s0)
        EXPECT  x0, 0
#if __riscv_xlen == 64
        lwu     a0, 0(s0)
        EXPECT  a0, 0xb3a29180
        ld      a0, 0(s0)
        EXPECT  a0, 0xf7e6d5c4b3a29180
#endif
# Compressed forms, including those relative to sp.
        mv      s1, s0
        c.lw    a1, 4(s1)
        lw      a0, 4(s0)
        li      gp, 100
        bne     a0, a1, fail
        addi    sp, sp, -64
        c.swsp  a0, 12(sp)
        c.lwsp  a1, 12(sp)
        li      gp, 101
        bne     a0, a1, fail
        la      s1, scratch
        c.sw    a0, 8(s1)
        lw      a1, 8(s1)
        li      gp, 102
        bne     a0, a1, fail
#if __riscv_xlen == 64
        ld      a0, 0(s0)
        c.sdsp  a0, 16(sp)
        c.ldsp  a1, 16(sp)
        li      gp, 103
        bne     a0, a1, fail
        c.sd    a0, 16(s1)
        c.ld    a1, 16(s1)
        li      gp, 104
        bne     a0, a1, fail
#endif
        addi    sp, sp, 64
# Stores change their own bytes only.
        la      s1, scratch
        li      a0, -1
        SX      a0, 0(s1)
        li      a0, 0x11
        sb      a0, 1(s1)
        li      a0, 0x3322
        sh      a0, 2(s1)
        lw      a1, 0(s1)
        EXPECT  a1, 0x332211ff
        li      a0, 0x44332211
        sw      a0, 0(s1)
        lw      a1, 0(s1)
        EXPECT  a1, 0x44332211
# Misaligned, everywhere around a beat and a page border.
        la      s2, page_border
        addi    s2, s2, -9
        li      s3, 18
1:      li      a0, 0x76543210
        sw      a0, 0(s2)
        lw      a1, 0(s2)
        li      gp, 200
        bne     a0, a1, fail
        lbu     a1, 0(s2)
        lbu     a2, 3(s2)
        li      gp, 201
        li      a3, 0x10
        bne     a1, a3, fail
        li      a3, 0x76
        bne     a2, a3, fail
        li      a0, 0xabcd
        sh      a0, 0(s2)
        lhu     a1, 0(s2)
        li      gp, 202
        bne     a0, a1, fail
#if __riscv_xlen == 64
        li      a0, 0x8877665544332211
        sd      a0, 0(s2)
        ld      a1, 0(s2)
        li      gp, 203
        bne     a0, a1, fail
        lwu     a1, 4(s2)
        EXPECT  a1, 0x88776655
#endif
        addi    s2, s2, 1
        addi    s3, s3, -1
        bnez    s3, 1b
# Many pages: the data TLB is refilled and evicted (256 entries).
        li      s2, 0x80100000
        li      s3, 600
        li      s4, 4096
2:      sw      s3, 4(s2)
        add     s2, s2, s4
        addi    s3, s3, -1
        bnez    s3, 2b
        li      s2, 0x80100000
        li      s3, 600
3:      lw      a0, 4(s2)
        li      gp, 300
        bne     a0, s3, fail
        add     s2, s2, s4
        addi    s3, s3, -1
        bnez    s3, 3b
# Fences of every kind order what is in order already.
        la      s0, scratch
        li      a0, 77
        sw      a0, 0(s0)
        fence
        lw      a1, 0(s0)
        fence   rw, w
        fence.tso
        .word   0x0100000f              # pause: a hint
        EXPECT  a1, 77
        FINISH
        .data
        .align  3
data:   .byte   0x80, 0x91, 0xa2, 0xb3, 0xc4, 0xd5, 0xe6, 0xf7
        .zero   4096
scratch: .zero  64
        .align  12
page_border: .zero 4096
