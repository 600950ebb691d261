"""Loadable and data set files: round trip, determinism, every kind of damage refused with a readable reason."""

from __future__ import annotations

import struct
import subprocess
import zlib
from dataclasses import replace

import numpy as np
import pytest

from ganglion import dataset, loadable, loadable_header
from ganglion.errors import GanglionError


def small_loadable(bits: int = 8) -> loadable.Loadable:
    rng = np.random.default_rng(1)
    top = (1 << (bits - 1)) - 1

    def constants(out_c: int) -> dict:
        return {
            "bias": rng.integers(-9, 9, out_c).astype(np.int32),
            "mult": np.full(out_c, 1 << 30, np.uint32),
            "shift": np.full(out_c, 37, np.uint32),
            "hi": top, "weight_bits": bits, "guard_bits": 4, "zero_skip": 1, "in_scale": 0.5, "out_scale": 0.25,
        }  # fmt: skip

    conv = loadable.Layer(
        "conv", loadable.KIND_CONV2D, loadable.TARGET_SC_CNN, 1, 6, 6, 3, 6, 6, kh=3, kw=3, pad=1, pool=1,
        weights=rng.integers(-top, top, (3, 1, 3, 3)), **constants(3))  # fmt: skip
    dense = loadable.Layer(
        "dense", loadable.KIND_FULLY_CONNECTED, loadable.TARGET_SC_CNN, 27, 1, 1, 4, 1, 1, lo=-top - 1,
        weights=rng.integers(-top, top, (4, 27)), **constants(4))  # fmt: skip
    return loadable.with_arena(loadable.Loadable("small", bits, (1, 6, 6), 4, [conv, dense]))


@pytest.mark.parametrize("bits", [4, 8, 9, 10])
def test_round_trip_keeps_every_field_and_byte(bits):
    original = small_loadable(bits)

    data = loadable.to_bytes(original)
    read = loadable.from_bytes(data)

    assert loadable.to_bytes(read) == data
    assert read.element_bytes == (1 if bits <= 8 else 2)
    assert [layer.name for layer in read.layers] == ["conv", "dense"]
    for a, b in zip(original.layers, read.layers, strict=True):
        for array in ("weights", "bias", "mult", "shift"):
            assert np.array_equal(getattr(a, array), getattr(b, array))
        assert replace(a, weights=None, bias=None, mult=None, shift=None) == replace(
            b, weights=None, bias=None, mult=None, shift=None
        )


def test_input_and_output_of_a_layer_never_overlap():
    network = small_loadable()

    for layer in network.layers:
        sizes = layer.in_c * layer.in_h * layer.in_w, int(np.prod(layer.stored_shape))
        assert layer.in_offset + sizes[0] <= layer.out_offset or layer.out_offset + sizes[1] <= layer.in_offset


def test_every_single_damaged_byte_is_noticed():
    data = loadable.to_bytes(small_loadable())

    for position in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[position] ^= 0x40
        with pytest.raises(GanglionError):
            loadable.from_bytes(bytes(damaged))


@pytest.mark.parametrize("keep", [0, 1, 63, 64, 200, -1])
def test_truncated_file_is_refused(keep):
    data = loadable.to_bytes(small_loadable())

    with pytest.raises(GanglionError, match="bytes"):
        loadable.from_bytes(data[:keep])


def patched(word: int, value: int) -> bytes:
    """A file with one 32-bit word changed and a checksum that agrees: what a faulty tool would write."""
    data = bytearray(loadable.to_bytes(small_loadable()))
    struct.pack_into("<I", data, 4 * word, value)
    struct.pack_into("<I", data, loadable.CRC_OFFSET, 0)
    struct.pack_into("<I", data, loadable.CRC_OFFSET, zlib.crc32(data))
    return bytes(data)


def layer_word(name: str) -> int:
    return 16 + [field for field, _, _ in loadable.LAYER_FIELDS].index(name)


