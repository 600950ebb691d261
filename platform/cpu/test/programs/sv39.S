# Sv39: three page sizes, permissions, SUM, MXR, MPRV, A and D, faults, remapping with sfence.vma, satp switches, an
# instruction on two pages, aliases of code, access faults of the walk. Identity 1 GiB pages at 0 for the exit device
# and at 0x80000000 for the program.
#include "check.inc"
#define MPP_S 0x800
#define MPP 0x1800
#define V 1
#define R 2
#define W 4
#define X 8
#define U 16
#define A 64
#define D 128
#define ALL (V | R | W | X | A | D)
# Virtual addresses: 4 KiB pages at 0x40000000 + n * 4096 (table2[0] -> table1[0] -> table0), 2 MiB at 0x40200000.
#define PAGES 0x40000000
#define SUPER 0x40200000
# Entry for \target with \flags in \table at \index.
        .macro  MAP table, index, target, flags
        la      t0, \target
        srli    t0, t0, 12
        slli    t0, t0, 10
        li      t1, \flags
        or      t0, t0, t1
        la      t1, \table
        li      t2, 8 * (\index)
        add     t1, t1, t2
        sd      t0, 0(t1)
        .endm
        .macro  FLAGS table, index, flags
        la      t1, \table
        ld      t0, 8 * (\index)(t1)
        srli    t0, t0, 10
        slli    t0, t0, 10
        li      t2, \flags
        or      t0, t0, t2
        sd      t0, 8 * (\index)(t1)
        sfence.vma
        .endm
        .macro  ENTRY_IS table, index, flags
        la      t1, \table
        ld      a0, 8 * (\index)(t1)
        andi    a0, a0, 0x3ff
        EXPECT  a0, \flags
        .endm
# \code traps to S mode (the handler skips it).
        .macro  FAULTS cause, address, code:vararg
        li      gp, \@
        li      s7, -1
        .option push
        .option norvc
992:    \code
        .option pop
        li      t6, \cause
        bne     s7, t6, fail
        la      t6, 992b
        bne     s9, t6, fail
        li      t6, \address
        bne     s10, t6, fail
        .endm
# A call of \address that cannot be fetched; \fault is what stval holds.
        .macro  CALL_FAULTS cause, address, fault
        li      gp, \@
        li      s7, -1
        la      s11, 993f
        li      t0, \address
        jalr    ra, t0
993:    li      t6, \cause
        bne     s7, t6, fail
        li      t6, \fault
        bne     s10, t6, fail
        .endm
        .macro  CALL address, result
        li      t0, \address
        jalr    ra, t0
        EXPECT  a0, \result
        .endm
        BEGIN
        la      t0, machine_handler
        csrw    mtvec, t0
        la      t0, handler
        csrw    stvec, t0
        li      t0, -1
        csrw    pmpaddr15, t0
        li      t0, 0x1f << 56
        csrw    pmpcfg2, t0
        li      t0, 0xb1ff
        csrw    medeleg, t0
        li      t0, 0xf000
        csrs    medeleg, t0
        li      t0, ALL | 0x20000000
        la      t1, table2
        sd      t0, 16(t1)
        li      t0, ALL
        sd      t0, 0(t1)
        MAP     table2, 1, table1, V
        MAP     table1, 0, table0, V
        MAP     table0, 0, data, V | R | W
        MAP     table0, 1, code, V | X | A
        MAP     table0, 2, data, V | R | A
        MAP     table0, 3, data, V | R | W | U | A | D
        MAP     table0, 4, code, V | R | X | U | A
        MAP     table0, 5, tail, V | R | W | X | A | D
        MAP     table0, 6, head, V | R | W | X | A | D
        MAP     table0, 7, data, V | W | A | D
        MAP     table0, 8, data, V | R | W | A | D | 0x300
        MAP     table0, 9, code, V | R | W | X | A | D
        li      t0, (0x80000000 >> 12 << 10) | ALL
        la      t1, table1
        sd      t0, 8(t1)
        li      t0, (0x80001000 >> 12 << 10) | ALL
        sd      t0, 16(t1)
        la      t0, root_mode
        ld      t0, 0(t0)
        la      t1, table2
        srli    t1, t1, 12
        or      s8, t0, t1
        csrw    satp, s8
        li      t0, MPP
        csrc    mstatus, t0
        li      t0, MPP_S
        csrs    mstatus, t0
        la      t0, 1f
        csrw    mepc, t0
        mret
