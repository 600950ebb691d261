"""Writes a self-checking program for the computational instructions of F and D on RV32 or RV64.

Expected values and flags come from exact fractions (float_reference.py), not from the hart. Each row runs with a
dynamic rounding mode, with clear flags and with the inexact flag up, and in its mode written into the instruction.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable

import float_reference as ref
from float_reference import DOUBLE, SINGLE, Format

XLEN = int(sys.argv[1])
MASK64 = (1 << 64) - 1
MODES = ("rne", "rtz", "rdn", "rup", "rmm")
RANDOM = random.Random(754)
BOX = 0xFFFFFFFF << 32


def corners(f: Format) -> list[int]:
    one = f.largest_exponent * f.hidden
    positive = [0, 1, f.hidden - 1, f.hidden, f.hidden + 1, one, one + 1, one - 1, one + f.hidden // 2, one + f.hidden]
    positive += [one - f.hidden, one - f.hidden + 1, one + 31 * f.hidden, one + 32 * f.hidden, one + 63 * f.hidden]
    positive += [one + 64 * f.hidden, one + 31 * f.hidden - 1, one + 63 * f.hidden - 1]
    positive += [f.infinity - 1, f.infinity, f.nan, f.infinity + 1, f.nan + 5]
    return positive + [p | f.sign_bit for p in positive]


def any_number(f: Format) -> int:
    one = f.largest_exponent * f.hidden
    kind = RANDOM.randrange(6)
    if kind == 0:
        return RANDOM.choice(corners(f))
    if kind == 1:
        return RANDOM.getrandbits(f.bits)
    if kind == 2:  # small integers and halves
        return ref.rounded(f, ref.Fraction(RANDOM.randrange(-4096, 4096), 2), ref.RNE)[0]
    if kind == 3:  # near the smallest normal number
        return RANDOM.getrandbits(1) * f.sign_bit | (RANDOM.randrange(3 * f.hidden))
    spread = 3 if kind == 4 else f.precision
    exponent = RANDOM.randrange(-spread, spread + 1) * f.hidden
    return RANDOM.getrandbits(1) * f.sign_bit | (one + exponent + RANDOM.randrange(f.hidden))


def boxed(f: Format, value: int) -> int:
    return value | BOX if f is SINGLE else value


def operand(f: Format) -> tuple[int, int]:
    """Value and register; now and then a single that is not boxed, which reads as a NaN."""
    value = any_number(f)
    if f is SINGLE and RANDOM.randrange(40) == 0:
        return f.nan, value | RANDOM.getrandbits(31) << 32
    return value, boxed(f, value)


Row = tuple[int, int, int, int, int, int]  # three operands, result, flags, mode
tables: list[str] = []
checks = 0


def emit(name: str, syntax: str, rows: Iterable[Row], to_integer: bool, static: bool) -> None:
    """`syntax` has the operands; fa3 or a3 takes the result."""
    global checks
    checks += 1
    rows = sorted(rows, key=lambda row: row[5])
    result = (
        "        mv a4, a3\n        LX a5, 24(s0)\n        bne a4, a5, fail_here"
        if to_integer
        else """        fsd fa3, 0(s3)
        lw a4, 0(s3)
        lw a5, 24(s0)
        bne a4, a5, fail_here
        lw a4, 4(s3)
        lw a5, 28(s0)
        bne a4, a5, fail_here"""
    )
    loads = """        fld fa0, 0(s0)
        fld fa1, 8(s0)
        fld fa2, 16(s0)
        LX a0, 0(s0)
        lw s2, 32(s0)
        lw s4, 36(s0)"""
    print(f"""
        li gp, {checks}
        la s0, table_{checks}
        li s1, {len(rows)}
