"""Inference of a quantised network whose layers of weights run on the DeepCAM array, and what its angles miss by layer.

Takes a loadable lowered for the cpu: exact integer layers share weights, bias and requantisation with the array, whose
accumulator has the same unit. Models: the ideal array, bit exact. Leaves out: time, energy, device noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from ganglion import loadable as lo
from ganglion import reference
from ganglion.deepcam import array
from ganglion.deepcam.array import HashConfig, Hashed
from ganglion.deepcam.hashed_sums import BLOCK
from ganglion.errors import GanglionError
from ganglion.layer_hash import TILE_STEP, TILES_MAX

IntArray = npt.NDArray[np.int64]
IMAGES = 64


def weighted_layers(network: lo.Loadable) -> list[lo.Layer]:
    """Layers that the array can take: those with weights."""
    return [layer for layer in network.layers if layer.weights is not None]


def check_hash(bits: object, tile: object, where: str) -> None:
    """A length of hash and a tile that an array can have."""
    if bits not in array.HASH_LENGTHS:
        raise GanglionError(f"hash of {bits} bits", expected="one of " + ", ".join(map(str, array.HASH_LENGTHS)),
                            where=where)  # fmt: skip
    if type(tile) is not int or tile < 0 or tile % TILE_STEP:
        raise GanglionError(f"tiles of {tile} inputs", expected=f"a multiple of {TILE_STEP}, 0 for whole vectors",
                            where=where)  # fmt: skip


def plan(
    network: lo.Loadable,
    bits: int | Mapping[str, int],
    tile: int = 0,
    seed: int = 1,
    piecewise_linear: bool = False,
) -> dict[str, HashConfig]:
    """Hash configuration of every layer with weights: one length for all or a length by name; layers number upwards."""
    layers = weighted_layers(network)
    lengths = {layer.name: bits for layer in layers} if isinstance(bits, int) else dict(bits)
    names = [layer.name for layer in layers]
    unknown = sorted(set(lengths) - set(names))
    if unknown:
        raise GanglionError(f"layer '{unknown[0]}'", expected="one of " + ", ".join(names))
    for name, length in lengths.items():
        check_hash(length, tile, f"layer '{name}'")
    for layer in layers:
        taps = layer.weights[0].size
        if layer.name in lengths and len(HashConfig(tile=tile).tiles(taps)) > TILES_MAX:
            raise GanglionError(f"tiles of {tile} inputs in layer '{layer.name}' of {taps}",
                                expected=f"at most {TILES_MAX} tiles")  # fmt: skip
    return {
        name: HashConfig(lengths[name], tile, seed, layer=number, piecewise_linear=piecewise_linear)
        for number, name in enumerate(names)
        if name in lengths
    }


@dataclass
class Emulation:
    """A network on the array: layers named in `plan` are estimated, the others computed exactly."""

    network: lo.Loadable
    plan: Mapping[str, HashConfig]
    saturated_norms: int = 0
    _weights: dict[str, Hashed] = field(default_factory=dict)

    def hashed_weights(self, layer: lo.Layer) -> Hashed:
        """Hashes of the layer's filters, made once (off line in the paper)."""
        if layer.name not in self._weights:
            config = self.plan[layer.name]
            rows = layer.weights.reshape(layer.out_c, -1)
            self._weights[layer.name] = array.hash_vectors(rows, config, config.weight_shift)
            self.saturated_norms += self._weights[layer.name].saturated
        return self._weights[layer.name]

    def accumulate(self, layer: lo.Layer, columns: IntArray) -> IntArray:
        """Estimated sums [patches, filters] of patches [patches, n]."""
        config, weights = self.plan[layer.name], self.hashed_weights(layer)
        parts = []
        for first in range(0, len(columns), BLOCK):
            inputs = array.hash_vectors(columns[first : first + BLOCK], config, config.input_shift)
            self.saturated_norms += inputs.saturated
            parts.append(array.dot_products(inputs, weights, config))
        return np.concatenate(parts)

    def run_layer(self, layer: lo.Layer, maps: IntArray, second: IntArray | None = None) -> IntArray:
        """Stored maps [n, c, h, w] of one layer; `second` is an addition's other input."""
        if layer.name not in self.plan:
            return reference.run_layer(layer, maps, self.network.operand_bits, reference.LayerTrace(), second)
        columns = reference.layer_columns(layer, maps)
        sums = self.accumulate(layer, columns.reshape(-1, columns.shape[-1]))
        return reference.finish(layer, sums.reshape(*columns.shape[:3], layer.out_c))

    def logits(self, images: npt.ArrayLike) -> IntArray:
        """Requantised logits [n, classes] of quantised images [n, c, h, w]."""
        inputs = np.asarray(images, np.int64)
        parts = []
        for first in range(0, len(inputs), IMAGES):
            last = reference.run(self.network, inputs[first : first + IMAGES], self.step)
            parts.append(last.reshape(len(last), -1))
        return np.concatenate(parts)

    def step(self, i: int, maps: list[IntArray]) -> IntArray:
        """Layer i on its input maps."""
        return self.run_layer(self.network.layers[i], *maps)

    def correct(self, images: npt.ArrayLike, labels: npt.ArrayLike) -> int:
        """Right predictions; the lowest index wins among equal logits."""
        return int((self.logits(images).argmax(axis=1) == np.asarray(labels)).sum())


