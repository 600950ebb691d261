"""Bit-exact inference of a loadable in NumPy, the witness of the C++ model and of the firmware.

Models: exact integer layers (target cpu), SC-CNN layers (fact sheet: closed-form products, saturating accumulator
clamped after each product in (c, ky, kx) order, dynamic precision, operands swapped in fully connected layers; padding
is operand 0, whose product with an odd weight is not 0) and DeepCAM layers (`ganglion.deepcam`); bias, requantisation,
ReLU, 2x2 maximum; additions, global averages and pads of residual networks (formulas: `ganglion.loadable`).
Leaves out: time, energy, stream-bit faults.
Checked against: bit-stream simulation in sw/tests, the shared vectors, the C++ model by tests of the platform.
Error bound: none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ganglion import loadable as lo
from ganglion.deepcam.hashed_sums import hashed_sums
from ganglion.fixed_point import INT32_MAX, INT32_MIN, add_requantised, requantise
from ganglion.network import max_pool, pad_map, patches, walk
from ganglion.sc_arithmetic import counter_value, product_table

IntArray = npt.NDArray[np.int64]
BATCH = 128  # images computed at once: keeps the columns of a layer inside the caches


@dataclass
class LayerTrace:
    """What happened in one layer: largest |running sum|, products that a rail clamped, stored map of the last batch."""

    peak: int = 0
    saturations: int = 0
    output: IntArray | None = None


def exact_accumulate(columns: IntArray, weights: IntArray) -> IntArray:
    """Sums of exact products: columns [rows, taps], weights [out, taps] -> [rows, out].

    A sum of integers below 2^24 is exact in float32 in any order, one below 2^53 in float64.
    """
    largest = float(np.abs(columns).max(initial=0)) * float(np.abs(weights).max(initial=0)) * columns.shape[1]
    real = np.float32 if largest < 1 << 24 else np.float64
    return np.rint(columns.astype(real) @ weights.T.astype(real)).astype(np.int64)


def sc_accumulate(
    columns: IntArray, weights: IntArray, bits: int, weight_bits: int, acc_bits: int, swapped: bool, trace: LayerTrace
) -> IntArray:
    """SC sums, tap by tap: columns [rows, taps], weights [out, taps] -> [rows, out].

    `swapped` (fully connected): the weight drives the stream and the activation the down counter. Each tap selects, for
    every activation value, the products with all outputs' weights; then the accumulators clamp to `acc_bits` bits.
    """
    half = 1 << (bits - 1)
    table = product_table(bits, weight_bits)
    index = np.ascontiguousarray((columns + half).T)
    weight_index = (weights + half).T
    narrow = acc_bits <= 31
    accumulator = np.zeros((columns.shape[0], weights.shape[0]), np.int32 if narrow else np.int64)
    rail = (1 << (acc_bits - 1)) - 1
    reachable = _reachable_sum(columns, weights, bits, weight_bits, swapped)
    for activation, weight in zip(index, weight_index, strict=True):
        products = table[weight].T if swapped else table[:, weight]  # [2^N, out]
        accumulator += np.take(np.ascontiguousarray(products), activation, axis=0)
        low, high = int(accumulator.min(initial=0)), int(accumulator.max(initial=0))
        if high > rail or low < -rail - 1:
            trace.saturations += int(np.count_nonzero((accumulator > rail) | (accumulator < -rail - 1)))
            np.clip(accumulator, -rail - 1, rail, out=accumulator)
        trace.peak = max(trace.peak, min(high, rail), -max(low, -rail - 1))
    assert trace.peak <= max(reachable, 0), "a product exceeded its counter value"
    return accumulator.astype(np.int64)


def _reachable_sum(columns: IntArray, weights: IntArray, bits: int, weight_bits: int, swapped: bool) -> int:
    """No sum of products exceeds the sum of the counter values."""
    counters = counter_value(bits, columns if swapped else weights, weight_bits)
    return int(counters.sum(axis=1).max(initial=0))


def layer_columns(layer: lo.Layer, maps: IntArray) -> IntArray:
    """Operand vectors [n, out_h, out_w, taps] of a layer of weights for input maps [n, c, h, w].

    As int16, which holds every element: the copies of a pixel are what most memory is moved for.
    """
    maps = maps.astype(np.int16)
    if layer.kind == lo.KIND_FULLY_CONNECTED:
        return maps.reshape(len(maps), 1, 1, -1)
    columns = patches(maps, layer.kh, layer.kw, layer.stride, layer.pad)
    if layer.pool:  # nobody computes a row or column that pooling drops
        columns = columns[:, : layer.out_h // 2 * 2, : layer.out_w // 2 * 2]
    return columns


def accumulate(layer: lo.Layer, columns: IntArray, bits: int, layer_trace: LayerTrace) -> IntArray:
    """Sums [n, out_h, out_w, out_c] before the bias, those of the core already shifted by N - n_w."""
    weights = layer.weights.reshape(layer.out_c, -1).astype(np.int64)
    rows = columns.reshape(-1, columns.shape[3])
    if layer.target == lo.TARGET_SC_CNN:
        acc_bits = bits + layer.guard_bits
        dense = layer.kind == lo.KIND_FULLY_CONNECTED
        acc = sc_accumulate(rows, weights, bits, layer.weight_bits, acc_bits, dense, layer_trace)
        acc = acc << (bits - layer.weight_bits)
    else:
        acc = exact_accumulate(rows, weights)
    return acc.reshape(*columns.shape[:3], layer.out_c)


def finish(layer: lo.Layer, acc: IntArray) -> IntArray:
    """Bias, requantisation, ReLU, pooling of sums [n, out_h, out_w, out_c]: stored maps [n, c, h, w]."""
    biased = np.clip(acc + layer.bias.astype(np.int64), INT32_MIN, INT32_MAX)
    outputs = requantise(biased, layer.mult.astype(np.int64), layer.shift.astype(np.int64), layer.lo, layer.hi)
    outputs = outputs.transpose(0, 3, 1, 2)
    return max_pool(outputs) if layer.pool else outputs


def run_layer(
    layer: lo.Layer, maps: IntArray, bits: int, layer_trace: LayerTrace, second: IntArray | None = None
) -> IntArray:
    """Stored maps [n, c, h, w] of one layer for input maps [n, c, h, w]; `second` is an addition's other input."""
    if layer.weighted:
        columns = layer_columns(layer, maps)
        if layer.hash is not None:
            return finish(layer, hashed_sums(layer.hash, columns))
        return finish(layer, accumulate(layer, columns, bits, layer_trace))
    if layer.kind == lo.KIND_MAX_POOL:
        return max_pool(maps)
    if layer.kind == lo.KIND_PAD:
        kept = [-(-size // layer.stride) for size in maps.shape[2:]]
        margins = (
            (layer.pad, layer.out_c - layer.pad - layer.in_c),
            (layer.kh, layer.out_h - layer.kh - kept[0]),
            (layer.kw, layer.out_w - layer.kw - kept[1]),
        )
        return pad_map(maps, layer.stride, margins)
    if layer.kind == lo.KIND_ADD:
        return add_requantised(maps, second, tuple(layer.mult), layer.shift[0], layer.lo, layer.hi)
    sums = maps.sum(axis=(2, 3), keepdims=True)  # global average pool
    return requantise(sums, layer.mult, layer.shift, layer.lo, layer.hi)


def run(network: lo.Loadable, images: IntArray, step: Callable[[int, list[IntArray]], IntArray]) -> IntArray:
    """The last map of a network whose layer i computes step(i, its input maps)."""
    *_, last = walk(lo.origins(network), images, step)
    return last


def trace(network: lo.Loadable, images: npt.ArrayLike) -> list[LayerTrace]:
    """One trace a layer over all images (quantised, [n, c, h, w]); `output` is the last layer's whole, else None."""
    traces = [LayerTrace() for _ in network.layers]
    inputs = np.asarray(images, dtype=np.int64)

    def step(i: int, maps: list[IntArray]) -> IntArray:
        return run_layer(network.layers[i], maps[0], network.operand_bits, traces[i], *maps[1:])

    logits = [run(network, inputs[i : i + BATCH], step) for i in range(0, len(inputs), BATCH)]
    outputs = [part.reshape(len(part), -1) for part in logits]
    traces[-1].output = np.concatenate(outputs) if outputs else np.zeros((0, network.classes), np.int64)
    return traces


def logits(network: lo.Loadable, images: npt.ArrayLike) -> IntArray:
    """Requantised logits [n, classes] of quantised images."""
    return trace(network, images)[-1].output


def predict(network: lo.Loadable, images: npt.ArrayLike) -> IntArray:
    """Predictions [n]: largest logit, lowest index wins."""
    return logits(network, images).argmax(axis=1)
