"""SC-CNN arithmetic from its fact sheet: closed form, product table, cycle counts of one product.

Models: BISC-MVM product of N-bit two's complement operands. Leaves out: stream-bit faults (they need the stream).
Source: fact sheet "SC-CNN core", sections Multiplier and Golden values (Sim and Lee 2020; BISC-MVM, DAC 2017).
Checked against: the explicit bit stream, exhaustively, in sw/tests. Error bound: none, bit exact.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

BITS_MIN = 4
BITS_MAX = 10

IntArray = npt.NDArray[np.int64]


def stream_weights(bits: int, k: npt.ArrayLike) -> IntArray:
    """How often each bit of x is selected in the first k cycles: [..., i-1] = (k + 2^(i-1)) >> i, i = 1..N."""
    i = np.arange(1, bits + 1, dtype=np.int64)
    return (np.asarray(k, dtype=np.int64)[..., None] + (np.int64(1) << (i - 1))) >> i


def operand_bits(bits: int, x: npt.ArrayLike) -> IntArray:
    """Bits of an unsigned operand in order of selection: [..., i-1] = x[N-i], i = 1..N."""
    i = np.arange(1, bits + 1, dtype=np.int64)
    return (np.asarray(x, dtype=np.int64)[..., None] >> (bits - i)) & 1


def unsigned_product(bits: int, x: npt.ArrayLike, k: npt.ArrayLike) -> IntArray:
    """P(x,k) = sum_{i=1..N} x[N-i] * ((k + 2^(i-1)) >> i), about x*k/2^N; x and k in 0..2^N-1."""
    return (operand_bits(bits, x) * stream_weights(bits, k)).sum(axis=-1)


def counter_value(bits: int, w: npt.ArrayLike, weight_bits: int) -> IntArray:
    """k of the down counter: |w|, or with dynamic precision (|w| + 2^(N-n_w-1)) >> (N-n_w)."""
    magnitude = np.abs(np.asarray(w, dtype=np.int64))
    drop = bits - weight_bits
    return magnitude if drop == 0 else (magnitude + (1 << (drop - 1))) >> drop


def product(bits: int, x: npt.ArrayLike, w: npt.ArrayLike, weight_bits: int | None = None) -> IntArray:
    """prod = sgn(w) * (2*P(u,k) - k), u = x xor 2^(N-1): about x*w/2^(N-1), or x*w/2^(2N-1-n_w).

    x drives the stream, w the down counter; both N-bit two's complement. The product does not commute.
    """
    w64 = np.asarray(w, dtype=np.int64)
    k = counter_value(bits, w64, bits if weight_bits is None else weight_bits)
    u = np.asarray(x, dtype=np.int64) + (1 << (bits - 1))
    return np.sign(w64) * (2 * unsigned_product(bits, u, k) - k)


@cache
def product_table(bits: int, weight_bits: int) -> npt.NDArray[np.int32]:
    """All products: table[x + 2^(N-1), w + 2^(N-1)], int32, read-only."""
    half = 1 << (bits - 1)
    operand = np.arange(-half, half, dtype=np.int64)
    table = product(bits, operand[:, None], operand[None, :], weight_bits).astype(np.int32)
    table.setflags(write=False)
    return table


def product_cycles(k: npt.ArrayLike, parallel_bits: int, zero_skip: bool) -> IntArray:
    """Cycles of one product with counter value k and b stream bits a cycle: ceil(k/b); k = 0 costs 1 unless skipped."""
    cycles = -(-np.asarray(k, dtype=np.int64) // parallel_bits)
    return cycles if zero_skip else np.maximum(cycles, 1)
