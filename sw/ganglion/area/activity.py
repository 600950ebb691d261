"""Power of lane groups at the activity of real operands: convolutions of the demo's network, simulated gate by gate.

A run is the taps of one output map with one pixel a lane, from a random tap on; an MVM has the next weight ready, so it
never waits (a wait is not a lane cycle). The same taps go through both designs: the core spends ceil(k / b) cycles on
each and drops those of k = 0, the array one on every tap. The accumulators are compared with the sums of the products.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganglion import loadable as lo
from ganglion import reference
from ganglion.area import gate_sim, sta
from ganglion.area.tools import LIBERTY
from ganglion.errors import GanglionError
from ganglion.sc_arithmetic import product

RUNS = 256
CYCLES = 96  # of the array and of the core with b >= 8; more with fewer bits, so that a run has as many products
BITS = 8
SEED = 1
IMAGES = 32  # of the held-back ones


@dataclass(frozen=True)
class Taps:
    """Operands of independent runs: weights [runs, taps], activations [runs, taps, lanes]."""

    weights: np.ndarray
    activations: np.ndarray


@dataclass(frozen=True)
class Bounds:
    """pJ a cycle of a group without glitches and with those of equal delays."""

    settled: float
    glitching: float


def sources() -> list[bytes]:
    """What decides an energy besides netlist and operands."""
    return [Path(module.__file__).read_bytes() for module in (gate_sim, sta)] + [Path(__file__).read_bytes()]


def taps_of(network: lo.Loadable, images: np.ndarray, lanes: int, taps: int = CYCLES) -> Taps:
    """Of the network's convolutions in proportion to their products; runs begin at a random tap and go on in order."""
    maps: dict[int, np.ndarray] = {}

    def step(i: int, inputs: list[np.ndarray]) -> np.ndarray:
        maps[i] = inputs[0]
        return reference.run_layer(
            network.layers[i], inputs[0], network.operand_bits, reference.LayerTrace(), *inputs[1:]
        )

    reference.run(network, np.asarray(images, np.int64), step)
    chosen = [i for i, layer in enumerate(network.layers) if layer.kind == lo.KIND_CONV2D]
    columns = {i: reference.layer_columns(network.layers[i], maps[i]) for i in chosen}
    share = np.array([columns[i].size * network.layers[i].out_c for i in chosen], float)
    rng = np.random.default_rng(SEED)
    weights, activations = [], []
    for _ in range(RUNS):
        i = chosen[rng.choice(len(chosen), p=share / share.sum())]
        layer, pixels = network.layers[i], columns[i][rng.integers(len(images))].reshape(-1, columns[i].shape[3])
        first = rng.integers(max(1, len(pixels) - lanes + 1))
        pixel = np.arange(first, first + lanes) % len(pixels)
        order = (rng.integers(layer.taps) + np.arange(taps)) % layer.taps
        weights.append(layer.weights.reshape(layer.out_c, -1)[rng.integers(layer.out_c)][order])
        activations.append(pixels[pixel][:, order].T)
    return Taps(np.array(weights, np.int64), np.array(activations, np.int64))


def _packed(values: np.ndarray) -> int:
    """A bit a run."""
    return int.from_bytes(np.packbits(values.astype(np.uint8), bitorder="little").tobytes(), "little")


def _port(name: str, values: np.ndarray, width: int) -> dict[str, int]:
    """Bits of an input whose value in each run is given."""
    if width == 1:
        return {name: _packed(values & 1)}
    return {f"{name}[{i}]": _packed(values >> i & 1) for i in range(width)}


def _constant(name: str, value: int, width: int) -> dict[str, int]:
    return _port(name, np.full(RUNS, value), width)


