# What surrounds the arithmetic of F and D: mstatus.FS, fcsr, reserved rounding modes, NaN boxing, moves, loads and
# stores with their compressed forms and at any alignment.
#include "check.inc"
#if __riscv_xlen == 32
#define lwu lw
#endif
#define FS 0x6000
#define FS_CLEAN 0x4000
# \code must be an illegal instruction.
        .macro  ILLEGAL code:vararg
        li      gp, \@
        li      s8, -1
        .option push
        .option norvc
991:    \code
        .option pop
        li      t6, 2
        bne     s8, t6, fail
        la      t6, 991b
        bne     s11, t6, fail
        lwu     t6, 0(t6)
        bne     s10, t6, fail
        .endm
        .macro  EXPECT_FS value
        csrr    t5, mstatus
        li      t4, FS
        and     t4, t4, t5
        EXPECT  t4, \value
        slti    t5, t5, 0
        EXPECT  t5, ((\value == FS) & 1)
        .endm
        .macro  SET_FS value
        li      t0, FS
        csrc    mstatus, t0
        li      t0, \value
        csrs    mstatus, t0
        .endm
# Memory at \label must hold the 64 bits \high:\low.
        .macro  EXPECT_MEMORY label, low, high
        la      t5, \label
        lw      t4, 0(t5)
        EXPECT  t4, \low
        lw      t4, 4(t5)
        EXPECT  t4, \high
        .endm
        BEGIN
        la      t0, handler
        csrw    mtvec, t0
        la      s0, data
        la      s1, scratch
# Off: everything is illegal and changes nothing.
        EXPECT_FS 0
        ILLEGAL flw fa0, 0(s0)
        ILLEGAL fld fa0, 0(s0)
        ILLEGAL fsw fa0, 0(s1)
        ILLEGAL fsd fa0, 0(s1)
        ILLEGAL fadd.s fa0, fa0, fa0
        ILLEGAL fmadd.d fa0, fa0, fa0, fa0
        ILLEGAL fsgnj.d fa0, fa0, fa0
        ILLEGAL feq.s a0, fa0, fa0
        ILLEGAL fmv.x.w a0, fa0
        ILLEGAL fmv.w.x fa0, a0
        ILLEGAL fclass.d a0, fa0
        ILLEGAL fcvt.w.d a0, fa0, rtz
        ILLEGAL fcvt.d.w fa0, a0
        ILLEGAL csrr a0, fflags
        ILLEGAL csrw frm, a0
        ILLEGAL csrr a0, fcsr
        EXPECT_MEMORY scratch, 0, 0
# misa names both.
        csrr    a0, misa
        srli    a1, a0, 5
        andi    a1, a1, 1
        EXPECT  a1, 1
        srli    a1, a0, 3
        andi    a1, a1, 1
        EXPECT  a1, 1
# Clean becomes dirty with the first change, and not by reading.
        SET_FS  FS_CLEAN
        EXPECT_FS FS_CLEAN
        fsd     fa0, 0(s1)
        fsw     fa0, 0(s1)
        fmv.x.w a0, fa0
        csrr    a1, fcsr
        EXPECT_FS FS_CLEAN
        .macro  DIRTIES code:vararg
        SET_FS  FS_CLEAN
        \code
        EXPECT_FS FS
        .endm
        DIRTIES flw fa0, 0(s0)
        DIRTIES fld fa0, 0(s0)
        DIRTIES fmv.w.x fa1, a0
        DIRTIES fsgnj.s fa2, fa1, fa1
        DIRTIES fadd.d fa2, fa2, fa2
        DIRTIES fcvt.d.w fa2, a0
        DIRTIES csrwi frm, 1
        DIRTIES csrwi fflags, 1
        DIRTIES csrw fcsr, x0
