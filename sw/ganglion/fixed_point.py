"""Fixed-point numbers of Ganglion, NumPy side (architecture.md 4b).

Models: requantisation and saturation exactly as `platform/base/fixed_point.h` and the firmware's header do.
Checked against: the shared vectors of `ganglion.vectors`. Error bound: none, bit exact.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

MULT_BITS = 31
MULT_MAX = (1 << MULT_BITS) - 1
SHIFT_MIN = 1
SHIFT_MAX = 62
INT32_MIN = -(1 << 31)
INT32_MAX = (1 << 31) - 1

IntArray = npt.NDArray[np.int64]


def saturate(value: npt.ArrayLike, bits: int) -> IntArray:
    """Clamps to the two's complement range of `bits` bits (1..63)."""
    if not 1 <= bits <= 63:
        raise ValueError(f"saturate: {bits} bits, expected 1..63")
    rail = np.int64(1) << np.int64(bits - 1)
    return np.clip(np.asarray(value, dtype=np.int64), -rail, rail - 1)


def requantise(acc: npt.ArrayLike, mult: npt.ArrayLike, shift: npt.ArrayLike, lo: int, hi: int) -> IntArray:
    """y = clamp((int64(acc)*M + (1 << (s-1))) >> s, lo, hi), arithmetic shift, element by element.

    `acc` is the accumulator with its bias, in int32 range; `mult` is M in 0..2^31-1; `shift` is s in 1..62. The three
    broadcast: shape M and s as [out_c, 1, 1] for maps [out_c, h, w]. Ties round towards plus infinity.
    """
    acc64 = np.asarray(acc, dtype=np.int64)
    mult64 = np.asarray(mult, dtype=np.int64)
    shift64 = np.asarray(shift, dtype=np.int64)
    if acc64.size and (acc64.min() < INT32_MIN or acc64.max() > INT32_MAX):
        raise ValueError("requantise: accumulator outside int32")
    if mult64.min() < 0 or mult64.max() > MULT_MAX:
        raise ValueError(f"requantise: multiplier outside 0..{MULT_MAX}")
    if shift64.min() < SHIFT_MIN or shift64.max() > SHIFT_MAX:
        raise ValueError(f"requantise: shift outside {SHIFT_MIN}..{SHIFT_MAX}")
    half = np.int64(1) << (shift64 - 1)
    return np.clip((acc64 * mult64 + half) >> shift64, lo, hi)


def derive_multiplier(real: float) -> tuple[int, int]:
    """The pair (M, s) with M / 2^s closest to `real`, M as wide as 31 bits and s in 1..62 allow.

    Relative error at most 2^-31 for real in [2^-32, 2^30); a smaller `real` keeps s = 62 and loses digits of M.
    """
    if not (math.isfinite(real) and 0.0 <= real < 2.0**30):
        raise ValueError(f"derive_multiplier: {real} is outside [0, 2^30)")
    if real == 0.0:
        return 0, SHIFT_MIN
    shift = min(SHIFT_MAX, MULT_BITS - math.frexp(real)[1])
    mult = round(math.ldexp(real, shift))
    if mult > MULT_MAX:  # rounding carried into bit 31
        return (MULT_MAX, shift) if shift == SHIFT_MIN else (round(math.ldexp(real, shift - 1)), shift - 1)
    return mult, shift


def derive_multipliers(reals: tuple[float, ...]) -> tuple[tuple[int, ...], int]:
    """One M a number and their common s with M / 2^s closest: as many bits as the largest number allows.

    Error of each at most 2^-31 of the largest number.
    """
    _, shift = derive_multiplier(max(reals))
    return tuple(min(MULT_MAX, round(math.ldexp(real, shift))) for real in reals), shift


def add_requantised(
    a: npt.ArrayLike, b: npt.ArrayLike, mult: tuple[int, int], shift: int, lo: int, hi: int
) -> IntArray:
    """y = clamp((a*M0 + b*M1 + (1 << (s-1))) >> s, lo, hi): both operands at the output's scale, rounded once.

    Elements of at most 16 bits; M in 0..2^31-1, s in 1..62. Rounds as `requantise` does.
    """
    total = np.asarray(a, np.int64) * int(mult[0]) + np.asarray(b, np.int64) * int(mult[1])
    return np.clip((total + (1 << (int(shift) - 1))) >> int(shift), lo, hi)


def element_range(bits: int) -> tuple[int, int]:
    """Smallest and largest N-bit two's complement element."""
    return -(1 << (bits - 1)), (1 << (bits - 1)) - 1
