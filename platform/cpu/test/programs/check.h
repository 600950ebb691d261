# Self-checking programs: gp holds the number of the check under way; the exit device at 0x100000 gets 0x5555, or
# gp << 16 | 0x3333 when a check fails. An unexpected trap counts as a failure.
#if __riscv_xlen == 64
#define LX ld
#define SX sd
#define XBYTES 8
#define XWORD .dword
#else
#define LX lw
#define SX sw
#define XBYTES 4
#define XWORD .word
#endif

        .macro  BEGIN
        .section .text.start, "ax"
        .globl  _start
_start: la      t0, unexpected_trap
        csrw    mtvec, t0
        la      sp, _stack_top
        .endm

# Register \reg must hold \value. Changes t6.
        .macro  EXPECT reg, value
        li      gp, \@
        li      t6, \value
        bne     \reg, t6, fail
        .endm

        .macro  EXPECT_ADDRESS reg, label
        li      gp, \@
        la      t6, \label
        bne     \reg, t6, fail
        .endm

        .macro  FINISH
        li      t0, 0x5555
        j       leave
        .align  2
unexpected_trap:
fail:   slli    t0, gp, 16
        li      t1, 0x3333
        or      t0, t0, t1
leave:  li      t1, 0x100000
        sw      t0, 0(t1)
1:      j       1b
        .endm
