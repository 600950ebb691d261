"""Search of one hash length a layer: as short as validation accuracy allows, largest energy saving first.

All layers start at 1024 bits, whose validation accuracy is the baseline. The step of 256 bits that saves most energy
is tried; it stays while accuracy >= baseline - delta, else its layer is done. Source: fact sheet "DeepCAM array" (idea
of the paper, order of steps ours). Test images are never used here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ganglion import loadable as lo
from ganglion.baselines import costs
from ganglion.baselines.networks import LayerShape
from ganglion.deepcam import counts
from ganglion.deepcam.array import HASH_LENGTHS

COSTS = Path(__file__).resolve().parents[3] / "ip" / "deepcam" / "cost.yaml"


@dataclass(frozen=True)
class Step:
    """One measured plan."""

    lengths: dict[str, int]
    correct: int
    kept: bool


@dataclass(frozen=True)
class Found:
    """The chosen lengths by layer and every plan that was measured, the baseline first."""

    lengths: dict[str, int]
    steps: list[Step]


def shape_of(layer: lo.Layer) -> LayerShape:
    """Shape of a layer with weights as the formulas count it."""
    size = (layer.out_h, layer.out_w, layer.stride, layer.in_h, layer.in_w, bool(layer.pool))
    return LayerShape(layer.name, layer.in_c, layer.out_c, layer.kh, layer.kw, *size)


def layer_energy_pj(layer: LayerShape, bits: int, tile: int, cam: counts.CamArray, table: costs.CostTable) -> float:
    """Energy of one layer, pJ."""
    tiles = -(-layer.taps // tile) if tile else 1
    return table.energy(counts.actions(cam, layer, bits, tiles)).pj


def search(
    layers: list[LayerShape],
    correct: Callable[[dict[str, int]], int],
    images: int,
    delta: float,
    tile: int = 0,
    cam: counts.CamArray | None = None,
) -> Found:
    """Lengths whose accuracy stays at baseline - `delta` or above; `correct` gives right answers of `images`."""
    if not 0 <= delta <= 1:
        raise ValueError(f"search: delta {delta}, expected a share of the images, 0..1")
    table, array = costs.load(COSTS), cam or counts.CamArray()
    energy = {
        (layer.name, bits): layer_energy_pj(layer, bits, tile, array, table)
        for layer in layers
        for bits in HASH_LENGTHS
    }
    lengths = {layer.name: HASH_LENGTHS[-1] for layer in layers}
    baseline = correct(lengths)
    steps = [Step(dict(lengths), baseline, True)]
    open_layers = list(lengths)

    def saving(name: str) -> float:
        shorter = HASH_LENGTHS[HASH_LENGTHS.index(lengths[name]) - 1]
        return energy[name, lengths[name]] - energy[name, shorter]

    while open_layers:
        name = max(open_layers, key=saving)
        shorter = HASH_LENGTHS[HASH_LENGTHS.index(lengths[name]) - 1]
        candidate = lengths | {name: shorter}
        count = correct(candidate)
        kept = count >= baseline - delta * images
        steps.append(Step(candidate, count, kept))
        if kept:
            lengths = candidate
        if not kept or shorter == HASH_LENGTHS[0]:
            open_layers.remove(name)
    return Found(lengths, steps)
