"""Dot products as the DeepCAM array forms them: hash, search, minifloat norms, cosine; then the common post-processing.

Models: ideal array, bit exact. Leaves out: device noise, time, energy (`ganglion.deepcam.counts`).
Source: fact sheet "DeepCAM array". Accumulator unit: 1 stands for activation 1 times weight 1, so bias and
requantisation constants of the exact integer layer serve both. Checked against: bit by bit search and Python
integers in sw/tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ganglion.deepcam import formats
from ganglion.fixed_point import INT32_MAX, INT32_MIN

IntArray = npt.NDArray[np.int64]
HASH_LENGTHS = (256, 512, 768, 1024)
NORM_SHIFT = 5  # norms of int8 vectors reach 127 * sqrt(n) < 448 * 2^5 to n = 12,000
PRODUCT_PLACES = 9 + 9 + 14  # two norms in units of 2^-9 and a cosine in Q1.14
_EXACT_TAPS = 1024  # 1024 * 128 * 92 < 2^24: a float32 sum of so many products is exact in any order


@dataclass(frozen=True)
class HashConfig:
    """How one layer is hashed: k bits, tiles of `tile` inputs (0: whole vectors), seed, its number, norm shifts."""

    bits: int = 1024
    tile: int = 0
    seed: int = 1
    layer: int = 0
    input_shift: int = NORM_SHIFT
    weight_shift: int = NORM_SHIFT
    piecewise_linear: bool = False

    @property
    def product_shift(self) -> int:
        """Binary places of a product less both norm shifts: makes the accumulator whole units."""
        return PRODUCT_PLACES - self.input_shift - self.weight_shift

    def tiles(self, inputs: int) -> list[slice]:
        """Ranges of inputs that have a hash and a norm of their own."""
        step = self.tile or inputs
        return [slice(i, min(i + step, inputs)) for i in range(0, inputs, step)]


@dataclass(frozen=True)
class Hashed:
    """Vectors as the array knows them: signs [tile][vectors, k] as +1 and -1 in float32, norm codes [tile][vectors]."""

    signs: list[npt.NDArray[np.float32]] = field(repr=False)
    codes: list[IntArray] = field(repr=False)
    saturated: int = 0


@lru_cache(maxsize=64)
def _real_projection(seed: int, layer: int, inputs: int, bits: int) -> npt.NDArray[np.float32]:
    """The projection's cells as float32, for sgemm."""
    return formats.projection(seed, layer, inputs, bits).astype(np.float32)


def column_sums(vectors: npt.NDArray, cells: npt.NDArray) -> npt.NDArray:
    """Exact sums [vectors, k] of int8 vectors times cells: float32 blocks small enough to be exact, added up."""
    x, c = np.asarray(vectors, np.float32), np.asarray(cells, np.float32)
    if x.shape[1] <= _EXACT_TAPS:
        return x @ c
    parts = (x[:, i : i + _EXACT_TAPS] @ c[i : i + _EXACT_TAPS] for i in range(0, x.shape[1], _EXACT_TAPS))
    return sum(part.astype(np.int64) for part in parts).astype(np.float64)


def _sums_of_squares(vectors: npt.NDArray) -> IntArray:
    """Exact for int8 vectors: below 2^24 in float32, below 2^53 in float64."""
    real = np.float32 if vectors.shape[1] <= _EXACT_TAPS else np.float64
    x = np.asarray(vectors, real)
    return np.einsum("ij,ij->i", x, x).astype(np.int64)


def hash_vectors(vectors: npt.NDArray, config: HashConfig, shift: int) -> Hashed:
    """Hash and norm of int8 vectors [count, n]: bit = (column sum >= 0), norm code of sqrt(sum of squares) / 2^shift.

    Tiles share one projection: row i of it belongs to input i.
    """
    cells = _real_projection(config.seed, config.layer, vectors.shape[1], config.bits)
    real = np.asarray(vectors, np.float32)
    signs, codes, saturated = [], [], 0
    for part in config.tiles(vectors.shape[1]):
        sums = column_sums(real[:, part], cells[part])
        sums += 0.5  # whole numbers, so that zero gets a sign of its own: that of a one
        signs.append(np.copysign(np.float32(1), sums, dtype=np.float32, casting="same_kind"))
        code, over = formats.encode_norm(_sums_of_squares(real[:, part]), shift)
        codes.append(code)
        saturated += over
    return Hashed(signs, codes, saturated)


def distances(keys: npt.NDArray[np.float32], rows: npt.NDArray[np.float32]) -> IntArray:
    """Hamming distances [keys, rows]: agreeing bits give +1 and others -1, so the product of signs is k - 2 HD."""
    return ((keys.shape[1] - keys @ rows.T) / 2).astype(np.int64)


def dot_products(inputs: Hashed, weights: Hashed, config: HashConfig, sensed: list[IntArray] | None = None) -> IntArray:
    """Estimated dot products [patches, filters] in accumulator units, saturated to int32 tile by tile.

    p = (mantissa_x * mantissa_w * COS) << (exponent_x + exponent_w), y = (p + 2^(s-1)) >> s with s = product_shift.
    `sensed` are the distances [patches, filters] of every tile when the amplifiers are not ideal.
    """
    cosine = formats.cosine_table(config.bits, config.piecewise_linear)
    total = 0
    parts = zip(inputs.signs, weights.signs, inputs.codes, weights.codes, strict=True)
    for tile, (key, row, key_code, row_code) in enumerate(parts):
        distance = distances(key, row) if sensed is None else sensed[tile]
        mantissa = formats.norm_mantissa(key_code)[:, None] * formats.norm_mantissa(row_code)[None, :]
        exponent = formats.norm_exponent(key_code)[:, None] + formats.norm_exponent(row_code)[None, :]
        product = (mantissa * cosine[distance]) << exponent
        total = total + ((product + (1 << (config.product_shift - 1))) >> config.product_shift)
        total = np.clip(total, INT32_MIN, INT32_MAX)
    return total