@dataclass(frozen=True)
class AngleError:
    """Angles of one layer over pairs of a patch and a filter with non-zero norms; radians."""

    name: str
    taps: int
    bits: int
    pairs: int
    mean_angle: float
    mean_error: float  # estimated minus true
    rms_error: float
    expected_rms: float  # binomial law, from the true angles
    norm_error: float  # rms of the relative error of the product of both norms
    sum_error: float  # rms error of the layer's sums over their spread, each filter's mean taken off both


def angle_errors(emulation: Emulation, images: npt.ArrayLike, patches: int = 2000) -> list[AngleError]:
    """One entry a hashed layer, on the maps the layers before it gave; about `patches` patches, evenly spread."""
    found = []

    def step(i: int, maps: list[IntArray]) -> IntArray:
        layer = emulation.network.layers[i]
        if layer.name in emulation.plan:
            columns = reference.layer_columns(layer, maps[0])
            columns = columns.reshape(-1, columns.shape[-1])
            every = max(1, len(columns) // patches)
            chosen = columns[::every]
            error = _sum_error(layer, emulation.accumulate(layer, chosen), chosen)
            found.append(replace(_angle_error(layer, emulation.plan[layer.name], chosen), sum_error=error))
        return emulation.step(i, maps)

    reference.run(emulation.network, np.asarray(images, np.int64), step)
    return found


def _sum_error(layer: lo.Layer, estimated: IntArray, columns: IntArray) -> float:
    """What bias correction cannot mend, relative to what tells patches apart."""
    exact = reference.exact_accumulate(columns, layer.weights.reshape(layer.out_c, -1).astype(np.int64))
    error = (estimated - exact).astype(float)
    spread = exact - exact.mean(axis=0)
    return float(np.sqrt(((error - error.mean(axis=0)) ** 2).mean() / max((spread**2).mean(), 1e-12)))


def _angle_error(layer: lo.Layer, config: HashConfig, columns: IntArray) -> AngleError:
    rows = layer.weights.reshape(layer.out_c, -1).astype(np.int64)
    total, count = np.zeros(5), 0
    for part in config.tiles(columns.shape[1]):
        x, w = columns[:, part], rows[:, part]
        x, w = x[(x != 0).any(axis=1)], w[(w != 0).any(axis=1)]
        if not len(x) or not len(w):
            continue
        whole = HashConfig(bits=config.bits, seed=config.seed, layer=config.layer)
        padded = [np.zeros((len(v), columns.shape[1]), np.int64) for v in (x, w)]
        for target, source in zip(padded, (x, w), strict=True):
            target[:, part] = source
        hashed = [array.hash_vectors(v, whole, s) for v, s in
                  zip(padded, (config.input_shift, config.weight_shift), strict=True)]  # fmt: skip
        norms = [np.linalg.norm(v.astype(float), axis=1) for v in (x, w)]
        codes = [array.formats.norm_value(h.codes[0]) * 2.0**s for h, s in
                 zip(hashed, (config.input_shift, config.weight_shift), strict=True)]  # fmt: skip
        truth = np.arccos(np.clip((x @ w.T) / np.outer(*norms), -1, 1))
        error = np.pi * array.distances(hashed[0].signs[0], hashed[1].signs[0]) / config.bits - truth
        p = truth / np.pi
        relative = np.outer(*codes) / np.outer(*norms) - 1
        sums = (truth, error, error**2, np.pi**2 * p * (1 - p) / config.bits, relative**2)
        total += [float(s.sum()) for s in sums]
        count += truth.size
    mean = total / max(count, 1)
    return AngleError(
        layer.name, columns.shape[1], config.bits, count, mean[0], mean[1], *np.sqrt(mean[2:]).tolist(), 0.0
    )
