"""Moves layers of a compiled network to the DeepCAM array: hash lengths, bias correction, hashes for weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ganglion import loadable as lo
from ganglion.deepcam import correction, counts, hashed_sums, inference, lengths
from ganglion.errors import GanglionError


@dataclass(frozen=True)
class HashOptions:
    """One length for all layers, or None: by search on validation images, losing at most `delta` of their accuracy.

    `seed` is the projection's: the array must have the same.
    """

    bits: int | None = 1024
    tile: int = 0
    dataflow: str = counts.ACTIVATION_STATIONARY
    delta: float = 0.01
    bias_correction: bool = True
    seed: int = 1


@dataclass(frozen=True)
class ImageSet:
    """Quantised images [n, c, h, w]; labels are needed for a search of lengths only."""

    images: npt.NDArray[np.int64]
    labels: npt.NDArray[np.uint8] | None = None


def place(
    exact: lo.Loadable,
    names: list[str],
    options: HashOptions,
    calibration: ImageSet,
    validation: ImageSet | None = None,
) -> lo.Loadable:
    """`exact`, lowered for the cpu, with the layers `names` on the array.

    Calibration images set the bias correction; validation images (from the training part) choose lengths.
    """
    if exact.operand_bits != 8:
        raise GanglionError(f"{exact.operand_bits} operand bits on deepcam", expected="8", remedy="--bits 8")
    layers = [layer for layer in inference.weighted_layers(exact) if layer.name in names]

    def planned(bits: int | dict[str, int]) -> dict[str, inference.HashConfig]:
        chosen = bits if isinstance(bits, dict) else {layer.name: bits for layer in layers}
        return inference.plan(exact, chosen, options.tile, options.seed)

    def corrected(bits: int | dict[str, int]) -> lo.Loadable:
        if not options.bias_correction or not len(calibration.images):
            return exact
        return correction.with_bias_correction(exact, planned(bits), calibration.images)

    bits: int | dict[str, int] | None = options.bits
    if bits is None:
        if validation is None or not len(validation.images):
            raise GanglionError("no validation images", expected="labelled images to choose hash lengths with",
                                remedy="--hash-bits 1024, or more --calibration images")  # fmt: skip

        def correct(candidate: dict[str, int]) -> int:
            emulation = inference.Emulation(corrected(candidate), planned(candidate))
            return emulation.correct(validation.images, validation.labels)

        shapes = [lengths.shape_of(layer) for layer in layers]
        cam = counts.CamArray(dataflow=options.dataflow)
        found = lengths.search(shapes, correct, len(validation.images), options.delta, options.tile, cam)
        bits = found.lengths
    plan, network = planned(bits), corrected(bits)
    emulation = inference.Emulation(network, plan)
    dataflow = counts.DATAFLOWS.index(options.dataflow)
    placed = [
        replace(layer, target=lo.TARGET_DEEPCAM, weights=None, guard_bits=0, zero_skip=0,
                hash=hashed_sums.stored(emulation.hashed_weights(layer), plan[layer.name], dataflow))
        if layer.name in plan
        else layer
        for layer in network.layers
    ]  # fmt: skip
    result = replace(network, layers=placed)
    lo.check(result, result.name)
    return result
