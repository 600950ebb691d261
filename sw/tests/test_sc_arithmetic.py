"""Closed form of the SC product: against the bit stream, the golden values and the exhaustive error table."""

from __future__ import annotations

import numpy as np
import pytest

from ganglion import sc_arithmetic as sc
from ganglion import vectors

# Fact sheet, "Exhaustive error over all operands": N -> unsigned bias, RMS, max (LSB 2^-N);
# signed bias, MAE, RMS, max (LSB 2^-(N-1)).
ERROR_TABLE = {
    4: (0.234, 0.416, 1.06, -0.031, 0.539, 0.688, 1.75),
    5: (0.242, 0.444, 1.22, -0.016, 0.595, 0.745, 2.125),
    6: (0.246, 0.469, 1.39, -0.008, 0.642, 0.799, 2.438),
    7: (0.248, 0.492, 1.55, -0.004, 0.684, 0.850, 2.781),
    8: (0.249, 0.513, 1.72, -0.002, 0.723, 0.898, 3.109),
    9: (0.250, 0.533, 1.89, -0.001, 0.759, 0.943, 3.445),
    10: (0.250, 0.553, 2.06, -0.001, 0.793, 0.986, 3.777),
}


def stream_bits(bits: int, length: int) -> np.ndarray:
    """Bit index selected at t = 1..length, N (no bit) at t = 2^N: the generator's definition, one cycle at a time."""
    trailing_zeros = np.array([(t & -t).bit_length() - 1 for t in range(1, length + 1)])
    return np.minimum(trailing_zeros, bits)


@pytest.mark.parametrize("bits", range(sc.BITS_MIN, 9))
def test_closed_form_counts_the_stream_for_all_operands(bits):
    size = 1 << bits
    x = np.arange(size)
    selected = stream_bits(bits, size - 1)
    bit_of_x = np.concatenate([(x[:, None] >> (bits - 1 - np.arange(bits))) & 1, np.zeros((size, 1), int)], axis=1)

    counts = np.concatenate([np.zeros((size, 1), int), bit_of_x[:, selected].cumsum(axis=1)], axis=1)

    assert np.array_equal(counts, sc.unsigned_product(bits, x[:, None], x[None, :]))


@pytest.mark.parametrize(("x", "w", "product", "cycles"), vectors.GOLDEN_PRODUCTS_N8)
def test_golden_values_of_the_fact_sheet(x, w, product, cycles):
    assert int(sc.product(8, x, w)) == product
    assert int(sc.product_cycles(sc.counter_value(8, w, 8), parallel_bits=1, zero_skip=True)) == cycles


def test_products_equal_shared_vectors(shared_vectors):
    rows = shared_vectors["sc_product"]
    assert {row["bits"] for row in rows} == set(range(4, 11))

    for row in rows:
        assert int(sc.product(row["bits"], row["x"], row["w"], row["weight_bits"])) == row["product"], row
        assert int(sc.counter_value(row["bits"], row["w"], row["weight_bits"])) == row["k"], row


@pytest.mark.parametrize("bits", [b if b <= 8 else pytest.param(b, marks=pytest.mark.slow) for b in ERROR_TABLE])
def test_exhaustive_error_table(bits):
    bias, rms, largest, signed_bias, signed_mae, signed_rms, signed_largest = ERROR_TABLE[bits]
    operand = np.arange(1 << bits)
    signed = operand - (1 << (bits - 1))

    error = sc.unsigned_product(bits, operand[:, None], operand[None, :]) - operand[:, None] * operand / 2.0**bits
    signed_error = sc.product_table(bits, bits) - signed[:, None] * signed / 2.0 ** (bits - 1)

    assert error.mean() == pytest.approx(bias, abs=6e-4)
    assert np.sqrt((error**2).mean()) == pytest.approx(rms, abs=6e-4)
    assert np.abs(error).max() == pytest.approx(largest, abs=6e-3)
    assert signed_error.mean() == pytest.approx(signed_bias, abs=6e-4)
    assert np.abs(signed_error).mean() == pytest.approx(signed_mae, abs=6e-4)
    assert np.sqrt((signed_error**2).mean()) == pytest.approx(signed_rms, abs=6e-4)
    assert np.abs(signed_error).max() == pytest.approx(signed_largest, abs=6e-3)
    assert np.abs(signed_error).max() < bits / 2


def test_product_does_not_commute_in_as_many_pairs_as_the_fact_sheet_says():
    table = sc.product_table(8, 8)

    assert int((table != table.T).sum()) == 38624
    assert int(np.abs(table - table.T).max()) == 2


def test_magnitude_of_a_product_never_exceeds_its_counter():
    for bits in range(4, 9):
        for weight_bits in range(2, bits + 1):
            signed = np.arange(-(1 << (bits - 1)), 1 << (bits - 1))
            assert (np.abs(sc.product_table(bits, weight_bits)) <= sc.counter_value(bits, signed, weight_bits)).all()


def test_zero_counts_cost_a_cycle_only_without_zero_skip():
    counts = np.array([0, 1, 8, 9])

    assert sc.product_cycles(counts, 8, zero_skip=True).tolist() == [0, 1, 1, 2]
    assert sc.product_cycles(counts, 8, zero_skip=False).tolist() == [1, 1, 1, 2]
