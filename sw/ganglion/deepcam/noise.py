"""Device noise of the array, draw by draw as ip/deepcam/model/noise.h has it, and inference of a network through it.

Models: conductance of the projection's cells, read noise of its column sums, noise and step of the distance sense
amplifiers; the order of searches, which numbers the draws. Leaves out: what the C++ model leaves out. Source: the
platform's rule for device noise, Philox4x32-10 keyed by the seed, the hash of the instance's name and the operation's
index in its counter. Checked against: the C++ model, element by element, and the platform, image by image (tests).
Error bound: none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from ganglion import loadable as lo
from ganglion import reference
from ganglion.deepcam import array, cycles, formats
from ganglion.deepcam.hashed_sums import config_of, restored
from ganglion.deepcam.lengths import shape_of

IntArray = npt.NDArray[np.int64]
DRAWS = 16  # bytes of one evaluation of Philox
DRAW_PLACES = 5  # a draw has a standard deviation of 2^5
CONDUCTANCE_PLACES = 4  # cells in 1/16 LSB
SENSE_PLACES = 4  # distances in 1/16 bit
TILE_POSITIONS = 1024  # columns a tile of a hash has at most


@dataclass(frozen=True)
class Levels:
    """Parameters of the block: sd of a cell in 1/16 LSB, a sum in LSB, a distance in 1/16 bit; log2 of its step."""

    conductance_sigma: int = 0
    read_sigma: int = 0
    sense_sigma: int = 0
    sense_step_log2: int = 0


def name_hash(name: str) -> int:
    """FNV-1a, 64 bits."""
    found = 0xCBF29CE484222325
    for byte in name.encode():
        found = (found ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return found


def _scaled(sigma: int, draws: IntArray, places: int) -> IntArray:
    """sigma * draw / 2^places, rounded half up."""
    return (sigma * draws + (1 << (places - 1))) >> places


@dataclass(frozen=True)
class Noise:
    """Draws of one instance in one run."""

    levels: Levels
    seed: int = 1
    instance: str = "deepcam"

    def _draws(self, kind: str, low: npt.ArrayLike, high: int, positions: int, first: int = 0) -> IntArray:
        """T[byte] at index (high, low[i]), `positions` of them from `first`, a multiple of 16, on: [i, positions]."""
        stream = name_hash(f"{self.instance}.{kind}")
        lanes = np.arange(first // DRAWS, first // DRAWS - (-positions // DRAWS))
        index = np.asarray(low, np.uint64)[:, None]
        counter = (index, np.uint64(high), lanes[None, :], np.uint64((stream ^ stream >> 32) & 0xFFFFFFFF))
        words = np.stack(formats.philox(counter, (self.seed, self.seed >> 32)), axis=-1)
        octets = words.astype("<u4").view(np.uint8).reshape(len(index), -1)[:, :positions]
        return formats.normal_table().astype(np.int64)[octets]

    @property
    def scale(self) -> int:
        """Factor between column sums and ideal ones."""
        return 1 << CONDUCTANCE_PLACES if self.levels.conductance_sigma else 1

    def cells(self, config: array.HashConfig, inputs: int) -> IntArray:
        """Cells [inputs, bits] of a projection, in units of 1/scale."""
        ideal = formats.projection(config.seed, config.layer, inputs, config.bits).astype(np.int64)
        if not self.levels.conductance_sigma:
            return ideal
        draws = self._draws("conductance", np.arange(inputs), config.layer, config.bits)
        return self.scale * ideal + _scaled(self.levels.conductance_sigma, draws, DRAW_PLACES)

    def read(self, job: int, patches: int, tile: int, bits: int) -> IntArray | int:
        """Added to the column sums [patches, bits] of one tile of a job's patches."""
        if not self.levels.read_sigma:
            return 0
        draws = self._draws("read", np.arange(patches), job, bits, tile * TILE_POSITIONS)
        return self.scale * _scaled(self.levels.read_sigma, draws, DRAW_PLACES)

    def sense(self, job: int, first_search: int, distances: IntArray, bits: int) -> IntArray:
        """What the amplifiers make of distances [searches, rows] of a job's searches from `first_search` on."""
        sensed = distances
        if self.levels.sense_sigma:
            searches = np.arange(first_search, first_search + len(distances))
            draws = self._draws("sense", searches, job, distances.shape[1])
            sensed = sensed + _scaled(self.levels.sense_sigma, draws, DRAW_PLACES + SENSE_PLACES)
        if self.levels.sense_step_log2:
            step = self.levels.sense_step_log2
            sensed = (sensed + (1 << (step - 1))) >> step << step
        return np.clip(sensed, 0, bits)