1:{loads[7:]}
        csrw fcsr, s2
        {name} {syntax}
        csrr a2, fflags
        bne a2, s4, fail_here
{result}
        ori s2, s2, 1
        csrw fcsr, s2
        {name} {syntax}
        csrr a2, fflags
        ori s4, s4, 1
        bne a2, s4, fail_here
{result}
        addi s0, s0, 40
        addi s1, s1, -1
        bnez s1, 1b""")
    for mode, mode_name in enumerate(MODES if static else ()):
        count = sum(row[5] == mode for row in rows)
        if count == 0:
            continue
        first = next(i for i, row in enumerate(rows) if row[5] == mode)
        print(f"""
        la s0, table_{checks} + {40 * first}
        li s1, {count}
        li s5, {((mode + 1) % 5) << 5}
1:{loads[7:]}
        csrw fcsr, s5
        {name} {syntax}, {mode_name}
        csrr a2, fflags
        bne a2, s4, fail_here
{result}
        csrsi fflags, 1
        {name} {syntax}, {mode_name}
{result}
        addi s0, s0, 40
        addi s1, s1, -1
        bnez s1, 1b""")
    lines = [
        f"        .dword {a:#x}, {b:#x}, {c:#x}, {r & MASK64:#x}\n        .word {mode << 5}, {flags}"
        for a, b, c, r, flags, mode in rows
    ]
    tables.append(f"table_{checks}:\n" + "\n".join(lines))


def rows_of(f: Format, count: int, operands: int, function: Callable[..., tuple[int, int]], box: bool) -> list[Row]:
    rows = []
    for mode in range(5):
        for _ in range(count):
            chosen = [operand(f) for _ in range(operands)]
            result, flags = function(*[value for value, _ in chosen], mode)
            registers = [register for _, register in chosen] + [0, 0]
            rows.append((*registers[:3], boxed(f, result) if box else result, flags, mode))
    return rows


def cancelling(f: Format, count: int, sign_of_product: int, sign_of_addend: int) -> list[Row]:
    """Fused operations whose addend nearly cancels the product."""
    rows = []
    for mode in range(5):
        for _ in range(count):
            one = f.largest_exponent * f.hidden
            a, b = (one + RANDOM.randrange(-8 * f.hidden, 8 * f.hidden) for _ in range(2))
            product, _ = ref.mul(f, a, b, ref.RNE)
            c = product ^ f.sign_bit ^ RANDOM.choice((0, 0, 1, 2))
            if sign_of_product != sign_of_addend:
                c ^= f.sign_bit
            result, flags = fused_with_signs(f, sign_of_product, sign_of_addend)(a, b, c, mode)
            rows.append((boxed(f, a), boxed(f, b), boxed(f, c), boxed(f, result), flags, mode))
    return rows


def fused_with_signs(f: Format, product: int, addend: int) -> Callable[[int, int, int, int], tuple[int, int]]:
    def function(a: int, b: int, c: int, mode: int) -> tuple[int, int]:
        return ref.fused(f, a ^ product * f.sign_bit, b, c ^ addend * f.sign_bit, mode)

    return function


def integer_rows(f: Format, bits: int, signed: bool, count: int) -> list[Row]:
    rows = []
    limits = [0, 1, -1, 2, 1 << 24, (1 << 24) + 1, (1 << 53) + 1, 1 << 31, (1 << 31) - 1, -(1 << 31), (1 << 63) - 1]
    limits += [-(1 << 63), (1 << 64) - 1, (1 << 54) + 2, (1 << 54) + 6, (1 << 25) + 2, (1 << 25) + 6, (1 << 62) + 1]
    for mode in range(5):
        for k in range(count + len(limits)):
            x = limits[k] if k < len(limits) else RANDOM.getrandbits(64) >> RANDOM.randrange(64)
            low = x & ((1 << bits) - 1)
            value = low - (1 << bits) if signed and low >> (bits - 1) else low
            result, flags = ref.rounded(f, ref.Fraction(value), mode)
            rows.append((x & MASK64, 0, 0, boxed(f, result), flags, mode))
    return rows


def sign_injection(f: Format, kind: str) -> Callable[[int, int, int], tuple[int, int]]:
    def function(a: int, b: int, _: int) -> tuple[int, int]:
        sign = {"": b, "n": ~b, "x": a ^ b}[kind] & f.sign_bit
        return (a & ~f.sign_bit) | sign, 0

    return function


def signed_bits(value: int, bits: int) -> int:
    """The register after a result of `bits` bits, which is sign-extended even when it is unsigned."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def write_format(f: Format, s: str, count: int) -> None:
    two, three = "fa3, fa0, fa1", "fa3, fa0, fa1, fa2"
    for name, function in (
        ("add", lambda a, b, m: ref.add(f, a, b, m)),
        ("sub", lambda a, b, m: ref.add(f, a, b if f.is_nan(b) else b ^ f.sign_bit, m)),
        ("mul", lambda a, b, m: ref.mul(f, a, b, m)),
        ("div", lambda a, b, m: ref.div(f, a, b, m)),
    ):
        emit(f"f{name}.{s}", two, rows_of(f, count, 2, function, True), False, True)
    emit(f"fsqrt.{s}", "fa3, fa0", rows_of(f, count, 1, lambda a, m: ref.sqrt(f, a, m), True), False, True)
    for name, product, addend in (("madd", 0, 0), ("msub", 0, 1), ("nmsub", 1, 0), ("nmadd", 1, 1)):
        rows = rows_of(f, count, 3, fused_with_signs(f, product, addend), True)
        emit(f"f{name}.{s}", three, rows + cancelling(f, count // 2, product, addend), False, True)
    for kind in ("", "n", "x"):
        emit(f"fsgnj{kind}.{s}", two, rows_of(f, count // 4, 2, sign_injection(f, kind), True), False, False)
    for name, largest in (("min", False), ("max", True)):
        rows = rows_of(f, count, 2, lambda a, b, _, largest=largest: ref.extreme(f, a, b, largest), True)
        emit(f"f{name}.{s}", two, rows, False, False)
    for relation in ("eq", "lt", "le"):
        rows = rows_of(f, count, 2, lambda a, b, _, relation=relation: ref.compare(f, a, b, relation), False)
        emit(f"f{relation}.{s}", "a3, fa0, fa1", rows, True, False)
    rows = rows_of(f, count // 2, 1, lambda a, _: ref.classify(f, a), False)
    emit(f"fclass.{s}", "a3, fa0", rows, True, False)
    for suffix, bits, signed in (("w", 32, True), ("wu", 32, False), ("l", 64, True), ("lu", 64, False)):
        if bits > XLEN:
            continue

        def to_integer(a: int, mode: int, bits: int = bits, signed: bool = signed) -> tuple[int, int]:
            value, flags = ref.to_integer(f, a, bits, signed, mode)
            return signed_bits(value, bits), flags

        emit(f"fcvt.{suffix}.{s}", "a3, fa0", rows_of(f, 2 * count, 1, to_integer, False), True, True)
        exact = f is DOUBLE and bits == 32
        emit(f"fcvt.{s}.{suffix}", "fa3, a0", integer_rows(f, bits, signed, count // 3), False, not exact)


def main() -> None:
    print('#include "check.inc"\n        BEGIN')
    print(f"        li t0, {3 << 13}\n        csrs mstatus, t0\n        la s3, scratch")
    count = 60
    write_format(SINGLE, "s", count)
    write_format(DOUBLE, "d", count)
    narrow = [
        (a, 0, 0, r | BOX, flags, m)
        for a, _, _, r, flags, m in rows_of(DOUBLE, 2 * count, 1, lambda a, m: ref.convert(DOUBLE, SINGLE, a, m), False)
    ]
    emit("fcvt.s.d", "fa3, fa0", narrow, False, True)
    widen = rows_of(SINGLE, count, 1, lambda a, m: ref.convert(SINGLE, DOUBLE, a, m), False)
    emit("fcvt.d.s", "fa3, fa0", widen, False, False)
    print("        j good\nfail_here: j fail\ngood:   FINISH\n        .data\n        .align 3\nscratch: .dword 0")
    print("\n".join(tables))


main()