1:
# A and D appear with the access.
        ENTRY_IS table0, 0, V | R | W
        li      s0, PAGES
        ld      a0, 0(s0)
        ENTRY_IS table0, 0, V | R | W | A
        sd      a0, 8(s0)
        ENTRY_IS table0, 0, V | R | W | A | D
        la      t0, data
        li      t1, 0x1234
        sd      t1, 16(s0)
        ld      a0, 16(t0)
        EXPECT  a0, 0x1234
        sd      x0, 16(t0)
        ld      a0, 16(s0)
        EXPECT  a0, 0
        ld      a0, 0(s0)
        li      gp, 500
        li      t1, 0x1122334455667788
        bne     a0, t1, fail
        li      s1, PAGES + 0xa000
        FAULTS  13, PAGES + 0xa000, ld a0, 0(s1)
# Permissions.
        li      s0, PAGES + 0x1000
        FAULTS  13, PAGES + 0x1000, ld a0, 0(s0)
        FAULTS  15, PAGES + 0x1000, sd a0, 0(s0)
        CALL    PAGES + 0x1000, 77
        li      s0, PAGES + 0x2000
        ld      a0, 8(s0)
        FAULTS  15, PAGES + 0x2008, sd a0, 8(s0)
        FAULTS  15, PAGES + 0x2000, amoadd.d a0, a0, (s0)
        lr.d    a0, (s0)
        FAULTS  15, PAGES + 0x2000, sc.d a0, a0, (s0)
        CALL_FAULTS 12, PAGES + 0x2000, PAGES + 0x2000
        li      s0, PAGES + 0x7000
        FAULTS  13, PAGES + 0x7000, ld a0, 0(s0)
        li      s0, PAGES + 0x8000
        sd      a0, 0(s0)
# MXR.
        li      s0, PAGES + 0x1000
        li      t0, 0x80000
        csrs    sstatus, t0
        lw      a0, 0(s0)
        csrc    sstatus, t0
        FAULTS  13, PAGES + 0x1000, lw a0, 0(s0)
# SUM: data of U pages, never their code.
        li      s0, PAGES + 0x3000
        FAULTS  13, PAGES + 0x3000, ld a0, 0(s0)
        li      t0, 0x40000
        csrs    sstatus, t0
        ld      a0, 0(s0)
        sd      a0, 0(s0)
        CALL_FAULTS 12, PAGES + 0x4000, PAGES + 0x4000
        li      t0, 0x40000
        csrc    sstatus, t0
        FAULTS  15, PAGES + 0x3000, sd a0, 0(s0)
# U mode runs U pages, and only these.
        li      t0, PAGES + 0x4000
        csrw    sepc, t0
        li      t0, 0x100
        csrc    sstatus, t0
        la      s11, 2f
        li      s7, -1
        li      ra, 0x80000000
        sret
2:      li      gp, 510
        li      t6, 12
        bne     s7, t6, fail
        li      t6, 0x80000000
        bne     s10, t6, fail
        EXPECT  a0, 77
# Not canonical; nothing in the root.
        li      s0, 0x0000004000000000
        FAULTS  13, 0x0000004000000000, ld a0, 0(s0)
        li      s0, 0xc0000000
        FAULTS  13, 0xc0000000, ld a0, 0(s0)
        CALL_FAULTS 12, 0xc0000000, 0xc0000000
        CALL_FAULTS 12, 0x4000000000, 0x4000000000
# 2 MiB page: 0x40200000 is 0x80000000; the next one is misaligned.
        li      s0, SUPER
        la      t0, data
        li      t1, 0x80000000
        sub     t0, t0, t1
        add     t0, t0, s0
        ld      a0, 0(t0)
        li      gp, 520
        li      t1, 0x1122334455667788
        bne     a0, t1, fail
        li      s0, SUPER + 0x200000
        FAULTS  13, SUPER + 0x200000, ld a0, 0(s0)
# The misaligned access that crosses to a page without entry: stval is the second page.
        li      s0, PAGES + 0x9ffc
        lw      a0, 0(s0)
        FAULTS  13, PAGES + 0xa000, ld a0, 0(s0)
        li      s0, PAGES + 0x6ffd
        FAULTS  13, PAGES + 0x7000, lw a0, 0(s0)
# An instruction on two pages; then with another second page; then without one.
        CALL    PAGES + 0x5ffc, 0x111
        MAP     table0, 6, head2, V | R | X | A
        sfence.vma
        CALL    PAGES + 0x5ffc, 0x222
        FLAGS   table0, 6, V | R | A
        CALL_FAULTS 12, PAGES + 0x5ffc, PAGES + 0x6000
        FLAGS   table0, 6, V | R | X | A
        CALL    PAGES + 0x5ffc, 0x222
# Remapping code: seen after sfence.vma, by calls and by direct jumps across pages.
        CALL    PAGES + 0x9000, 77
        MAP     table0, 9, code2, V | R | X | A
        sfence.vma
        CALL    PAGES + 0x9000, 88
        FLAGS   table0, 9, V | R | A
        CALL_FAULTS 12, PAGES + 0x9000, PAGES + 0x9000
        li      s2, 3