@dataclass
class NoisyArray:
    """A block with its noise, fresh after reset: jobs number upwards from 1."""

    noise: Noise
    block: cycles.Block = field(default_factory=cycles.Block)
    piecewise_linear: bool = False
    job: int = 0
    _cells: dict[tuple[int, int, int], IntArray] = field(default_factory=dict)

    def run_layer(self, layer: lo.Layer, maps: IntArray) -> IntArray:
        """One job: stored maps [1, c, h, w] of a hashed layer for the maps [1, c, h, w] of one image."""
        self.job += 1
        columns = reference.layer_columns(layer, maps)
        ordered = _to_patches(columns, layer.pool)
        sums = self._sums(layer, ordered)
        return reference.finish(layer, _from_patches(sums, columns.shape[1:3], layer.pool))

    def _hashed(self, rows: IntArray, config: array.HashConfig) -> array.Hashed:
        key = (config.layer, rows.shape[1], config.bits)
        if key not in self._cells:
            self._cells[key] = self.noise.cells(config, rows.shape[1])
        cells, signs, codes = self._cells[key].astype(np.float64), [], []
        for number, part in enumerate(config.tiles(rows.shape[1])):
            sums = rows[:, part].astype(np.float64) @ cells[part]  # exact: below 2^53
            sums += self.noise.read(self.job, len(rows), number, config.bits)
            signs.append(np.where(sums >= 0, np.float32(1), np.float32(-1)))
            codes.append(formats.encode_norm((rows[:, part] ** 2).sum(axis=1), config.input_shift)[0])
        return array.Hashed(signs, codes)

    def _sums(self, layer: lo.Layer, patches: IntArray) -> IntArray:
        config = replace(config_of(layer.hash), piecewise_linear=self.piecewise_linear)
        inputs, filters = self._hashed(patches, config), restored(layer.hash)
        dataflow = cycles.DATAFLOWS[layer.hash.dataflow]
        folded = cycles.fold(self.block, shape_of(layer), config.bits, dataflow, config.tile)
        width = self.block.segments * cycles.SEGMENT_BITS
        pages = [slice(i, min(i + width, config.bits)) for i in range(0, config.bits, width)]
        sensed = [np.zeros((len(patches), layer.out_c), np.int64) for _ in inputs.signs]
        search = row_begin = key_begin = 0
        for number, one in enumerate(folded.passes):
            if one.new_rows:
                row_begin += folded.passes[number - 1].rows if number else 0
                key_begin = 0
            rows, keys = slice(row_begin, row_begin + one.rows), slice(key_begin, key_begin + one.keys)
            for tile, (patch_signs, filter_signs) in enumerate(zip(inputs.signs, filters.signs, strict=True)):
                stay, move = (filter_signs, patch_signs) if folded.weights_stay else (patch_signs, filter_signs)
                target = sensed[tile].T if folded.weights_stay else sensed[tile]
                for page in pages:
                    ideal = array.distances(move[keys, page], stay[rows, page])
                    found = self.noise.sense(self.job, search, ideal, page.stop - page.start)
                    target[rows, keys] += found.T
                    search += one.keys
            key_begin += one.keys
        return array.dot_products(inputs, filters, config, sensed)


def _to_patches(columns: IntArray, pool: int) -> IntArray:
    """Vectors [patches, taps] of one image [1, h, w, taps] in the block's order: the four of a window side by side."""
    _, h, w, taps = columns.shape
    if pool:
        columns = columns.reshape(h // 2, 2, w // 2, 2, taps).transpose(0, 2, 1, 3, 4)
    return columns.reshape(-1, taps)


def _from_patches(sums: IntArray, size: tuple[int, int], pool: int) -> IntArray:
    """The inverse for sums [patches, filters]: [1, h, w, filters]."""
    h, w = size
    if pool:
        sums = sums.reshape(h // 2, w // 2, 2, 2, -1).transpose(0, 2, 1, 3, 4)
    return sums.reshape(1, h, w, -1)


def predict(network: lo.Loadable, images: npt.ArrayLike, unit: NoisyArray) -> IntArray:
    """Predictions of images [n, c, h, w], one after the other, as firmware queues them on a fresh array."""

    def step(i: int, maps: list[IntArray]) -> IntArray:
        layer = network.layers[i]
        if layer.hash is None:
            return reference.run_layer(layer, maps[0], network.operand_bits, reference.LayerTrace(), *maps[1:])
        return unit.run_layer(layer, maps[0])

    found = (reference.run(network, image[None], step) for image in np.asarray(images, np.int64))
    return np.array([int(last.argmax()) for last in found], np.int64)
