"""IEEE 754 arithmetic on exact fractions, for the expected values of the floating-point programs.

Source: IEEE 754-2008, clauses 4 to 7, and what RISC-V adds to it (Volume I, chapters 11 and 12): canonical NaNs,
tininess after rounding, conversions that saturate.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

NX, UF, OF, DZ, NV = 1, 2, 4, 8, 16
RNE, RTZ, RDN, RUP, RMM = range(5)


@dataclass(frozen=True)
class Format:
    bits: int
    precision: int
    largest_exponent: int

    @property
    def least_exponent(self) -> int:
        return 1 - self.largest_exponent

    @property
    def sign_bit(self) -> int:
        return 1 << (self.bits - 1)

    @property
    def hidden(self) -> int:
        return 1 << (self.precision - 1)

    @property
    def infinity(self) -> int:
        return self.sign_bit - self.hidden

    @property
    def nan(self) -> int:
        return self.infinity | self.hidden >> 1

    def is_nan(self, a: int) -> bool:
        return a & (self.sign_bit - 1) > self.infinity

    def is_signaling(self, a: int) -> bool:
        return self.is_nan(a) and not a & self.hidden >> 1

    def is_infinite(self, a: int) -> bool:
        return a & (self.sign_bit - 1) == self.infinity

    def negative(self, a: int) -> bool:
        return bool(a & self.sign_bit)

    def value(self, a: int) -> Fraction:
        magnitude = a & (self.sign_bit - 1)
        exponent, mantissa = magnitude // self.hidden, magnitude % self.hidden
        if exponent:
            mantissa += self.hidden
        power = max(exponent, 1) - self.largest_exponent - self.precision + 1
        result = mantissa * Fraction(2) ** power
        return -result if self.negative(a) else result


SINGLE = Format(32, 24, 127)
DOUBLE = Format(64, 53, 1023)


def round_to_integer(value: Fraction, negative: bool, mode: int) -> int:
    """Of a magnitude."""
    below = value.numerator // value.denominator
    rest = value - below
    half = Fraction(1, 2)
    up = {
        RNE: rest > half or (rest == half and below % 2 == 1),
        RTZ: False,
        RDN: negative and rest > 0,
        RUP: not negative and rest > 0,
        RMM: rest >= half,
    }[mode]
    return below + up


def floor_log2(value: Fraction) -> int:
    guess = value.numerator.bit_length() - value.denominator.bit_length()
    return guess if Fraction(2) ** guess <= value else guess - 1


def rounded(f: Format, value: Fraction, mode: int, zero_negative: bool = False) -> tuple[int, int]:
    """Bits and flags of `value`; `zero_negative` is the sign of an exact zero."""
    if value == 0:
        return (f.sign_bit if zero_negative else 0), 0
    negative, magnitude = value < 0, abs(value)
    sign = f.sign_bit if negative else 0

    def at(exponent: int) -> tuple[Fraction, bool]:
        quantum = Fraction(2) ** (exponent - f.precision + 1)
        result = round_to_integer(magnitude / quantum, negative, mode) * quantum
        return result, result != magnitude

    exponent = floor_log2(magnitude)
    unbounded, _ = at(exponent)
    result, inexact = at(max(exponent, f.least_exponent))
    flags = NX if inexact else 0
    if inexact and unbounded < Fraction(2) ** f.least_exponent:
        flags |= UF
    if result >= Fraction(2) ** (f.largest_exponent + 1):
        to_infinity = mode in (RNE, RMM) or (mode == RUP and not negative) or (mode == RDN and negative)
        return sign | (f.infinity if to_infinity else f.infinity - 1), OF | NX
    if result < Fraction(2) ** f.least_exponent:
        return sign | int(result / Fraction(2) ** (f.least_exponent - f.precision + 1)), flags
    exponent = floor_log2(result)
    mantissa = int(result / Fraction(2) ** (exponent - f.precision + 1)) - f.hidden
    return sign | (exponent + f.largest_exponent) * f.hidden + mantissa, flags


def sum_of(f: Format, x: Fraction, y: Fraction, signs: tuple[bool, bool], mode: int) -> tuple[int, int]:
    zero_negative = signs[0] if signs[0] == signs[1] else mode == RDN
    return rounded(f, x + y, mode, zero_negative)


def fused(f: Format, a: int, b: int, c: int, mode: int) -> tuple[int, int]:
    zero, infinite = 0 in (a & ~f.sign_bit, b & ~f.sign_bit), f.is_infinite(a) or f.is_infinite(b)
    if any(map(f.is_nan, (a, b, c))) or (zero and infinite):
        return f.nan, NV if any(map(f.is_signaling, (a, b, c))) or (zero and infinite) else 0
    negative = f.negative(a) != f.negative(b)
    if infinite:
        if f.is_infinite(c) and f.negative(c) != negative:
            return f.nan, NV
        return f.infinity | (f.sign_bit if negative else 0), 0
    if f.is_infinite(c):
        return c, 0
    return sum_of(f, f.value(a) * f.value(b), f.value(c), (negative, f.negative(c)), mode)


def add(f: Format, a: int, b: int, mode: int) -> tuple[int, int]:
    if f.is_nan(a) or f.is_nan(b):
        return f.nan, NV if f.is_signaling(a) or f.is_signaling(b) else 0
    if f.is_infinite(a):
        return (f.nan, NV) if f.is_infinite(b) and a != b else (a, 0)
    if f.is_infinite(b):
        return b, 0
    return sum_of(f, f.value(a), f.value(b), (f.negative(a), f.negative(b)), mode)


def mul(f: Format, a: int, b: int, mode: int) -> tuple[int, int]:
    zero_of_product = f.sign_bit if f.negative(a) != f.negative(b) else 0
    return fused(f, a, b, zero_of_product, mode)  # adding a zero of the product's own sign changes nothing


def div(f: Format, a: int, b: int, mode: int) -> tuple[int, int]:
    if f.is_nan(a) or f.is_nan(b):
        return f.nan, NV if f.is_signaling(a) or f.is_signaling(b) else 0
    negative = f.negative(a) != f.negative(b)
    sign = f.sign_bit if negative else 0
    if f.is_infinite(a):
        return (f.nan, NV) if f.is_infinite(b) else (sign | f.infinity, 0)
    if f.is_infinite(b):
        return sign, 0
    if f.value(b) == 0:
        return (f.nan, NV) if f.value(a) == 0 else (sign | f.infinity, DZ)
    return rounded(f, f.value(a) / f.value(b), mode, negative)


def sqrt(f: Format, a: int, mode: int) -> tuple[int, int]:
    if f.is_nan(a):
        return f.nan, NV if f.is_signaling(a) else 0
    if f.value(a) == 0 and not f.is_infinite(a):
        return a, 0
    if f.negative(a):
        return f.nan, NV
    if f.is_infinite(a):
        return a, 0
    scale = 1 << 1400  # a square root in 700 bits below the point; a rest beyond that can be anything above 0
    square = f.value(a) * scale
    root = isqrt(int(square))
    exact = root * root == square
    return rounded(f, Fraction(2 * root + (not exact), 2) / (1 << 700), mode)


def compare(f: Format, a: int, b: int, relation: str) -> tuple[int, int]:
    if f.is_nan(a) or f.is_nan(b):
        invalid = relation != "eq" or f.is_signaling(a) or f.is_signaling(b)
        return 0, NV if invalid else 0
    x, y = number(f, a), number(f, b)
    return int({"eq": x == y, "lt": x < y, "le": x <= y}[relation]), 0


def number(f: Format, a: int) -> Fraction:
    """Infinity stands beyond every other value."""
    if f.is_infinite(a):
        return Fraction(-1 if f.negative(a) else 1) * 2 ** (f.largest_exponent + 1)
    return f.value(a)


def extreme(f: Format, a: int, b: int, largest: bool) -> tuple[int, int]:
    flags = NV if f.is_signaling(a) or f.is_signaling(b) else 0
    if f.is_nan(a):
        return (f.nan if f.is_nan(b) else b), flags
    if f.is_nan(b):
        return a, flags

    def order(x: int) -> tuple[Fraction, bool]:
        return number(f, x), not f.negative(x)

    return (max if largest else min)(a, b, key=order), flags


def classify(f: Format, a: int) -> tuple[int, int]:
    negative = f.negative(a)
    if f.is_nan(a):
        return 1 << (8 if f.is_signaling(a) else 9), 0
    if f.is_infinite(a):
        return 1 << (0 if negative else 7), 0
    magnitude = abs(f.value(a))
    if magnitude == 0:
        return 1 << (3 if negative else 4), 0
    if magnitude < Fraction(2) ** f.least_exponent:
        return 1 << (2 if negative else 5), 0
    return 1 << (1 if negative else 6), 0


def to_integer(f: Format, a: int, bits: int, signed: bool, mode: int) -> tuple[int, int]:
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    if f.is_nan(a):
        return high, NV
    if f.is_infinite(a):
        return (low if f.negative(a) else high), NV
    value = f.value(a)
    magnitude = round_to_integer(abs(value), value < 0, mode)
    result = -magnitude if value < 0 else magnitude
    if not low <= result <= high:
        return (low if result < low else high), NV
    return result, 0 if result == value else NX


def convert(source: Format, target: Format, a: int, mode: int) -> tuple[int, int]:
    if source.is_nan(a):
        return target.nan, NV if source.is_signaling(a) else 0
    if source.is_infinite(a):
        return target.infinity | (target.sign_bit if source.negative(a) else 0), 0
    return rounded(target, source.value(a), mode, source.negative(a))
