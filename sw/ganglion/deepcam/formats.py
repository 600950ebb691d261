"""Integer formats of the DeepCAM array: random projection, norms as minifloats, cosine table.

Models: C = T[byte of Philox], unsigned E4M3 norms, Q1.14 cosines. Leaves out: device noise.
Source: fact sheet "DeepCAM array", integer formats (a reconstruction: the paper does not give them); the mapping of
Philox words to cells is that of ip/deepcam/model/projection.h. Written from the fact sheet, apart from the C++ model.
Checked against: vectors of Random123, exact fractions, the C++ model by a test of the build. Error bound: none.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from ganglion.layer_hash import NORM_LARGEST, NORM_SHIFT_MAX

DOMAIN = 0x4D414344  # "DCAM", fourth counter word
COSINE_ONE = 1 << 14
CHORDS = 8  # of the piecewise linear cosine, from 0 to 90 degrees

IntArray = npt.NDArray[np.int64]
_MASK = np.uint64(0xFFFFFFFF)


@lru_cache(maxsize=1)
def normal_table() -> npt.NDArray[np.int8]:
    """T[i] = round(32 * Phi^-1((i + 1/2) / 256)): the normal distribution in 256 equally likely steps."""
    inverse = NormalDist().inv_cdf
    return np.array([round(32 * inverse((i + 0.5) / 256)) for i in range(256)], np.int8)


def philox(counter: tuple[npt.ArrayLike, ...], key: tuple[int, int]) -> list[npt.NDArray[np.uint32]]:
    """Philox4x32-10 (Salmon et al., SC 2011): four words a counter; the four counter words broadcast."""
    c = [np.asarray(word, np.uint64) for word in np.broadcast_arrays(*counter)]
    k = [key[0] & 0xFFFFFFFF, key[1] & 0xFFFFFFFF]
    for _ in range(10):
        product0, product1 = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [
            (product1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k[0]),
            product1 & _MASK,
            (product0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k[1]),
            product0 & _MASK,
        ]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return [word.astype(np.uint32) for word in c]


@lru_cache(maxsize=64)
def projection(seed: int, layer: int, inputs: int, bits: int) -> npt.NDArray[np.int8]:
    """C [inputs, bits] of a layer; `bits` is a multiple of 16. Cell (row, column) does not depend on the sizes.

    Byte column % 16, lowest byte of the first word first, of Philox(counter = {column / 16, row, layer, DOMAIN},
    key = {low, high half of seed}). Read-only.
    """
    if bits % 16:
        raise ValueError(f"projection: {bits} columns, expected a multiple of 16")
    group = np.arange(bits // 16)[None, :]
    row = np.arange(inputs)[:, None]
    words = philox((group, row, np.uint64(layer), np.uint64(DOMAIN)), (seed, seed >> 32))
    octets = np.stack(words, axis=-1).astype("<u4").view(np.uint8).reshape(inputs, bits)
    cells = normal_table()[octets]
    cells.setflags(write=False)
    return cells


def norm_mantissa(code: npt.ArrayLike) -> IntArray:
    """Mantissa with its hidden bit: the norm is mantissa * 2^exponent in units of 2^-9."""
    codes = np.asarray(code, np.int64)
    return np.where(codes < 8, codes, 8 + codes % 8)


def norm_exponent(code: npt.ArrayLike) -> IntArray:
    """Exponent over the subnormals' 2^-9."""
    return np.maximum(np.asarray(code, np.int64) // 8 - 1, 0)


def norm_value(code: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Real value of a code, 0..448."""
    return norm_mantissa(code) * 2.0 ** (norm_exponent(code) - 9)


@lru_cache(maxsize=NORM_SHIFT_MAX + 1)
def _thresholds(shift: int) -> IntArray:
    """Smallest sum of squares that rounds above code c, for c = 0..NORM_LARGEST (the last one saturates)."""
    units = [int(norm_mantissa(c)) << int(norm_exponent(c)) for c in range(NORM_LARGEST + 2)]
    smallest = []
    for code in range(NORM_LARGEST + 1):
        # sqrt(S) / 2^shift > (u_c + u_(c+1)) / 2^10; at a tie the even code wins, so an odd c is left
        numerator, denominator = (units[code] + units[code + 1]) ** 2 << 2 * shift, 1 << 20
        exact, rest = divmod(numerator, denominator)
        smallest.append(exact if rest == 0 and code % 2 == 1 else exact + 1)
    return np.array(smallest, np.int64)


def encode_norm(sum_of_squares: npt.ArrayLike, shift: int) -> tuple[IntArray, int]:
    """Codes of sqrt(S) / 2^shift, to nearest, ties to even, saturating at 448; and how many saturated."""
    if not 0 <= shift <= NORM_SHIFT_MAX:
        raise ValueError(f"encode_norm: shift {shift}, expected 0..{NORM_SHIFT_MAX}")
    codes = np.searchsorted(_thresholds(shift), np.asarray(sum_of_squares, np.int64), side="right")
    return np.minimum(codes, NORM_LARGEST), int(np.count_nonzero(codes > NORM_LARGEST))


def _cosine(distance: int, bits: int) -> int:
    return 0 if 2 * distance == bits else math.floor(COSINE_ONE * math.cos(math.pi * distance / bits) + 0.5)


@lru_cache(maxsize=64)
def cosine_table(bits: int, piecewise_linear: bool = False) -> IntArray:
    """COS[h], h = 0..bits, in Q1.14: 2^14 cos(pi h / bits), COS[bits-h] = -COS[h]. Read-only.

    Piecewise linear: CHORDS chords to 90 degrees through values B_i of the table, L = bits / 16 apart, with slopes
    S_i = round half up of (B_(i+1) - B_i) * 2^8 / L: B_i + ((S_i * (h - i*L) + 2^7) >> 8).
    """
    values = np.zeros(bits + 1, np.int64)
    length = bits // (2 * CHORDS)
    for h in range(bits // 2 + 1):
        if piecewise_linear:
            i, rest = divmod(h, length)
            base = _cosine(i * length, bits)
            rise = _cosine((i + 1) * length, bits) - base
            slope = (2 * 256 * rise + length) // (2 * length)
            values[h] = base + ((slope * rest + 128) >> 8)
        else:
            values[h] = _cosine(h, bits)
        values[bits - h] = -values[h]
    values.setflags(write=False)
    return values