3:      MAP     table0, 5, jumper, V | R | X | A
        MAP     table0, 6, code, V | R | X | A
        sfence.vma
        CALL    PAGES + 0x5000, 77
        MAP     table0, 6, code2, V | R | X | A
        sfence.vma
        CALL    PAGES + 0x5000, 88
        addi    s2, s2, -1
        bnez    s2, 3b
# Code written through an alias.
        MAP     table0, 9, code, V | R | W | X | A | D
        MAP     table0, 8, code, V | R | W | A | D
        sfence.vma
        CALL    PAGES + 0x9000, 77
        li      s0, PAGES + 0x8000
        lw      s3, 0(s0)
        la      t0, other
        lw      t0, 0(t0)
        sw      t0, 0(s0)
        fence.i
        CALL    PAGES + 0x9000, 99
        sw      s3, 0(s0)
        fence.i
        CALL    PAGES + 0x9000, 77
# Another root, without the small pages, and back.
        la      t0, root_mode
        ld      t0, 0(t0)
        la      t1, spare
        la      t2, table2
        ld      t3, 16(t2)
        sd      t3, 16(t1)
        srli    t1, t1, 12
        or      t0, t0, t1
        csrw    satp, t0
        li      s0, PAGES
        FAULTS  13, PAGES, ld a0, 0(s0)
        CALL_FAULTS 12, PAGES + 0x9000, PAGES + 0x9000
        csrw    satp, s8
        ld      a0, 0(s0)
        CALL    PAGES + 0x9000, 77
# The walk meets empty space: an access fault by the specification, a page fault in QEMU 7.2.
#ifndef ON_QEMU
        la      t1, table1
        li      t0, (0x40000000 >> 12 << 10) | V
        sd      t0, 24(t1)
        sfence.vma
        li      s0, PAGES + 0x600000
        FAULTS  5, PAGES + 0x600000, ld a0, 0(s0)
        FAULTS  7, PAGES + 0x600000, sd a0, 0(s0)
        CALL_FAULTS 1, PAGES + 0x600000, PAGES + 0x600000
#endif
# M mode: no translation; MPRV with MPP = S translates data, not code.
        ecall
        la      t0, table0
        srli    t0, t0, 2
        ori     t0, t0, 511
        csrw    pmpaddr0, t0
        li      t0, 0x18
        csrw    pmpcfg0, t0
        li      t0, MPP
        csrc    mstatus, t0
        li      t0, MPP_S | 0x20000
        csrs    mstatus, t0
        li      s0, PAGES
        li      s4, -1
        ld      a0, 0(s0)
        EXPECT  s4, 5
        li      t0, 0x20000
        csrs    mstatus, t0
        csrwi   pmpcfg0, 0
        li      t0, MPP_S | 0x20000
        csrs    mstatus, t0
        ld      a0, 0(s0)
        li      gp, 530
        li      t1, 0x1122334455667788
        li      t0, 0x20000
        csrc    mstatus, t0
        bne     a0, t1, fail
#ifndef ON_QEMU                         /* it has PCI there */
        li      s4, -1
        ld      a0, 0(s0)
        EXPECT  s4, 5
#endif
        FINISH
# s7 = scause, s10 = stval, s9 = sepc. A fetch fault goes on at s11, others behind the instruction.
        .align  2
handler:
        csrr    s7, scause
        csrr    s10, stval
        csrr    s9, sepc
        li      t6, 12
        mv      t5, s11
        beq     s7, t6, 1f
        li      t6, 1
        beq     s7, t6, 1f
        addi    t5, s9, 4
1:      csrw    sepc, t5
        li      t6, 0x100
        csrs    sstatus, t6
        sret
# s4 = mcause; back to M mode, behind the instruction of 4 bytes (ecall) or 2.
        .align  2
machine_handler:
        csrr    s4, mcause
        csrr    t6, mepc
        lhu     t5, 0(t6)
        andi    t5, t5, 3
        addi    t5, t5, -3
        addi    t6, t6, 2
        bnez    t5, 1f
        addi    t6, t6, 2
1:      csrw    mepc, t6
        li      t6, MPP
        csrs    mstatus, t6
        mret
        .data
        .align  3
root_mode: .dword 8 << 60
        .option norvc
other:  li      a0, 99
        .align  12
data:   .dword  0x1122334455667788
        .zero   4088
code:   li      a0, 77
        ret
        .align  12
code2:  li      a0, 88
        ret
        .align  12
jumper: j       jumper + 4096
        .align  12
# Ends with the first half of "addi a0, a0, 0x111"; the second half starts the next page.
tail:   .zero   4092
        .option rvc
        c.li    a0, 0
        .half   0x0513
        .align  12
head:   .half   0x1115
        .option norvc
        ret
        .align  12
head2:  .half   0x2225
        ret
        .align  12
table2: .zero   4096
table1: .zero   4096
table0: .zero   4096
spare:  .zero   4096
