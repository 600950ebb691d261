"""NumPy inference against plain loops over single products, layer by layer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ganglion import fixed_point, reference, vectors
from ganglion import loadable as lo


def make_layer(rng, bits: int, kind: int, **changes) -> lo.Layer:
    top = (1 << (bits - 1)) - 1
    out_c = 3
    shape = {"in_c": 2, "in_h": 5, "in_w": 6, "out_c": out_c, "out_h": 5, "out_w": 6, "kh": 3, "kw": 3, "pad": 1}
    weights = rng.integers(-top, top + 1, (out_c, 2, 3, 3))
    if kind == lo.KIND_FULLY_CONNECTED:
        shape = {"in_c": 60, "in_h": 1, "in_w": 1, "out_c": out_c, "out_h": 1, "out_w": 1}
        weights = rng.integers(-top, top + 1, (out_c, 60))
    layer = lo.Layer(
        "layer", kind, lo.TARGET_SC_CNN, **shape, lo=-top - 1, hi=top, weight_bits=bits, guard_bits=6, zero_skip=1,
        weights=weights, bias=rng.integers(-50, 50, out_c).astype(np.int32),
        mult=rng.integers(1 << 30, 1 << 31, out_c).astype(np.uint32), shift=np.full(out_c, 33, np.uint32),
    )  # fmt: skip
    return replace(layer, **changes)


def plain_sums(layer: lo.Layer, image: np.ndarray, bits: int) -> tuple[np.ndarray, int]:
    """Accumulators [out_c, out_h, out_w] and clamps: loops in the order (c, ky, kx) over stream-simulated products."""
    dense = layer.kind == lo.KIND_FULLY_CONNECTED
    image = image.reshape(layer.in_c, layer.in_h, layer.in_w)
    weights = layer.weights.reshape(layer.out_c, layer.in_c, layer.kh, layer.kw)
    sums = np.zeros((layer.out_c, layer.out_h, layer.out_w), np.int64)
    rail = 1 << (bits + layer.guard_bits - 1)
    clamps = 0
    for o, y, x in np.ndindex(*sums.shape):
        acc = 0
        for c, ky, kx in np.ndindex(*weights.shape[1:]):
            row, column = y * layer.stride + ky - layer.pad, x * layer.stride + kx - layer.pad
            inside = 0 <= row < layer.in_h and 0 <= column < layer.in_w
            activation = int(image[c, row, column]) if inside else 0
            weight = int(weights[o, c, ky, kx])
            if layer.target == lo.TARGET_CPU:
                acc += activation * weight
                continue
            operands = (weight, activation) if dense else (activation, weight)
            acc += vectors._stream_product(bits, *operands, layer.weight_bits)[0]
            if not -rail <= acc < rail:
                clamps += 1
                acc = max(-rail, min(rail - 1, acc))
        sums[o, y, x] = acc
    return sums, clamps


@pytest.mark.parametrize("kind", [lo.KIND_CONV2D, lo.KIND_FULLY_CONNECTED])
@pytest.mark.parametrize(
    ("bits", "changes"),
    [
        (8, {}),
        (8, {"guard_bits": 0}),
        (6, {"weight_bits": 4, "guard_bits": 2}),
        (10, {"weight_bits": 7}),
        (5, {"lo": 0}),
        (8, {"target": lo.TARGET_CPU}),
    ],
)
def test_layer_equals_plain_loops(kind, bits, changes):
    rng = np.random.default_rng(bits)
    layer = make_layer(rng, bits, kind, **changes)
    images = rng.integers(-(1 << (bits - 1)), 1 << (bits - 1), (2, layer.in_c, layer.in_h, layer.in_w))
    trace = reference.LayerTrace()

    got = reference.run_layer(layer, images, bits, trace)

    clamps = 0
    for image, outputs in zip(images, got, strict=True):
        sums, image_clamps = plain_sums(layer, image, bits)
        clamps += image_clamps
        scaled = (sums << (bits - layer.weight_bits)) + layer.bias.astype(np.int64)[:, None, None]
        expected = fixed_point.requantise(
            scaled, layer.mult.astype(np.int64)[:, None, None], layer.shift[:, None, None], layer.lo, layer.hi
        )
        assert np.array_equal(outputs, expected)
    assert trace.saturations == clamps
    assert clamps > 0 or layer.guard_bits > 1


def test_stride_and_odd_pooling_equal_plain_loops():
    rng = np.random.default_rng(3)
    layer = make_layer(rng, 8, lo.KIND_CONV2D, in_h=9, in_w=13, out_h=5, out_w=7, stride=2, pool=1)
    image = rng.integers(-128, 128, (1, 2, 9, 13))

    got = reference.run_layer(layer, image, 8, reference.LayerTrace())

    sums, _ = plain_sums(layer, image[0], 8)
    full = fixed_point.requantise(
        sums + layer.bias[:, None, None],
        layer.mult.astype(np.int64)[:, None, None], layer.shift[:, None, None], layer.lo, layer.hi,
    )  # fmt: skip
    expected = full[:, :4, :6].reshape(3, 2, 2, 3, 2).max(axis=(2, 4))
    assert got.shape == (1, *layer.stored_shape)
    assert np.array_equal(got[0], expected)


def test_fully_connected_layer_differs_from_the_same_shape_as_convolution():
    rng = np.random.default_rng(5)
    dense = make_layer(rng, 8, lo.KIND_FULLY_CONNECTED, shift=np.full(3, 31, np.uint32), guard_bits=8)
    conv = replace(dense, kind=lo.KIND_CONV2D, weights=dense.weights[:, :, None, None])
    image = rng.integers(0, 128, (1, 60, 1, 1))

    columns = reference.layer_columns(dense, image)
    dense_sums = reference.accumulate(dense, columns, 8, reference.LayerTrace())
    conv_sums = reference.accumulate(conv, columns, 8, reference.LayerTrace())

    assert (dense_sums != conv_sums).any()


def test_lowest_index_wins_a_tie(monkeypatch):
    monkeypatch.setattr(reference, "logits", lambda network, images: np.array([[3, 7, 7], [5, 5, 5]]))

    assert reference.predict(None, None).tolist() == [1, 0]


def test_batches_do_not_change_the_result(monkeypatch):
    rng = np.random.default_rng(7)
    layer = make_layer(rng, 8, lo.KIND_FULLY_CONNECTED)
    network = lo.with_arena(lo.Loadable("one", 8, (60, 1, 1), 3, [layer]))
    images = rng.integers(-128, 128, (7, 60, 1, 1))

    whole = reference.logits(network, images)
    monkeypatch.setattr(reference, "BATCH", 3)

    assert np.array_equal(reference.logits(network, images), whole)