def cycles_of(parallel_bits: int) -> int:
    """Simulated; 0 is the array."""
    return CYCLES * max(1, 8 // parallel_bits) if parallel_bits else CYCLES


def sc_stimulus(taps: Taps, parallel_bits: int, lanes: int) -> Iterator[dict[str, int]]:
    """Busy cycles of an MVM, then as many without another weight as the last product needs."""
    rails = _constant("low", -(1 << 15), 16) | _constant("high", (1 << 15) - 1, 16)
    at = _next_tap(taps.weights, np.zeros(RUNS, np.int64))
    left = np.zeros(RUNS, np.int64)
    operand = np.zeros((RUNS, lanes), np.int64)
    weight = np.zeros(RUNS, np.int64)
    busy = cycles_of(parallel_bits)
    for cycle in range(busy + 1 + (1 << (BITS - 1)) // parallel_bits):
        load = (left <= 1) & (at < taps.weights.shape[1]) & (cycle < busy)
        now = np.minimum(at, taps.weights.shape[1] - 1)
        weight = np.where(load, taps.weights[np.arange(RUNS), now], weight)
        operand = np.where(load[:, None], taps.activations[np.arange(RUNS), now], operand)
        inputs = {**rails, **_constant("clear", cycle == 0, 1), **_port("load", load, 1), **_constant("run", 1, 1)}
        inputs |= _port("count_in", np.abs(weight), BITS) | _port("negative_in", weight < 0, 1)
        inputs |= _operands(operand + (1 << (BITS - 1)), load, lanes)
        yield inputs
        left = np.where(load, -(-np.abs(weight) // parallel_bits), np.maximum(left - 1, 0))
        at = np.where(load, _next_tap(taps.weights, at + 1), at)


def _next_tap(weights: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The first tap from `at` on whose weight is not 0."""
    there = (weights != 0) & (np.arange(weights.shape[1]) >= at[:, None])
    return np.where(there.any(axis=1), there.argmax(axis=1), weights.shape[1])


def mac_stimulus(taps: Taps, lanes: int) -> Iterator[dict[str, int]]:
    """A tap a cycle, the sums a cycle behind."""
    last = min(CYCLES, taps.weights.shape[1])
    for cycle in range(last + 2):
        now = min(cycle, last - 1)
        load = np.full(RUNS, cycle < last)
        inputs = (
            _constant("clear", cycle == 0, 1) | _port("load", load, 1) | _constant("run", int(0 < cycle <= last), 1)
        )
        yield inputs | _port("weight_in", taps.weights[:, now], BITS) | _operands(taps.activations[:, now], load, lanes)


def _operands(values: np.ndarray, load: np.ndarray, lanes: int) -> dict[str, int]:
    inputs: dict[str, int] = {}
    for lane in range(lanes):
        for i in range(BITS):
            inputs[f"operands[{lane * BITS + i}]"] = _packed(values[:, lane] >> i & 1)
        inputs[f"load_operand[{lane}]"] = _packed(load)
    return inputs


def sums(v: list[int], netlist: gate_sim.Netlist, lanes: int, width: int) -> np.ndarray:
    """Accumulators [runs, lanes] at the end."""
    found = np.zeros((RUNS, lanes), np.int64)
    for lane in range(lanes):
        for i in range(width):
            bits = v[netlist.index[f"acc[{lane * width + i}]"]]
            weight = -(1 << i) if i == width - 1 else 1 << i
            row = np.frombuffer(bits.to_bytes(RUNS // 8, "little"), np.uint8)
            found[:, lane] += weight * np.unpackbits(row, bitorder="little").astype(np.int64)
    return found


def group_energy(netlist_text: str, top: str, taps: Taps, width: int, parallel_bits: int) -> Bounds:
    """pJ a cycle of a group, an SC one with `parallel_bits`, a binary one with 0, with accumulators of `width` bits."""
    lanes = taps.activations.shape[2]
    netlist = gate_sim.read(netlist_text, gate_sim.functions(LIBERTY.read_text()))
    stimulus = list(sc_stimulus(taps, parallel_bits, lanes) if parallel_bits else mac_stimulus(taps, lanes))
    v, _, _ = gate_sim.simulate(netlist, RUNS, stimulus, False)
    if not np.array_equal(sums(v, netlist, lanes, width), _expected(taps, parallel_bits, stimulus)):
        raise GanglionError("sums of the netlist are wrong", expected="those of the products", where=top)
    energies = sta.energies(top, netlist_text)
    found = []
    for glitches in (False, True):
        _, toggles, cycles = gate_sim.simulate(netlist, RUNS, stimulus[: cycles_of(parallel_bits)], glitches)
        drivers = [(pin, net) for pin, net, _ in (*netlist.gates, *netlist.flip_flops)]
        found.append(
            sum(energies[pin.split("/")[0]][0] for pin, _ in drivers)
            + sum(energies[pin.split("/")[0]][1] * toggles[net] for pin, net in drivers) / (cycles * RUNS)
        )
    return Bounds(*found)


def _expected(taps: Taps, parallel_bits: int, stimulus: list[dict[str, int]]) -> np.ndarray:
    """Sums of the products whose weights were loaded."""
    loads = np.array([_unpacked(inputs["load"]) for inputs in stimulus]).sum(axis=0)
    kept = taps.weights != 0 if parallel_bits else np.ones_like(taps.weights, bool)
    done = kept & (np.cumsum(kept, axis=1) <= loads[:, None])
    weight = taps.weights[:, :, None]
    if parallel_bits:
        each = product(BITS, taps.activations, np.broadcast_to(weight, taps.activations.shape))
    else:
        each = taps.activations * weight
    return (each * done[:, :, None]).sum(axis=1)


def _unpacked(bits: int) -> np.ndarray:
    return np.unpackbits(np.frombuffer(bits.to_bytes(RUNS // 8, "little"), np.uint8), bitorder="little")
