"""Formats and arithmetic of the DeepCAM array: exact fractions, bit by bit search, the fact sheet's numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from ganglion.deepcam import formats
from ganglion.deepcam.array import (
    HashConfig,
    Hashed,
    column_sums,
    distances,
    dot_products,
    hash_vectors,
)


def test_philox_gives_random123s_known_answers():
    ones = 0xFFFFFFFF

    zero = [int(word) for word in formats.philox((0, 0, 0, 0), (0, 0))]
    full = [int(word) for word in formats.philox((ones,) * 4, (ones, ones))]
    digits = formats.philox((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0))

    assert zero == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    assert full == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    assert [int(word) for word in digits] == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


def test_normal_table_is_antisymmetric_and_far_from_rounding_ties():
    table = formats.normal_table().astype(int)

    assert (table == -table[::-1]).all()
    assert table[255] == 92
    real = 32 * stats.norm.ppf((np.arange(256) + 0.5) / 256)
    assert np.abs(real - table).max() < 0.5 - 1e-4


def test_a_cell_depends_on_seed_layer_row_and_column_only():
    wide, narrow = formats.projection(7, 2, 9, 512), formats.projection(7, 2, 4, 256)

    assert (wide[:4, :256] == narrow).all()
    word = formats.philox((37 // 16, 3, 2, 0x4D414344), (7, 0))[37 % 16 // 4]
    assert wide[3, 37] == formats.normal_table()[int(word) >> 8 * (37 % 4) & 255]
    others = (
        formats.projection(8, 2, 9, 512),
        formats.projection(7, 3, 9, 512),
        formats.projection(7 + (1 << 32), 2, 9, 512),
    )
    assert all((wide != other).mean() > 0.9 for other in others)


def test_norm_codes_are_the_nearest_e4m3_ties_to_even():
    values = [Fraction(int(formats.norm_mantissa(c)) << int(formats.norm_exponent(c)), 512) for c in range(127)]
    sums = sorted({*range(3000), *(int(v * v * 4**5) + d for v in values for d in (-1, 0, 1) if v * v * 4**5 + d >= 0)})
    for shift in (0, 3, 5, 12):
        codes, saturated = formats.encode_norm(sums, shift)
        for total, code in zip(sums, codes, strict=True):
            # compare squares: sqrt(total) / 2^shift against the midpoints beside the chosen value
            square = Fraction(total, 4**shift)
            if code > 0:
                below = ((values[code - 1] + values[code]) / 2) ** 2
                assert square > below or (square == below and code % 2 == 0)
            if code < 126:
                above = ((values[code] + values[code + 1]) / 2) ** 2
                assert square < above or (square == above and code % 2 == 0)
        assert saturated == sum(Fraction(s, 4**shift) > 464**2 for s in sums)


def test_norm_range_and_named_values():
    assert formats.norm_value(formats.NORM_LARGEST) == 448
    assert formats.norm_value(1) == 2.0**-9
    assert formats.norm_value(0x38) == 1.0
    codes, saturated = formats.encode_norm([448**2, 463**2, 464**2 - 1, 464**2, 10**9], 0)
    assert codes.tolist() == [126] * 5
    assert saturated == 1  # 464 is half way to 480: a tie goes to the even code of 448
    with pytest.raises(ValueError, match="shift 16"):
        formats.encode_norm([1], 16)


@pytest.mark.parametrize("bits", [256, 512, 768, 1024])
def test_cosine_tables_are_antisymmetric_and_close(bits):
    exact = np.cos(np.pi * np.arange(bits + 1) / bits)
    for linear, bound in ((False, 0.5 / 16384 + 1e-12), (True, 0.005)):
        table = formats.cosine_table(bits, linear)
        assert (table == -table[::-1]).all()
        assert table[0] == 16384 and table[bits // 2] == 0
        assert np.abs(table / 16384 - exact).max() <= bound


def test_worked_example_of_the_fact_sheet():
    """HD 92, 112, 132 at k = 1024 with exact and with E4M3 norms; expected distance 112.4."""
    x, y = np.array([0.6012, 0.8383, 0.6859, 0.5712]), np.array([0.9044, 0.5352, 0.8110, 0.9243])
    norm_x, norm_y = np.linalg.norm(x), np.linalg.norm(y)
    cosine = formats.cosine_table(1024)[[92, 112, 132]] / 16384

    # a sum of squares in units of 2^-20: a norm in units of 2^-10, as int8 vectors with NORM_SHIFT 10 would have
    codes, _ = formats.encode_norm([round(n * n * 2**20) for n in (norm_x, norm_y)], 10)

    assert x @ y == pytest.approx(2.0766, abs=5e-5)
    assert 1024 * math.acos(x @ y / norm_x / norm_y) / math.pi == pytest.approx(112.4, abs=0.05)
    assert (norm_x * norm_y * cosine) == pytest.approx([2.1193, 2.0776, 2.0281], abs=1e-4)
    assert formats.norm_value(codes).tolist() == [1.375, 1.625]
    assert (1.375 * 1.625 * cosine) == pytest.approx([2.1460, 2.1038, 2.0536], abs=1e-4)


def test_column_sums_are_exact_for_the_tallest_extreme_column():
    cells = np.full((4608, 16), 92, np.int8)
    cells[:, 1] = -92
    vectors = np.full((1, 4608), -128)

    sums = column_sums(vectors, cells)

    assert sums[0, 0] == -128 * 92 * 4608 and sums[0, 1] == 128 * 92 * 4608


def test_hash_bits_are_signs_of_integer_sums_and_zero_counts_as_positive():
    rng = np.random.default_rng(3)
    vectors = rng.integers(-128, 128, (5, 37))
    vectors[4] = 0
    config = HashConfig(bits=256, layer=4, seed=11)

    hashed = hash_vectors(vectors, config, 5)

    sums = vectors.astype(np.int64) @ formats.projection(11, 4, 37, 256).astype(np.int64)
    assert (hashed.signs[0] == np.where(sums >= 0, 1, -1)).all()
    assert (hashed.signs[0][4] == 1).all() and hashed.codes[0][4] == 0


def test_distances_equal_a_bit_by_bit_count():
    rng = np.random.default_rng(5)
    keys, rows = rng.integers(0, 2, (20, 768)), rng.integers(0, 2, (30, 768))

    found = distances((2 * keys - 1).astype(np.float32), (2 * rows - 1).astype(np.float32))

    assert found.tolist() == [[int(sum(a != b)) for b in rows] for a in keys]


def test_dot_product_of_known_codes_and_distances_in_exact_integers():
    """Python integers: round half up of mantissas times cosine times powers of two; saturation at int32."""
    config = HashConfig(bits=256, input_shift=5, weight_shift=7)
    rows = np.ones((3, 256), np.float32)
    for i, distance in enumerate((0, 100, 256)):
        rows[i, :distance] = -1
    codes = np.array([3, 0x38, 0x7E])
    inputs = Hashed([np.ones((1, 256), np.float32)], [np.array([0x5B])])

    found = dot_products(inputs, Hashed([rows], [codes]), config)

    for i, distance in enumerate((0, 100, 256)):
        cosine = Fraction(int(formats.cosine_table(256)[distance]), 16384)
        norms = [Fraction(float(formats.norm_value(code))) for code in (0x5B, codes[i])]
        exact = norms[0] * norms[1] * cosine * 2**12
        assert found[0, i] == max(-(2**31), min(2**31 - 1, math.floor(exact + Fraction(1, 2))))


def test_products_beyond_int32_saturate():
    top = Hashed([np.ones((1, 256), np.float32)], [np.array([0x7E])])
    bottom = Hashed([-np.ones((1, 256), np.float32)], [np.array([0x7E])])
    config = HashConfig(bits=256, input_shift=12, weight_shift=12)

    assert dot_products(top, top, config) == 2**31 - 1
    assert dot_products(top, bottom, config) == -(2**31)


def test_tiles_have_hashes_and_norms_of_their_own():
    rng = np.random.default_rng(8)
    x, w = rng.integers(-128, 128, (6, 100)), rng.integers(-127, 128, (4, 100))
    config = HashConfig(bits=512, tile=40, layer=1)

    found = dot_products(hash_vectors(x, config, 5), hash_vectors(w, config, 5), config)

    whole = HashConfig(bits=512, layer=1)
    expected = 0
    for part in (slice(0, 40), slice(40, 80), slice(80, 100)):
        masked = [np.where((np.arange(100) >= part.start) & (np.arange(100) < part.stop), v, 0) for v in (x, w)]
        expected = expected + dot_products(*(hash_vectors(v, whole, 5) for v in masked), whole)
    assert (found == expected).all()


def test_hamming_distance_follows_the_binomial_law():
    """Fixed angle, many projections: chi-square against Binomial(k, theta/pi) at 1 %."""
    rng = np.random.default_rng(21)
    angle, inputs, trials = 1.1, 64, 1500
    first, second = np.linalg.qr(rng.normal(size=(inputs, 2)))[0].T
    vectors = np.rint(np.array([first, math.cos(angle) * first + math.sin(angle) * second]) * 250)
    vectors = np.clip(vectors, -128, 127).astype(int)
    a, b = vectors.astype(float)
    p = math.acos(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) / math.pi

    found = []
    for layer in range(trials):
        signs = hash_vectors(vectors, HashConfig(bits=256, layer=layer), 5).signs[0]
        found.append(int(distances(signs[:1], signs[1:])[0, 0]))

    edges = stats.binom.ppf(np.linspace(0, 1, 13)[1:-1], 256, p)
    observed = np.bincount(np.searchsorted(edges, found), minlength=12)
    law = np.diff(np.concatenate(([0], stats.binom.cdf(edges, 256, p), [1])))
    assert stats.chisquare(observed, law * trials).pvalue > 0.01
    theta = math.pi * np.array(found) / 256
    assert theta.std() == pytest.approx(math.pi * math.sqrt(p * (1 - p) / 256), rel=0.06)
