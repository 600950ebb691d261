"""Writes a self-checking program for every register-register and register-immediate instruction of RV32 or RV64 with IM
Zba Zbb Zbs Zicond.

The expected values come from this file's own integer arithmetic (Volume I, chapters 2, 5 and 7; bit manipulation
1.0.0), not from the hart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

XLEN = int(sys.argv[1])
MASK = (1 << XLEN) - 1


def signed(value: int, bits: int = XLEN) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def divide(a: int, b: int) -> int:
    """Quotient rounded towards zero; -1 for a zero divisor."""
    if b == 0:
        return -1
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def remainder(a: int, b: int) -> int:
    return a if b == 0 else a - divide(a, b) * b


def word(function: Callable[[int, int], int]) -> Callable[[int, int], int]:
    """A .w instruction: operands and result are the low 32 bits, the result sign-extended."""
    return lambda a, b: signed(function(a & 0xFFFFFFFF, b & 0xFFFFFFFF), 32)


def rotate_left(value: int, distance: int, bits: int) -> int:
    return value << distance | value >> (bits - distance)


SH = XLEN - 1
REGISTER: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "sll": lambda a, b: a << (b & SH),
    "slt": lambda a, b: int(signed(a) < signed(b)),
    "sltu": lambda a, b: int(a < b),
    "xor": lambda a, b: a ^ b,
    "srl": lambda a, b: a >> (b & SH),
    "sra": lambda a, b: signed(a) >> (b & SH),
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "mul": lambda a, b: a * b,
    "mulh": lambda a, b: (signed(a) * signed(b)) >> XLEN,
    "mulhsu": lambda a, b: (signed(a) * b) >> XLEN,
    "mulhu": lambda a, b: (a * b) >> XLEN,
    "div": lambda a, b: divide(signed(a), signed(b)),
    "divu": lambda a, b: divide(a, b),
    "rem": lambda a, b: remainder(signed(a), signed(b)),
    "remu": lambda a, b: remainder(a, b),
    "sh1add": lambda a, b: (a << 1) + b,
    "sh2add": lambda a, b: (a << 2) + b,
    "sh3add": lambda a, b: (a << 3) + b,
    "andn": lambda a, b: a & ~b,
    "orn": lambda a, b: a | ~b,
    "xnor": lambda a, b: ~(a ^ b),
    "max": lambda a, b: max(signed(a), signed(b)),
    "maxu": max,
    "min": lambda a, b: min(signed(a), signed(b)),
    "minu": min,
    "rol": lambda a, b: rotate_left(a, b & SH, XLEN),
    "ror": lambda a, b: rotate_left(a, -b & SH, XLEN),
    "bclr": lambda a, b: a & ~(1 << (b & SH)),
    "bext": lambda a, b: a >> (b & SH) & 1,
    "binv": lambda a, b: a ^ 1 << (b & SH),
    "bset": lambda a, b: a | 1 << (b & SH),
    "czero.eqz": lambda a, b: 0 if b == 0 else a,
    "czero.nez": lambda a, b: 0 if b != 0 else a,
}
# What the assembler (binutils 2.40) does not know. Source: Zicond 1.0.
SPELLED = {"czero.eqz": ".insn r 0x33, 5, 7,", "czero.nez": ".insn r 0x33, 7, 7,"}
IMMEDIATE: dict[str, Callable[[int, int], int]] = {
    "addi": REGISTER["add"],
    "slti": lambda a, i: int(signed(a) < i),
    "sltiu": lambda a, i: int(a < (i & MASK)),
    "xori": lambda a, i: a ^ i,
    "ori": lambda a, i: a | i,
    "andi": lambda a, i: a & i,
}
SHIFT = {
    "slli": REGISTER["sll"],
    "srli": REGISTER["srl"],
    "srai": REGISTER["sra"],
    "rori": REGISTER["ror"],
    "bclri": REGISTER["bclr"],
    "bexti": REGISTER["bext"],
    "binvi": REGISTER["binv"],
    "bseti": REGISTER["bset"],
}
UNARY: dict[str, Callable[[int], int]] = {
    "clz": lambda a: XLEN - a.bit_length(),
    "ctz": lambda a: XLEN if a == 0 else (a & -a).bit_length() - 1,
    "cpop": lambda a: a.bit_count(),
    "sext.b": lambda a: signed(a, 8),
    "sext.h": lambda a: signed(a, 16),
    "zext.h": lambda a: a & 0xFFFF,
    "orc.b": lambda a: sum(0xFF << i for i in range(0, XLEN, 8) if a >> i & 0xFF),
    "rev8": lambda a: int.from_bytes(a.to_bytes(XLEN // 8, "little"), "big"),
}
WORD_SHIFT: dict[str, Callable[[int, int], int]] = {}
if XLEN == 64:
    REGISTER |= {
        "addw": word(lambda a, b: a + b),
        "subw": word(lambda a, b: a - b),
        "sllw": word(lambda a, b: a << (b & 31)),
        "srlw": word(lambda a, b: a >> (b & 31)),
        "sraw": word(lambda a, b: signed(a, 32) >> (b & 31)),
        "mulw": word(lambda a, b: a * b),
        "divw": word(lambda a, b: divide(signed(a, 32), signed(b, 32))),
        "divuw": word(divide),
        "remw": word(lambda a, b: remainder(signed(a, 32), signed(b, 32))),
        "remuw": word(remainder),
        "add.uw": lambda a, b: (a & 0xFFFFFFFF) + b,
        "sh1add.uw": lambda a, b: ((a & 0xFFFFFFFF) << 1) + b,
        "sh2add.uw": lambda a, b: ((a & 0xFFFFFFFF) << 2) + b,
        "sh3add.uw": lambda a, b: ((a & 0xFFFFFFFF) << 3) + b,
        "rolw": word(lambda a, b: rotate_left(a, b & 31, 32)),
        "rorw": word(lambda a, b: rotate_left(a, -b & 31, 32)),
    }
    SHIFT["slli.uw"] = lambda a, b: (a & 0xFFFFFFFF) << b
    UNARY |= {
        "clzw": lambda a: 32 - (a & 0xFFFFFFFF).bit_length(),
        "ctzw": lambda a: ((a | 1 << 32) & -(a | 1 << 32)).bit_length() - 1,
        "cpopw": lambda a: (a & 0xFFFFFFFF).bit_count(),
    }
    IMMEDIATE["addiw"] = word(lambda a, b: a + b)
    WORD_SHIFT = {
        "slliw": REGISTER["sllw"],
        "srliw": REGISTER["srlw"],
        "sraiw": REGISTER["sraw"],
        "roriw": REGISTER["rorw"],
    }

OPERANDS = sorted(
    {
        v & MASK
        for v in (
            0,
            1,
            2,
            3,
            7,
            31,
            32,
            63,
            -1,
            -2,
            -7,
            0x7FFFFFFF,
            0x80000000,
            0xFFFFFFFF,
            1 << (XLEN - 1),
            (1 << (XLEN - 1)) - 1,
            0x0123456789ABCDEF,
            0xFEDCBA9876543210,
            0x5555555555555555,
        )
    }
)
IMMEDIATES = (0, 1, -1, 5, -17, 2047, -2048)


def main() -> None:
    print('#include "check.inc"\n        BEGIN')
    tables = []
    number = 1
    for name, function in REGISTER.items():
        mnemonic = SPELLED.get(name, name)
        # Result apart from both operands, over the first, over the second; and x0 stays 0.
        print(f"""
        li gp, {number}
        la s0, table_{name}
        li s1, {len(OPERANDS) ** 2}
