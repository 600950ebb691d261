"""Vectors shared by the C++, C and NumPy tests: requantise, sums of two scales, saturate, SC products, memory layout.

`python -m ganglion.vectors --json F --header F` writes them; the build does so into `generated/vectors`. Expected
values are computed here with Python's unbounded integers (never with NumPy or a wrapped 64-bit sum), so an overflow in
any of the three implementations shows.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

SCHEMA = "ganglion.vectors/1"
MULT_MAX = (1 << 31) - 1
INT32_MIN = -(1 << 31)
INT32_MAX = (1 << 31) - 1

# Fact sheet, "Golden values": N = 8, (x, w) -> product, cycles at b = 1.
GOLDEN_PRODUCTS_N8 = (
    (100, 57, 45, 57),
    (-128, -128, 128, 128),
    (127, 127, 127, 127),
    (-1, 1, -1, 1),
    (64, -64, -32, 64),
    (-77, 33, -21, 33),
    (5, -3, -1, 3),
    (127, -128, -128, 128),
)

Row = dict[str, int]


def _requantise(acc: int, mult: int, shift: int, lo: int, hi: int) -> int:
    return max(lo, min(hi, (acc * mult + (1 << (shift - 1))) >> shift))


def requantise_vectors() -> list[Row]:
    """Edges first (s = 1 and 62, rails, ties on both signs, M = 0 and 2^31-1), then keyed random cases."""
    cases: list[tuple[int, int, int, int, int]] = []
    for lo, hi in ((-128, 127), (0, 127), (-32768, 32767), (-8, 7), (INT32_MIN, INT32_MAX)):
        for acc in (0, 1, -1, 127, -128, 128, -129, 32767, -32768, INT32_MAX, INT32_MIN):
            for mult in (0, 1, 1 << 30, MULT_MAX):
                cases.extend((acc, mult, shift, lo, hi) for shift in (1, 2, 30, 31, 32, 61, 62))
    for acc in range(-9, 10):  # acc/2, acc/4, acc/8: every tie
        cases.extend((acc, 1, shift, -128, 127) for shift in (1, 2, 3))
        cases.extend((acc, 1 << 30, 30 + shift, -128, 127) for shift in (1, 2, 3))
    rng = random.Random(2)
    for _ in range(500):
        bits = rng.choice((8, 12, 16, 20, 24, 31))
        acc = rng.randint(-(1 << bits), (1 << bits) - 1)
        lo, hi = rng.choice(((-128, 127), (0, 127), (-8, 7), (0, 7), (-512, 511), (0, 511)))
        shift = min(62, max(1, 31 + bits - rng.randint(2, 10)))
        cases.append((acc, rng.randint(1 << 30, MULT_MAX), shift, lo, hi))
    keys = ("acc", "mult", "shift", "lo", "hi")
    return [dict(zip(keys, case, strict=True), expected=_requantise(*case)) for case in cases]


def add_requantised_vectors() -> list[Row]:
    """Rails of 8 and 16 bits against extreme multipliers and shifts, ties of both signs, then keyed random cases."""
    cases: list[tuple[int, ...]] = []
    for a in (0, 1, -1, 127, -128, 32767, -32768):
        for b in (0, -1, 127, -128, 32767, -32768):
            for mult in ((0, 0), (1, 1), (MULT_MAX, MULT_MAX), (MULT_MAX, 1), (1 << 30, MULT_MAX)):
                cases.extend((a, b, *mult, shift, lo, 127) for shift in (1, 2, 31, 62) for lo in (-128, 0))
    for a in range(-5, 6):  # (a + b) / 2, (a + b) / 4: every tie
        cases.extend((a, b, 1, 1, shift, -128, 127) for b in range(-5, 6) for shift in (1, 2))
    rng = random.Random(3)
    for _ in range(500):
        bits = rng.choice((8, 10, 16))
        half = 1 << (bits - 1)
        a, b = (rng.randint(-half, half - 1) for _ in range(2))
        low = rng.choice((-half, 0))
        cases.append((a, b, rng.randint(0, MULT_MAX), rng.randint(0, MULT_MAX), rng.randint(28, 33), low, half - 1))
    keys = ("a", "b", "mult_a", "mult_b", "shift", "lo", "hi")
    return [
        dict(zip(keys, (a, b, m, n, s, lo, hi), strict=True),
             expected=max(lo, min(hi, (a * m + b * n + (1 << (s - 1))) >> s)))
        for a, b, m, n, s, lo, hi in cases
    ]  # fmt: skip


def saturate_vectors() -> list[Row]:
    """Both rails of every width the accumulators use, one step inside and outside, and the int64 extremes."""
    rows = []
    for bits in (1, 2, 4, 8, 10, 12, 16, 24, 31, 32, 33, 48, 63):
        low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
        for value in (0, low, low + 1, low - 1, high, high - 1, high + 1, -(1 << 63), (1 << 63) - 1):
            rows.append({"value": value, "bits": bits, "expected": max(low, min(high, value))})
    return rows


def _stream_product(bits: int, x: int, w: int, weight_bits: int) -> tuple[int, int]:
    """Product and counter value by running the stream bit by bit: no closed form."""
    magnitude, drop = abs(w), bits - weight_bits
    k = magnitude if drop == 0 else (magnitude + (1 << (drop - 1))) >> drop
    u = x ^ (1 << (bits - 1)) if x >= 0 else (x & ((1 << bits) - 1)) ^ (1 << (bits - 1))
    total = 0
    for t in range(1, k + 1):
        trailing_zeros = (t & -t).bit_length() - 1
        bit = (u >> (bits - 1 - trailing_zeros)) & 1 if trailing_zeros < bits else 0
        total += 1 if bit != (w < 0) else -1
    return total, k


def sc_product_vectors() -> list[Row]:
    """Fact-sheet values, corners of every N, random operands, and dynamic precision n_w < N."""
    rows = []

    def add(bits: int, x: int, w: int, weight_bits: int) -> None:
        product, k = _stream_product(bits, x, w, weight_bits)
        rows.append({"bits": bits, "x": x, "w": w, "weight_bits": weight_bits, "product": product, "k": k})

    for x, w, product, cycles in GOLDEN_PRODUCTS_N8:
        add(8, x, w, 8)
        if (rows[-1]["product"], rows[-1]["k"]) != (product, cycles):
            raise AssertionError(f"the stream disagrees with the fact sheet at ({x}, {w}): {rows[-1]}")
    rng = random.Random(8)
    for bits in range(4, 11):
        half = 1 << (bits - 1)
        corners = (-half, -half + 1, -1, 0, 1, half - 1)
        for x in corners:
            for w in corners:
                add(bits, x, w, bits)
        for _ in range(60):
            add(bits, rng.randint(-half, half - 1), rng.randint(-half, half - 1), bits)
        for weight_bits in range(2, bits):
            for _ in range(8):
                add(bits, rng.randint(-half, half - 1), rng.randint(-half, half - 1), weight_bits)
            add(bits, half - 1, -half, weight_bits)
    return rows


def layout_vectors() -> list[Row]:
    """CHW byte offset with strides, OIHW weight index and patch index (c, ky, kx) of one element each."""
    rows = []
    rng = random.Random(4)
    shapes = [(1, 8, 8, 16, 1, 3, 3), (16, 8, 8, 16, 16, 3, 3), (6, 14, 14, 16, 6, 5, 5), (3, 5, 7, 4, 3, 2, 3)]
    for c, h, w, out_c, in_c, kh, kw in shapes:
        for element_bytes in (1, 2):
            for padding in (0, 5):
                row_stride = (w + padding) * element_bytes
                plane_stride = (h + padding) * row_stride
                for _ in range(4):
                    ci, y, x = rng.randrange(c), rng.randrange(h), rng.randrange(w)
                    o, i, ky, kx = rng.randrange(out_c), rng.randrange(in_c), rng.randrange(kh), rng.randrange(kw)
                    rows.append({
                        "element_bytes": element_bytes, "row_stride": row_stride, "plane_stride": plane_stride,
                        "c": ci, "y": y, "x": x, "offset": ci * plane_stride + y * row_stride + x * element_bytes,
                        "in_c": in_c, "kh": kh, "kw": kw, "o": o, "i": i, "ky": ky, "kx": kx,
                        "weight_index": ((o * in_c + i) * kh + ky) * kw + kx, "patch_index": (i * kh + ky) * kw + kx,
                    })  # fmt: skip
    return rows


# Section -> C types of its fields, in order.
SECTIONS = {
    "requantise": {"acc": "int32_t", "mult": "uint32_t", "shift": "uint32_t", "lo": "int32_t", "hi": "int32_t",
                   "expected": "int32_t"},
    "add_requantised": {"a": "int32_t", "b": "int32_t", "mult_a": "uint32_t", "mult_b": "uint32_t",
                        "shift": "uint32_t", "lo": "int32_t", "hi": "int32_t", "expected": "int32_t"},
    "saturate": {"value": "int64_t", "bits": "uint32_t", "expected": "int64_t"},
    "sc_product": {"bits": "uint32_t", "x": "int32_t", "w": "int32_t", "weight_bits": "uint32_t",
                   "product": "int32_t", "k": "uint32_t"},
    "layout": dict.fromkeys(
        ("element_bytes", "row_stride", "plane_stride", "c", "y", "x", "offset", "in_c", "kh", "kw", "o", "i", "ky",
         "kx", "weight_index", "patch_index"), "uint32_t"),
}  # fmt: skip


def all_vectors() -> dict[str, list[Row]]:
    return {
        "requantise": requantise_vectors(),
        "add_requantised": add_requantised_vectors(),
        "saturate": saturate_vectors(),
        "sc_product": sc_product_vectors(),
        "layout": layout_vectors(),
    }


def _c_literal(value: int, c_type: str) -> str:
    if c_type == "int64_t":
        return "INT64_MIN" if value == -(1 << 63) else f"INT64_C({value})"
    if c_type == "int32_t":
        return "INT32_MIN" if value == INT32_MIN else str(value)
    return f"{value}u"


def c_header(vectors: dict[str, list[Row]]) -> str:
    """C11 (and C++) header: per section a struct `ganglion_<section>_vector`, an array and a count."""
    lines = ["/* Generated by ganglion.vectors. */", "#pragma once", "#include <stdint.h>"]
    for section, fields in SECTIONS.items():
        rows = vectors[section]
        members = " ".join(f"{c_type} {name};" for name, c_type in fields.items())
        lines += ["", f"typedef struct {{ {members} }} ganglion_{section}_vector;"]
        lines.append(f"enum {{ GANGLION_{section.upper()}_VECTOR_COUNT = {len(rows)} }};")
        lines.append(f"static const ganglion_{section}_vector ganglion_{section}_vectors[{len(rows)}] = {{")
        lines += ["  {" + ", ".join(_c_literal(row[n], t) for n, t in fields.items()) + "}," for row in rows]
        lines.append("};")
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the vectors shared by the C++, C and NumPy tests.")
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--header", type=Path, required=True)
    args = parser.parse_args(argv)
    vectors = all_vectors()
    for path, text in ((args.json, json.dumps({"schema": SCHEMA, **vectors}) + "\n"), (args.header, c_header(vectors))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
