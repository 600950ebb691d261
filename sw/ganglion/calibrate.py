"""Choice of the maps' ranges: maximum or percentile, by measured accuracy on images the network was trained with.

Each candidate is quantised, lowered to exact integer arithmetic (so that both targets get the same scales) and run on
the validation images. The most correct predictions win; among equals the smallest mean squared error of the logits
against the float network, then the wider range. Held-back and test images are never used here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ganglion import reference
from ganglion.dataset import quantise_images
from ganglion.errors import GanglionError
from ganglion.image_sources import Images
from ganglion.lower import Options, lower
from ganglion.network import Network, outputs
from ganglion.quantize import QuantisedNetwork, map_ranges, quantise

PERCENTILES = [100.0, 99.99, 99.9, 99.5, 99.0]
CALIBRATION_IMAGES = 512  # the first ones set the ranges and guard bits
VALIDATION_IMAGES = 1000  # the next ones, or all when there are fewer, choose between them
SOURCE_IMAGES = CALIBRATION_IMAGES + VALIDATION_IMAGES  # all that a compilation looks at


@dataclass(frozen=True)
class Candidate:
    """One measured choice."""

    percentile: float
    correct: int
    images: int
    logit_error: float


@dataclass(frozen=True)
class Calibrated:
    """The chosen quantisation, its quantised calibration images, and what was measured."""

    quantised: QuantisedNetwork
    images: np.ndarray
    candidates: list[Candidate]


def calibrate(network: Network, source: Images, bits: int, percentile: float | None = None) -> Calibrated:
    """Quantises to `bits` with the best range rule, or the given percentile."""
    if source.images.shape[1:] != network.input_shape:
        raise GanglionError(
            f"calibration images {source.name} of shape {source.images.shape[1:]}",
            expected=f"{network.input_shape}, the network's input",
            remedy="--calibration with the data set the network was trained on",
        )
    images = source.images[:CALIBRATION_IMAGES]
    chosen_percentiles = PERCENTILES if percentile is None else [percentile]
    ranges = map_ranges(network, images, chosen_percentiles)
    best: tuple[tuple, QuantisedNetwork] | None = None
    candidates = []
    validation = source.images[CALIBRATION_IMAGES : CALIBRATION_IMAGES + VALIDATION_IMAGES]
    labels = source.labels[CALIBRATION_IMAGES : CALIBRATION_IMAGES + VALIDATION_IMAGES]
    if not len(validation):
        validation, labels = images, source.labels[:CALIBRATION_IMAGES]
    prepared = network.prepare(validation)
    truth = outputs(network, prepared)
    for candidate, candidate_ranges in zip(chosen_percentiles, ranges, strict=True):
        q = quantise(network, candidate_ranges, bits, candidate)
        inputs = quantise_images(prepared, q.input_scale, bits)
        found = reference.logits(lower(q, Options("cpu"), inputs[:0]), inputs)
        correct = int((found.argmax(axis=1) == labels).sum())
        error = float(np.mean((found * q.stages[-1].out_scale - truth) ** 2))
        candidates.append(Candidate(candidate, correct, len(labels), error))
        key = (-correct, float(f"{error:.6g}"), -candidate)
        if best is None or key < best[0]:
            best = (key, q)
    quantised = best[1]
    inputs = quantise_images(network.prepare(images), quantised.input_scale, bits)
    return Calibrated(quantised, inputs, candidates)
