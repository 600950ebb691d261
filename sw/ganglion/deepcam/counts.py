"""Searches, row writes, utilisation and energy of layers on the DeepCAM array.

Models: one search a cycle over R rows in parallel, activation or weight stationary; energy by action. Leaves out: what
JOB_CYCLES adds (hashing, row writes, DMA, post-processing), leakage. Source: fact sheet "DeepCAM array", cycles and
energy, a reconstruction: the paper's text gives neither. Checked against: all 32 entries of its table in sw/tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from ganglion.baselines.networks import LayerShape, NetworkShape

ACTIVATION_STATIONARY, WEIGHT_STATIONARY = "AS", "WS"
DATAFLOWS = (ACTIVATION_STATIONARY, WEIGHT_STATIONARY)
ROWS = (64, 128, 256, 512)
SEGMENT_BITS = 256


def _ceil(a: int, b: int) -> int:
    return -(-a // b)


@dataclass(frozen=True)
class CamArray:
    """A CAM of `rows` words and its dataflow."""

    rows: int = 64
    dataflow: str = ACTIVATION_STATIONARY

    def _check(self) -> None:
        if self.dataflow not in DATAFLOWS:
            raise ValueError(f"dataflow '{self.dataflow}', expected AS or WS")

    def searches(self, layer: LayerShape) -> int:
        """ceil(P/R) * M activation stationary, ceil(M/R) * P weight stationary."""
        self._check()
        stored, keys = layer.patches, layer.filters
        if self.dataflow == WEIGHT_STATIONARY:
            stored, keys = keys, stored
        return _ceil(stored, self.rows) * keys

    def row_writes(self, layer: LayerShape) -> int:
        """Rows written: every patch on line when activations are stored, every filter once when weights are."""
        self._check()
        return layer.patches if self.dataflow == ACTIVATION_STATIONARY else layer.filters


def network_searches(array: CamArray, network: NetworkShape) -> int:
    """Searches of one image."""
    return sum(array.searches(layer) for layer in network.layers)


def utilisation(array: CamArray, network: NetworkShape) -> float:
    """Compared rows that were wanted: sum(P*M) / (searches * R)."""
    return sum(layer.outputs for layer in network.layers) / (network_searches(array, network) * array.rows)


def actions(array: CamArray, layer: LayerShape, bits: int, tiles: int = 1) -> dict[str, float]:
    """Action counts of one layer hashed to `bits` bits by the fact sheet's formula; keys as in ip/deepcam/cost.yaml.

    Searches and writes count segments of 256 bits, FeFET. With tiles every vector has `tiles` hashes, so searches,
    writes, senses and products multiply; the crossbar's cells do not, each belongs to one tile. Weight hashes are made
    off line.
    """
    if bits % SEGMENT_BITS:
        raise ValueError(f"hash of {bits} bits, expected a multiple of {SEGMENT_BITS}")
    segments = bits // SEGMENT_BITS * tiles
    return {
        f"segment_search_fefet_r{array.rows}": array.searches(layer) * segments,
        f"segment_write_fefet_r{array.rows}": array.row_writes(layer) * segments,
        "hash_cell": layer.patches * layer.taps * bits,
        "sense_bit": layer.patches * bits * tiles,
        "product": layer.outputs * tiles,
        "requantise": layer.outputs,
    }