@pytest.mark.parametrize(
    ("word", "value", "message"),
    [
        (0, 0x12345678, "magic 0x12345678; expected: 0x444c4e47"),
        (1, 2, "version 2; expected: version 1"),
        (4, 5000, "5000 layers"),
        (5, 66, "layers at offset 66"),
        (6, 16, "inside 16 bytes"),
        (7, 12, "element_bytes 1; expected: 2"),
        (13, 7, "7 classes; expected: 4"),
        (12, 64, "output_offset 64"),
        (layer_word("kind"), 9, r"layer 0 \(conv\): kind 9"),
        (layer_word("target"), 4, "target 4"),
        (layer_word("target"), 2, "hash of 0 bits"),
        (layer_word("out_h"), 5, "out_h 5; expected: 6"),
        (layer_word("macs"), 5, "macs 5; expected: 972 from its shape"),
        (layer_word("stride"), 0, "stride of 0"),
        (layer_word("pool"), 3, "pool 3"),
        (layer_word("weights_offset"), 0x7FFFFFC0, "at offset 2147483584"),
        (layer_word("bias_offset"), 65, "aligned"),
        (layer_word("out_c"), 0xFFFFFFFF, "bytes at offset"),
        (layer_word("hi"), 128, "clamp 0..128"),
        (layer_word("weight_bits"), 0, "weight_bits 0"),
        (layer_word("name_offset"), 0xFFFFFFF0, "NUL-terminated"),
    ],
)
def test_inconsistent_file_is_refused_with_value_and_rule(word, value, message):
    with pytest.raises(GanglionError, match=message):
        loadable.from_bytes(patched(word, value), where="broken.gnl")


def test_writer_refuses_what_the_reader_would():
    network = small_loadable()
    bad = replace(network, layers=[network.layers[0], replace(network.layers[1], shift=np.zeros(4, np.uint32))])

    with pytest.raises(GanglionError, match=r"dense\): shift 0..0"):
        loadable.to_bytes(bad)


def test_c_header_compiles_and_agrees_on_a_file(tmp_path):
    header = tmp_path / "ganglion_loadable.h"
    header.write_text(loadable_header.c_header())
    (tmp_path / "small.gnl").write_bytes(loadable.to_bytes(small_loadable()))
    (tmp_path / "read.c").write_text(
        '#include <stdio.h>\n#include "ganglion_loadable.h"\n'
        "static _Alignas(64) unsigned char f[1 << 16];\n"
        'int main(int n, char** v) { FILE* p = fopen(v[n - 1], "rb"); if (!p || !fread(f, 1, sizeof f, p)) return 1;\n'
        "const ganglion_loadable_header* h = (const void*)f;\n"
        "const ganglion_layer* l = (const void*)(f + h->layers_offset);\n"
        'printf("%d %u %u %u %s %d %u", h->magic == GANGLION_LOADABLE_MAGIC, (unsigned)h->layer_count,\n'
        "(unsigned)l[0].macs, (unsigned)l[1].in_c, (const char*)f + l[1].name_offset,\n"
        "(int)l[1].lo, (unsigned)l[0].pool); }\n"
    )
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "read.c", "-o", "read"], cwd=tmp_path, check=True)

    out = subprocess.run(["./read", "small.gnl"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    assert out == f"1 2 {3 * 9 * 36} 27 dense -128 1"


@pytest.mark.parametrize(("bits", "item"), [(8, 1), (10, 2)])
def test_data_set_round_trip_and_damage(bits, item):
    images = np.linspace(0, 1, 5 * 2 * 3 * 4).reshape(5, 2, 3, 4)
    piece = dataset.make_slice("five", images, [0, 1, 2, 1, 0], scale=1 / 100, operand_bits=bits, classes=3)

    data = dataset.to_bytes(piece)
    read = dataset.from_bytes(data)

    assert read.images.dtype.itemsize == item
    assert np.array_equal(read.images, piece.images)
    assert read.images.max() == 100
    assert read.labels.tolist() == [0, 1, 2, 1, 0]
    assert (read.name, read.classes) == ("five", 3)
    assert dataset.to_bytes(read) == data
    with pytest.raises(GanglionError, match="checksum"):
        dataset.from_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    with pytest.raises(GanglionError, match=r"magic 0x53444e47; expected: 0x444c4e47"):
        loadable.from_bytes(data)
