"""NumPy fixed point against the shared vectors, and the derivation of multipliers."""

from __future__ import annotations

import numpy as np
import pytest

from ganglion import fixed_point, vectors


def test_requantise_equals_shared_vectors(shared_vectors):
    rows = shared_vectors["requantise"]
    assert len(rows) > 1000

    for row in rows:
        got = fixed_point.requantise(row["acc"], row["mult"], row["shift"], row["lo"], row["hi"])

        assert int(got) == row["expected"], row


def test_add_requantised_equals_shared_vectors(shared_vectors):
    rows = shared_vectors["add_requantised"]
    assert len(rows) > 1000

    for row in rows:
        mult = (row["mult_a"], row["mult_b"])
        got = fixed_point.add_requantised(row["a"], row["b"], mult, row["shift"], row["lo"], row["hi"])

        assert int(got) == row["expected"], row


def test_multipliers_of_a_sum_share_a_shift_and_keep_their_ratios():
    for reals in ((0.7, 0.02), (1.3, 1.3), (2.0**-20, 0.999999999999), (0.25,)):
        mults, shift = fixed_point.derive_multipliers(reals)

        assert fixed_point.SHIFT_MIN <= shift <= fixed_point.SHIFT_MAX
        assert max(mults) <= fixed_point.MULT_MAX
        for mult, real in zip(mults, reals, strict=True):
            assert abs(mult / 2.0**shift - real) <= max(reals) * 2.0**-30


def test_requantise_works_on_whole_maps_per_channel():
    acc = np.arange(-12, 12).reshape(2, 3, 4)
    mult = np.array([1 << 30, 3 << 28])[:, None, None]
    shift = np.array([31, 30])[:, None, None]

    got = fixed_point.requantise(acc, mult, shift, 0, 7)

    assert got.tolist() == np.stack([
        fixed_point.requantise(acc[0], 1 << 30, 31, 0, 7), fixed_point.requantise(acc[1], 3 << 28, 30, 0, 7)
    ]).tolist()  # fmt: skip


@pytest.mark.parametrize(
    ("acc", "mult", "shift"), [(1 << 31, 1, 1), (0, 1 << 31, 1), (0, -1, 1), (0, 1, 0), (0, 1, 63)]
)
def test_requantise_refuses_what_the_hardware_cannot_hold(acc, mult, shift):
    with pytest.raises(ValueError, match="requantise"):
        fixed_point.requantise(acc, mult, shift, -128, 127)


def test_saturate_equals_shared_vectors(shared_vectors):
    for row in shared_vectors["saturate"]:
        assert int(fixed_point.saturate(row["value"], row["bits"])) == row["expected"], row


def test_derived_multiplier_is_within_half_a_unit_of_31_bits():
    for real in [2.0**-31, 1e-6, 0.0123, 0.5, 0.999999999999, 1.0, 3.7, 2.0**20, 2.0**29 * 1.9999999999]:
        mult, shift = fixed_point.derive_multiplier(real)

        assert 0 <= mult <= fixed_point.MULT_MAX
        assert fixed_point.SHIFT_MIN <= shift <= fixed_point.SHIFT_MAX
        assert abs(mult / 2.0**shift - real) <= real * 2.0**-30


def test_derived_multiplier_of_zero_and_of_the_tiny_and_the_huge():
    assert fixed_point.derive_multiplier(0.0)[0] == 0
    assert fixed_point.derive_multiplier(2.0**-60) == (4, 62)
    for real in (2.0**30, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="derive_multiplier"):
            fixed_point.derive_multiplier(real)


def test_layout_vectors_follow_numpy_strides(shared_vectors):
    for row in shared_vectors["layout"]:
        weights = np.zeros((row["o"] + 1, row["in_c"], row["kh"], row["kw"]))

        index = np.ravel_multi_index((row["o"], row["i"], row["ky"], row["kx"]), weights.shape)

        assert index == row["weight_index"]
        assert row["patch_index"] == row["weight_index"] - row["o"] * row["in_c"] * row["kh"] * row["kw"]


def test_c_header_holds_every_vector():
    header = vectors.c_header(vectors.all_vectors())

    for section, rows in vectors.all_vectors().items():
        assert f"GANGLION_{section.upper()}_VECTOR_COUNT = {len(rows)} " in header