1:      LX a0, 0(s0)
        LX a1, XBYTES(s0)
        LX a2, (2 * XBYTES)(s0)
        {mnemonic} a3, a0, a1
        bne a3, a2, fail_here
        mv a4, a0
        {mnemonic} a4, a4, a1
        bne a4, a2, fail_here
        mv a5, a1
        {mnemonic} a5, a0, a5
        bne a5, a2, fail_here
        {mnemonic} x0, a0, a1
        bnez x0, fail_here
        addi s0, s0, 3 * XBYTES
        addi s1, s1, -1
        bnez s1, 1b""")
        rows = [f"        XWORD {a:#x}, {b:#x}, {function(a, b) & MASK:#x}" for a in OPERANDS for b in OPERANDS]
        tables.append(f"table_{name}:\n" + "\n".join(rows))
        number += 1
    immediates = [(name, function, IMMEDIATES) for name, function in IMMEDIATE.items()]
    immediates += [(name, function, (0, 1, 7, 31, XLEN - 1)) for name, function in SHIFT.items()]
    immediates += [(name, function, (0, 1, 7, 31)) for name, function in WORD_SHIFT.items()]
    for name, function, values in immediates:
        print(
            f"        li gp, {number}\n        la s0, table_{name}\n"
            f"        li s1, {len(OPERANDS)}\n1:      LX a0, 0(s0)"
        )
        for k, value in enumerate(values):
            print(f"        LX a2, {k + 1} * XBYTES(s0)\n        {name} a3, a0, {value}\n        bne a3, a2, fail_here")
            print(f"        mv a4, a0\n        {name} a4, a4, {value}\n        bne a4, a2, fail_here")
        print(f"        addi s0, s0, {len(values) + 1} * XBYTES\n        addi s1, s1, -1\n        bnez s1, 1b")
        rows = [
            "        XWORD " + ", ".join([f"{a:#x}"] + [f"{function(a, v) & MASK:#x}" for v in values])
            for a in OPERANDS
        ]
        tables.append(f"table_{name}:\n" + "\n".join(rows))
        number += 1
    for name, unary in UNARY.items():
        print(f"""
        li gp, {number}
        la s0, table_{name}
        li s1, {len(OPERANDS)}
1:      LX a0, 0(s0)
        LX a2, XBYTES(s0)
        {name} a3, a0
        bne a3, a2, fail_here
        {name} a0, a0
        bne a0, a2, fail_here
        addi s0, s0, 2 * XBYTES
        addi s1, s1, -1
        bnez s1, 1b""")
        tables.append(f"table_{name}:\n" + "\n".join(f"        XWORD {a:#x}, {unary(a) & MASK:#x}" for a in OPERANDS))
        number += 1
    print("        j good\nfail_here: j fail\ngood:   FINISH\n        .data\n        .align 3")
    print("\n".join(tables))


main()
