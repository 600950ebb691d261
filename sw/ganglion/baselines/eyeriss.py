"""Cycles and action counts of an Eyeriss-like 12 x 14 array: systolic WS, OS, IS and row stationary.

Models: SCALE-Sim's stall-free cycle formulas (WS, OS, IS) and the best row-stationary mapping, near a lower bound;
words that move between scratch pads, array network, buffer and DRAM. Leaves out: stalls, DRAM latency, zero gating.
Source of the cycles: fact sheet "baselines", whose table sw/tests reproduce. The action counts are a reconstruction:
every MAC reads one activation and one weight and reads and writes one partial sum next to it; what crosses the buffer
follows from the folds; DRAM gives weights and input maps once and takes output maps once, which assumes that a layer's
maps fit on the chip. Error bound: cycles none for the formulas; counts unknown, no measurement is public.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ganglion.baselines.networks import LayerShape, NetworkShape

WEIGHT_STATIONARY, OUTPUT_STATIONARY, INPUT_STATIONARY, ROW_STATIONARY = "WS", "OS", "IS", "RS"
DATAFLOWS = (WEIGHT_STATIONARY, OUTPUT_STATIONARY, INPUT_STATIONARY, ROW_STATIONARY)


@dataclass(frozen=True)
class Array:
    """Rows and columns of PEs; words of the scratch pads; 16-bit words of one buffer or DRAM access."""

    rows: int = 12
    columns: int = 14
    input_pad: int = 12
    weight_pad: int = 224
    psum_pad: int = 24
    words_per_access: int = 4

    @property
    def pes(self) -> int:
        return self.rows * self.columns


@dataclass(frozen=True)
class Mapping:
    """Row-stationary mapping: e output rows a strip, r x t sets of PEs, q channels and p filters a PE."""

    cycles: int
    e: int
    r: int
    t: int
    q: int
    p: int


def _ceil(a: int, b: int) -> int:
    return -(-a // b)


def systolic_cycles(array: Array, layer: LayerShape, dataflow: str) -> int:
    """Stall-free cycles of one layer with WS, OS or IS; K = taps, M = filters, P = output pixels."""
    k, m, p = layer.taps, layer.filters, layer.patches
    rows, columns = array.rows, array.columns
    if dataflow == WEIGHT_STATIONARY:
        return _ceil(k, rows) * _ceil(m, columns) * (2 * rows + columns + p - 2)
    if dataflow == OUTPUT_STATIONARY:
        return _ceil(p, rows) * _ceil(m, columns) * (rows + columns + k - 2)
    if dataflow == INPUT_STATIONARY:
        return _ceil(k, rows) * _ceil(p, columns) * (2 * rows + columns + m - 2)
    raise ValueError(f"systolic_cycles: dataflow '{dataflow}', expected WS, OS or IS")


@lru_cache(maxsize=4096)
def row_stationary(array: Array, layer: LayerShape) -> Mapping:
    """The mapping with the fewest cycles ceil(M/(p*t)) * ceil(C/(q*r)) * ceil(E/e) * p*q*F*S.

    A set is kernel_h x e PEs; floor(rows/kernel_h) * floor(columns/e) sets fit. Scratch pads: q*S inputs, p*q*S
    weights, p partial sums. Among equals the one with the fewest words through the buffer, then the first found.
    """
    if layer.kernel_h > array.rows or layer.kernel_w > array.input_pad:
        kernel = f"{layer.kernel_h}x{layer.kernel_w}"
        raise ValueError(f"layer '{layer.name}': no row-stationary mapping of a {kernel} kernel")
    best: tuple[tuple[int, int], Mapping] | None = None
    for e in range(1, min(layer.out_h, array.columns) + 1):
        sets = (array.rows // layer.kernel_h) * (array.columns // e)
        strips = _ceil(layer.out_h, e)
        for t in range(1, min(sets, layer.filters) + 1):
            r = min(sets // t, layer.channels)
            for q in range(1, array.input_pad // layer.kernel_w + 1):
                passes = _ceil(layer.channels, q * r) * strips
                for p in range(1, min(array.psum_pad, array.weight_pad // (q * layer.kernel_w)) + 1):
                    cycles = _ceil(layer.filters, p * t) * passes * p * q * layer.out_w * layer.kernel_w
                    if best is not None and cycles > best[0][0]:
                        continue
                    mapping = Mapping(cycles, e, r, t, q, p)
                    key = (cycles, sum(_row_stationary_words(layer, mapping)))
                    if best is None or key < best[0]:
                        best = (key, mapping)
    return best[1]


def cycles(array: Array, layer: LayerShape, dataflow: str) -> int:
    """Cycles of one layer with any of `DATAFLOWS`."""
    if dataflow == ROW_STATIONARY:
        return row_stationary(array, layer).cycles
    return systolic_cycles(array, layer, dataflow)


def network_cycles(array: Array, network: NetworkShape, dataflow: str) -> int:
    """Cycles of one image, layer after layer."""
    return sum(cycles(array, layer, dataflow) for layer in network.layers)


def lower_bound(array: Array, network: NetworkShape) -> int:
    """MACs / PEs, rounded to the nearest cycle."""
    return round(network.macs / array.pes)


def _row_stationary_words(layer: LayerShape, mapping: Mapping) -> tuple[int, int, int]:
    """Words through the buffer: activations, weights, partial sums (writes and reads back)."""
    filter_groups = _ceil(layer.filters, mapping.p * mapping.t)
    channel_groups = _ceil(layer.channels, mapping.q * mapping.r)
    strips = _ceil(layer.out_h, mapping.e)
    rows = (mapping.e - 1) * layer.stride + layer.kernel_h  # input rows a strip of e output rows needs
    width = (layer.out_w - 1) * layer.stride + layer.kernel_w
    return (
        layer.channels * rows * width * strips * filter_groups,
        layer.filters * layer.taps * strips,
        layer.outputs * (2 * channel_groups - 1),
    )


def _systolic_words(array: Array, layer: LayerShape, dataflow: str) -> tuple[int, int, int]:
    k, m, p = layer.taps, layer.filters, layer.patches
    if dataflow == WEIGHT_STATIONARY:
        return p * k * _ceil(m, array.columns), k * m, p * m * (2 * _ceil(k, array.rows) - 1)
    if dataflow == OUTPUT_STATIONARY:
        return p * k * _ceil(m, array.columns), k * m * _ceil(p, array.rows), p * m
    return k * p, k * m * _ceil(p, array.columns), p * m * (2 * _ceil(k, array.rows) - 1)


def actions(array: Array, layer: LayerShape, dataflow: str) -> dict[str, float]:
    """Action counts of one layer, keys as in costs/eyeriss.yaml; a word that crosses the buffer takes the NoC once."""
    if dataflow == ROW_STATIONARY:
        activations, weights, psums = _row_stationary_words(layer, row_stationary(array, layer))
    else:
        activations, weights, psums = _systolic_words(array, layer, dataflow)
    writes = (psums + layer.outputs) // 2  # of 2n - 1 passes of a sum through the buffer n are writes
    access = array.words_per_access
    return {
        "mac": layer.macs,
        "input_pad": layer.macs,
        "weight_pad": layer.macs,
        "psum_pad": 2 * layer.macs,
        "noc": activations + weights + psums,
        "buffer_read": (activations + psums - writes) / access,
        "buffer_write": writes / access,
        "weight_buffer_read": weights / access,
        "weight_buffer_write": layer.filters * layer.taps / access,
        "dram": (layer.filters * layer.taps + layer.input_elements + layer.outputs) / access,
    }
