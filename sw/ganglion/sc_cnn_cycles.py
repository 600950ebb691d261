"""Compute cycles of SC-CNN layers: formula and tiling rules of ip/sc_cnn/README.md ("Cycles", "Tiles and buffers").

Models: cycles of every tile of a job from the actual counter values, and of a job whose transfers take no time.
Leaves out: operand and result DMA (the bus decides), so a report's JOB_CYCLES is at least `job_cycles`.
Checked against: an array stepped counter by counter in sw/tests. Error bound: none for the machine described there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ganglion import loadable as lo
from ganglion.sc_arithmetic import counter_value, product_cycles


@dataclass(frozen=True)
class Core:
    """Synthesis parameters that decide cycles; the defaults are those of the block."""

    parallel_bits: int = 8
    lanes: int = 16
    mvms: int = 16
    fifo: bool = False
    requantisers: int = 4
    input_buffer_bytes: int = 64 * 1024
    weight_buffer_bytes: int = 64 * 1024
    output_buffer_bytes: int = 16 * 1024
    start_cycles: int = 47
    tile_cycles: int = 6
    run_cycles: int = 3


def _ceil(a: int, b: int) -> int:
    return -(-a // b)


def _fed_cycles(entries: list[int]) -> int:
    """Cycles of an array whose entries come out of the buffers one a cycle; an entry of 0 cycles is dropped there."""
    ready, left, busy = 1, 0, 0
    for cycles in entries:
        left = ready if cycles == 0 else max(ready, busy)
        if cycles:
            busy = left + cycles
        ready = left + 1
    return max(left, busy) - 1


def _stripe_rows(core: Core, layer: lo.Layer, item: int) -> tuple[int, int]:
    """Computed output rows of the layer, and how many a stripe holds."""
    step = 2 if layer.pool else 1
    computed = layer.out_h // step * step
    stored_row = min(core.mvms, layer.out_c) * (layer.out_w // step) * item
    rows = min(computed, core.output_buffer_bytes // 2 // stored_row * step)
    row_bytes = layer.in_c * layer.in_w * item
    if row_bytes * layer.in_h > core.input_buffer_bytes:
        fitting = core.input_buffer_bytes // 2 // row_bytes
        rows = min(rows, ((fitting - layer.kh) // layer.stride + 1) // step * step if fitting >= layer.kh else 0)
    if rows < 1:
        raise ValueError(f"layer '{layer.name}': no stripe fits the core's buffers")
    return computed, rows


def _convolution(core: Core, layer: lo.Layer, bits: int) -> list[int]:
    step = 2 if layer.pool else 1
    computed, rows = _stripe_rows(core, layer, lo.element_bytes(bits))
    counts = counter_value(bits, layer.weights.reshape(layer.out_c, -1), layer.weight_bits)
    cost = product_cycles(counts, core.parallel_bits, bool(layer.zero_skip))
    tiles = []
    for first in range(0, layer.out_c, core.mvms):
        group = cost[first : first + core.mvms]
        accumulate = int(group.sum(axis=1).max()) if core.fifo else _fed_cycles(group.max(axis=0).tolist())
        accumulate += core.run_cycles
        for row in range(0, computed, rows):
            pixels = min(rows, computed - row) * (layer.out_w // step * step)
            sizes = [min(core.lanes, pixels - p) for p in range(0, pixels, core.lanes)]
            drain = [len(group) * _ceil(size, core.requantisers) for size in sizes]
            overlapped = sum(max(accumulate, d) for d in drain[:-1])
            tiles.append(core.tile_cycles + accumulate + overlapped + drain[-1])
    return tiles


def _fully_connected(core: Core, layer: lo.Layer, bits: int, activations: npt.NDArray[np.int64]) -> list[int]:
    counts = counter_value(bits, activations.reshape(-1), layer.weight_bits)
    cost = product_cycles(counts, core.parallel_bits, bool(layer.zero_skip))
    at_once = core.lanes * core.mvms
    chunk = core.weight_buffer_bytes // 2 // (min(at_once, layer.out_c) * lo.element_bytes(bits))
    chunk = len(cost) if chunk >= len(cost) else chunk // 8 * 8
    if chunk < 1:
        raise ValueError(f"layer '{layer.name}': no chunk fits the core's weight buffer")
    tiles = []
    for first in range(0, layer.out_c, at_once):
        outputs = min(at_once, layer.out_c - first)
        groups = _ceil(outputs, core.mvms)
        for tap in range(0, len(cost), chunk):
            entries = [e for c in cost[tap : tap + chunk].tolist() for e in [min(c, 1)] * (groups - 1) + [c]]
            tiles.append(core.tile_cycles + core.run_cycles + _fed_cycles(entries))
        tiles[-1] += _ceil(outputs, core.requantisers)
    return tiles


def sc_cnn_cycles(
    core: Core, layer: lo.Layer, bits: int, activations: npt.NDArray[np.int64] | None = None
) -> list[int]:
    """Compute cycles of each tile of one job; a fully connected layer needs its input elements (one image)."""
    if layer.kind == lo.KIND_CONV2D:
        return _convolution(core, layer, bits)
    if layer.kind != lo.KIND_FULLY_CONNECTED or activations is None:
        raise ValueError(f"layer '{layer.name}': cycles of a convolution, or of a fully connected layer and its input")
    return _fully_connected(core, layer, bits, activations)


def first_tile_cycles(core: Core, bits: int) -> int:
    """Cycles from a job becoming active to its first fetch: three divisions of 2 bits a cycle, and the rest."""
    item = lo.element_bytes(bits)
    halves = (core.input_buffer_bytes, core.weight_buffer_bytes, core.output_buffer_bytes)
    largest = max(core.lanes, *(half // 2 // item for half in halves))
    return core.start_cycles + 3 * _ceil(largest.bit_length(), 2)


def job_cycles(core: Core, tiles: list[int], bits: int) -> int:
    """Cycles of a job whose transfers take no time: first_tile_cycles + sum of its tiles."""
    return first_tile_cycles(core, bits) + sum(tiles)