# fcsr and its parts.
        li      a0, -1
        csrw    fcsr, a0
        csrr    a0, fcsr
        EXPECT  a0, 0xff
        csrr    a0, frm
        EXPECT  a0, 7
        csrr    a0, fflags
        EXPECT  a0, 0x1f
        csrwi   fflags, 10
        csrwi   frm, 3
        csrr    a0, fcsr
        EXPECT  a0, 0x6a
        csrrci  a0, fflags, 2
        EXPECT  a0, 10
        csrrsi  a0, fflags, 16
        EXPECT  a0, 8
        csrr    a0, fflags
        EXPECT  a0, 24
# Reserved rounding modes, static and dynamic.
        ILLEGAL .word 0x00b55553        # fadd.s fa0, fa0, fa1 with mode 5
        ILLEGAL .word 0x02b56553        # fadd.d, mode 6
        .irp    mode, 5, 6, 7
        csrwi   frm, \mode
        ILLEGAL fadd.s fa0, fa0, fa1
        ILLEGAL fsqrt.d fa0, fa0
        ILLEGAL fcvt.w.s a0, fa0
        ILLEGAL .word 0xd2057553        # fcvt.d.w fa0, a0, dyn: exact, and yet
        ILLEGAL .word 0xd2157553        # fcvt.d.wu
        ILLEGAL .word 0x42057553        # fcvt.d.s fa0, fa0, dyn
        fadd.s  fa2, fa0, fa1, rne
        fsgnj.s fa2, fa0, fa1
        feq.d   a0, fa0, fa1
        .endr
        csrwi   frm, 0
# NaN boxing: a single in a double register is followed by ones; what is not boxed reads as the canonical NaN.
        li      a0, 0x3fc00000          # 1.5
        fmv.w.x fa0, a0
        fsd     fa0, 0(s1)
        EXPECT_MEMORY scratch, 0x3fc00000, -1
        flw     fa1, 4(s0)
        fsd     fa1, 0(s1)
        EXPECT_MEMORY scratch, 0x3ff80000, -1
        fld     fa2, 0(s0)              # 1.5 as a double: as a single it is not boxed
        csrw    fcsr, x0
        fsgnj.s fa3, fa2, fa2
        fsd     fa3, 0(s1)
        EXPECT_MEMORY scratch, 0x7fc00000, -1
        fmin.s  fa3, fa2, fa0
        fsd     fa3, 0(s1)
        EXPECT_MEMORY scratch, 0x3fc00000, -1
        fadd.s  fa3, fa2, fa0
        fclass.s a0, fa3
        EXPECT  a0, 0x200
        fclass.s a0, fa2
        EXPECT  a0, 0x200
        feq.s   a0, fa2, fa2
        EXPECT  a0, 0
        csrr    a0, fflags              # the canonical NaN is a quiet one
        EXPECT  a0, 0
        fcvt.d.s fa3, fa2
        fsd     fa3, 0(s1)
        EXPECT_MEMORY scratch, 0, 0x7ff80000
        fld     fa2, 8(s0)              # moves and stores take the low half as it is
        fmv.x.w a0, fa2
        li      a1, -0x6789abce
        li      gp, 90
        bne     a0, a1, fail
        sw      x0, 4(s1)
        fsw     fa2, 0(s1)
        EXPECT_MEMORY scratch, -0x6789abce, 0
#if __riscv_xlen == 64
        ld      a1, 8(s0)
        fmv.x.d a0, fa2
        li      gp, 91
        bne     a0, a1, fail
        fmv.d.x fa3, a1
        fsd     fa3, 0(s1)
        EXPECT_MEMORY scratch, -0x6789abce, 0x12345678
        li      a0, -1
        slli    a0, a0, 32
        addi    a0, a0, 7
        fmv.w.x fa3, a0                 # takes the low half of x
        fsd     fa3, 0(s1)
        EXPECT_MEMORY scratch, 7, -1
