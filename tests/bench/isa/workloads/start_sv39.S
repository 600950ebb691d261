# As start.S, but the kernel runs in S mode behind page tables: 8 MiB of RAM mapped to itself in pages of 4 KiB, the
# devices in one of 1 GiB.
        .equ    LEAF, 0xcf              # D A X W R V
        .section .text.start, "ax"
        .globl _start
_start: la      sp, _stack_top
        la      t0, trapped
        csrw    mtvec, t0
        li      t0, -1                  # S mode may touch all of memory
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        la      t0, pages
        li      t1, 0x80000000 >> 2 | LEAF
        li      t2, 2048
1:      sd      t1, 0(t0)
        addi    t0, t0, 8
        addi    t1, t1, 4096 >> 2
        addi    t2, t2, -1
        bnez    t2, 1b
        la      t0, middle
        la      t1, pages
        srli    t1, t1, 2
        ori     t1, t1, 1
        li      t2, 4
2:      sd      t1, 0(t0)
        addi    t0, t0, 8
        addi    t1, t1, 4096 >> 2
        addi    t2, t2, -1
        bnez    t2, 2b
        la      t0, root
        li      t1, LEAF
        sd      t1, 0(t0)
        la      t1, middle
        srli    t1, t1, 2
        ori     t1, t1, 1
        sd      t1, 16(t0)
        srli    t0, t0, 12
        li      t1, 8                   # Sv39
        slli    t1, t1, 60
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        li      t0, 0x1800
        csrc    mstatus, t0
        li      t0, 0x6800              # floating point on, MPP = S
        csrs    mstatus, t0
        la      t0, supervisor
        csrw    mepc, t0
        mret
supervisor:
        call    kernel
leave:  slli    a0, a0, 16
        li      t0, 0x3333
        or      a0, a0, t0
        li      t0, 0x100000
        sw      a0, 0(t0)
1:      j       1b
        .balign 4
trapped:
        li      a0, 0xdead
        j       leave
        .section .bss
        .balign 4096
root:   .skip   4096
middle: .skip   4096
pages:  .skip   4 * 4096
