"""Additions, averages and pads in loadables: arena, file, rules, NumPy arithmetic against plain loops."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest

from ganglion import loadable as lo
from ganglion import reference
from ganglion.errors import GanglionError
from ganglion.loadable.arena import INPUT

INPUTS = [(INPUT,), (0,), (0,), (1, 2), (3,), (4,)]


def residual(bits: int = 8) -> lo.Loadable:
    """conv 2x6x6 -> 4, strided conv -> 6x3x3, pad around it, sum, average, fully connected -> 5."""
    rng = np.random.default_rng(bits)
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1

    def weighted(name: str, kind: int, shape: tuple[int, ...], **fields: int) -> lo.Layer:
        return lo.Layer(
            name, kind, lo.TARGET_CPU, in_c=shape[1], out_c=shape[0], hi=high, weight_bits=bits,
            weights=rng.integers(low, high + 1, shape), bias=rng.integers(-99, 99, shape[0]).astype(np.int32),
            mult=np.full(shape[0], 1 << 30, np.uint32), shift=np.full(shape[0], 30 + bits, np.uint32), **fields,
        )  # fmt: skip

    def constants(mult: list[int], shift: int, **fields: int) -> dict:
        return {"mult": np.array(mult, np.uint32), "shift": np.array([shift], np.uint32), "hi": high, **fields}

    six, three = {"in_h": 6, "in_w": 6}, {"out_h": 3, "out_w": 3}
    layers = [
        weighted("stem", lo.KIND_CONV2D, (4, 2, 3, 3), **six, out_h=6, out_w=6, kh=3, kw=3, pad=1),
        weighted("inner", lo.KIND_CONV2D, (6, 4, 3, 3), **six, **three, kh=3, kw=3, pad=1, stride=2, lo=low),
        lo.Layer("shortcut", lo.KIND_PAD, lo.TARGET_CPU, 4, 6, 6, 6, 3, 3, kh=0, kw=0, pad=1, stride=2),
        lo.Layer("sum", lo.KIND_ADD, lo.TARGET_CPU, 6, 3, 3, 6, 3, 3, **constants([3 << 28, 1 << 30], 30)),
        lo.Layer("mean", lo.KIND_GLOBAL_AVERAGE_POOL, lo.TARGET_CPU, 6, 3, 3, 6, 1, 1, **constants([1 << 30], 33)),
        weighted("dense", lo.KIND_FULLY_CONNECTED, (5, 6), in_h=1, in_w=1, out_h=1, out_w=1, lo=low),
    ]
    return lo.with_arena(lo.Loadable("residual", bits, (2, 6, 6), 5, layers), INPUTS)


@pytest.mark.parametrize("bits", [8, 10])
def test_round_trip_keeps_every_field(bits):
    original = residual(bits)

    read = lo.from_bytes(lo.to_bytes(original))

    assert lo.to_bytes(read) == lo.to_bytes(original)
    assert lo.origins(read) == INPUTS
    arrays = dict.fromkeys(("weights", "bias", "mult", "shift"))
    for a, b in zip(original.layers, read.layers, strict=True):
        assert replace(a, **arrays) == replace(b, **arrays)
        for array in arrays:
            assert np.array_equal(getattr(a, array), getattr(b, array))


def test_maps_that_live_at_the_same_time_lie_apart_and_others_share_memory():
    network = residual()
    size = network.element_bytes
    maps = [(network.input_offset, network.input_shape, -1, 0)]
    for i, layer in enumerate(network.layers):
        readers = [j for j, sources in enumerate(INPUTS) if i in sources]
        maps.append((layer.out_offset, layer.stored_shape, i, max(readers, default=len(INPUTS))))
    spans = [(offset, offset + int(np.prod(shape)) * size, first, last) for offset, shape, first, last in maps]

    for i, a in enumerate(spans):
        for b in spans[:i]:
            if a[2] <= b[3] and b[2] <= a[3]:
                assert a[1] <= b[0] or b[1] <= a[0]
    assert network.arena_bytes == max(lo.align(end) for _, end, _, _ in spans)
    assert network.arena_bytes < sum(lo.align(end - begin) for begin, end, _, _ in spans)


@pytest.mark.parametrize("bits", [8, 10])
def test_every_layer_equals_plain_loops(bits):
    network = residual(bits)
    _, _, shortcut, add, mean, _ = network.layers
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    rng = np.random.default_rng(3)
    x, y = (rng.integers(low, high + 1, shape) for shape in ((2, 4, 6, 6), (2, 6, 3, 3)))

    def run(layer: lo.Layer, *maps: np.ndarray) -> np.ndarray:
        return reference.run_layer(layer, maps[0], bits, reference.LayerTrace(), *maps[1:])

    kept = run(shortcut, x)
    assert kept.shape == (2, 6, 3, 3)
    for n, c, i, j in np.ndindex(kept.shape):
        assert kept[n, c, i, j] == (x[n, c - 1, 2 * i, 2 * j] if 1 <= c <= 4 else 0)
    total = run(replace(add, lo=low), y, kept)
    for a, b, found in zip(y.ravel(), kept.ravel(), total.ravel(), strict=True):
        assert found == max(low, min(high, (3 * int(a) + 4 * int(b) + 2) // 4))
    average = run(replace(mean, lo=low), y)
    for n, c in np.ndindex(2, 6):
        assert average[n, c, 0, 0] == max(low, min(high, (int(y[n, c].sum()) + 4) // 8))
    assert (run(add, y, kept) == np.maximum(total, 0)).all()


def test_a_pad_with_margins_on_every_side_equals_numpy():
    layer = lo.Layer("pad", lo.KIND_PAD, lo.TARGET_CPU, 2, 5, 4, 5, 9, 8, kh=3, kw=1, pad=2)
    x = np.random.default_rng(1).integers(-128, 128, (3, 2, 5, 4))

    found = reference.run_layer(layer, x, 8, reference.LayerTrace())

    assert (found == np.pad(x, ((0, 0), (2, 1), (3, 1), (1, 3)))).all()


def test_a_network_is_its_layers_one_by_one():
    network = residual()
    images = np.random.default_rng(4).integers(-128, 128, (7, 2, 6, 6))
    maps = {INPUT: images}
    for i, (layer, sources) in enumerate(zip(network.layers, INPUTS, strict=True)):
        first, *rest = (maps[s] for s in sources)
        maps[i] = reference.run_layer(layer, first, 8, reference.LayerTrace(), *rest)

    assert (reference.logits(network, images) == maps[5].reshape(7, 5)).all()
    assert len(np.unique(reference.predict(network, images))) > 1


def patched(layer: int, field: str, value: int) -> bytes:
    """The file with one word of a layer changed and a fresh checksum."""
    data = bytearray(lo.to_bytes(residual()))
    word = [name for name, _, _ in lo.LAYER_FIELDS].index(field)
    struct.pack_into("<I", data, lo.HEADER_BYTES + layer * lo.LAYER_BYTES + 4 * word, value)
    struct.pack_into("<I", data, lo.CRC_OFFSET, 0)
    struct.pack_into("<I", data, lo.CRC_OFFSET, zlib.crc32(data))
    return bytes(data)


PAD, ADD, AVERAGE = 2, 3, 4


@pytest.mark.parametrize(
    ("layer", "field", "value", "message"),
    [
        (PAD, "target", 1, r"layer 2 \(shortcut\): pad on sc_cnn; expected: the cpu"),
        (PAD, "pad", 3, "out_c 6; expected: at least 3 [+] 4"),
        (PAD, "kh", 1, "out_h 3; expected: at least 1 [+] 3"),
        (PAD, "stride", 1, "out_h 3; expected: at least 0 [+] 6"),
        (PAD, "stride", 0, "stride 0"),
        (PAD, "pool", 1, "pool 1"),
        (ADD, "target", 2, "add on deepcam"),
        (ADD, "in_c", 5, r"output \(6, 3, 3\) of add; expected: \(5, 3, 3\)"),
        (ADD, "in2_offset", 64, "input of 54 bytes at arena offset 64, where no whole map lies"),
        (ADD, "in2_offset", 4096, "input of layer sum at arena bytes 4096"),
        (ADD, "mult_offset", 7, "aligned"),
        (ADD, "hi", 128, "clamp 0..128"),
        (AVERAGE, "out_h", 2, r"output \(6, 2, 1\) of global_average_pool; expected: \(6, 1, 1\)"),
        (AVERAGE, "shift_offset", 0, "aligned"),
        (0, "kind", 6, "kind 6; expected: 0..5"),
    ],
)
def test_a_broken_residual_file_is_refused_with_value_and_rule(layer, field, value, message):
    with pytest.raises(GanglionError, match=message):
        lo.from_bytes(patched(layer, field, value), where="broken.gnl")


def changed(layer: int, **fields: object) -> lo.Loadable:
    network = residual()
    layers = [replace(one, **fields) if i == layer else one for i, one in enumerate(network.layers)]
    return replace(network, layers=layers)


def test_the_writer_refuses_maps_that_are_gone_or_in_the_way():
    network = residual()
    stem, total = network.layers[0], network.layers[ADD]
    with pytest.raises(GanglionError, match=r"layer 3 \(sum\): an input of 54 bytes"):
        lo.to_bytes(changed(2, out_offset=network.layers[1].out_offset, in_offset=stem.out_offset))
    with pytest.raises(GanglionError, match=r"layer 3 \(sum\): output at arena bytes .* over the input"):
        lo.to_bytes(changed(ADD, out_offset=total.in2_offset))
    with pytest.raises(GanglionError, match="where a map of 72 bytes lies"):
        lo.to_bytes(replace(network, input_shape=(2, 6, 6), layers=[replace(stem, in_c=1, weights=stem.weights[:, :1]),
                                                                    *network.layers[1:]]))  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "fields", "message"),
    [
        (ADD, {"mult": np.array([1], np.uint32)}, "1 multipliers and 1 shifts; expected: 2 and 1"),
        (ADD, {"mult": np.array([1, 1 << 31], np.uint32)}, "multiplier 2147483648"),
        (AVERAGE, {"shift": np.array([63], np.uint32)}, "shift 63"),
        (AVERAGE, {"mult": None}, "0 multipliers"),
    ],
)
def test_constants_of_layers_without_weights_are_checked(layer, fields, message):
    with pytest.raises(GanglionError, match=message):
        lo.to_bytes(changed(layer, **fields))


def test_an_average_whose_sum_may_leave_int32_is_refused():
    mean = replace(residual().layers[AVERAGE], in_h=1 << 12, in_w=1 << 12, in_c=1, out_c=1)
    network = lo.Loadable("huge", 8, (1, 1 << 12, 1 << 12), 1, [mean])

    with pytest.raises(GanglionError, match="an average over 4096x4096 elements; expected: a sum inside int32"):
        lo.check(lo.with_arena(network), "huge")