#endif
# x0 as the destination: the flags are raised all the same.
        csrw    fflags, x0
        fdiv.d  fa4, fa0, fa0
        csrw    fflags, x0
        li      a0, -1
        fmv.w.x fa3, a0
        fle.s   x0, fa3, fa3
        csrr    a1, fflags
        EXPECT  a1, 16
        EXPECT  x0, 0
# All 32 registers, apart from the integer ones.
        li      x5, 77
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        li      x31, \n * 0x01010101
        fmv.w.x f\n, x31
        .endr
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        fmv.x.w x30, f\n
        EXPECT  x30, \n * 0x01010101
        .endr
        EXPECT  x5, 77
# Compressed loads and stores.
        .option rvc
        fld     fa0, 8(s0)
        c.fsd   fa0, 16(s1)
        c.fld   fa1, 16(s1)
        fsd     fa1, 0(s1)
        EXPECT_MEMORY scratch, -0x6789abce, 0x12345678
        addi    sp, sp, -64
        c.fsdsp fa1, 40(sp)
        c.fldsp fs2, 40(sp)
        addi    sp, sp, 64
        fsd     fs2, 0(s1)
        EXPECT_MEMORY scratch, -0x6789abce, 0x12345678
#if __riscv_xlen == 32
        flw     fa0, 8(s0)
        c.fsw   fa0, 20(s1)
        c.flw   fa1, 20(s1)
        fsd     fa1, 0(s1)
        EXPECT_MEMORY scratch, -0x6789abce, -1
        addi    sp, sp, -64
        c.fswsp fa1, 44(sp)
        c.flwsp fs2, 44(sp)
        addi    sp, sp, 64
        sw      x0, 0(s1)
        fsd     fs2, 0(s1)
        EXPECT_MEMORY scratch, -0x6789abce, -1
#endif
# Misaligned, within a beat, across beats and across a page border.
        fld     fa0, 8(s0)
        flw     fa1, 8(s0)
        la      s2, page_border
        addi    s2, s2, -12
        li      s3, 20
1:      fsd     fa0, 0(s2)
        fld     fa2, 0(s2)
        feq.d   a0, fa0, fa2
        EXPECT  a0, 1
        fsw     fa1, 0(s2)
        flw     fa2, 0(s2)
        fmv.x.w a0, fa2
        EXPECT  a0, -0x6789abce
        addi    s2, s2, 1
        addi    s3, s3, -1
        bnez    s3, 1b
# A load that traps leaves the register and FS alone.
        li      a1, 0x1234567
        fmv.w.x fa0, a1
        SET_FS  FS_CLEAN
        li      s8, -1
        li      t1, 16
        .option norvc
        fld     fa0, 0(t1)
        .option rvc
        EXPECT  s8, 5
        EXPECT_FS FS_CLEAN
        fmv.x.w a0, fa0
        EXPECT  a0, 0x1234567
# A loop whose inexact flag goes up on the way, then comes down: the same sums.
        SET_FS  FS
        li      s4, 2
2:      csrw    fcsr, x0
        fld     fa0, 16(s0)             # 0.1
        fcvt.d.w fa1, x0
        li      s3, 10
3:      fadd.d  fa1, fa1, fa0
        addi    s3, s3, -1
        bnez    s3, 3b
        fsd     fa1, 0(s1)
        EXPECT_MEMORY scratch, -1, 0x3fefffff
        csrr    a0, fcsr
        EXPECT  a0, 1
        addi    s4, s4, -1
        bnez    s4, 2b
        FINISH
        .align  2
handler: csrr   s8, mcause
        csrr    s10, mtval
        csrr    s11, mepc
        addi    t6, s11, 4
        csrw    mepc, t6
        mret
        .data
        .align  3
data:   .word   0, 0x3ff80000           # 1.5
        .word   0x98765432, 0x12345678
        .word   0x9999999a, 0x3fb99999  # 0.1
scratch: .zero  64
        .align  12
        .zero   4096
page_border: .zero 4096
