"""Float network to integers: symmetric, zero point 0, one scale a map, one scale an output channel of the weights.

An element q stands for q * scale. Weights use -(2^(N-1)-1)..2^(N-1)-1 so that the widest one of a channel is exact. The
scale of a map comes from calibration images: their largest value or a percentile of the absolute values (`calibrate`
measures which). The input and the logits always use the largest value. Both targets share these numbers.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ganglion.errors import GanglionError
from ganglion.fixed_point import element_range
from ganglion.network import INPUT, FloatArray, Network, Stage, forward

BIAS_LIMIT = 1 << 30  # accumulator units; leaves room for the sum in int32


@dataclass(frozen=True)
class QuantisedStage:
    """A stage with integer weights [as Stage.weight] and the scales of its weights [out_c], input maps and output."""

    stage: Stage
    weights: npt.NDArray[np.int64] | None
    weight_scales: FloatArray | None
    in_scales: tuple[float, ...]
    out_scale: float

    @property
    def in_scale(self) -> float:
        """Of the first input map."""
        return self.in_scales[0]


@dataclass(frozen=True)
class QuantisedNetwork:
    """What both targets share."""

    network: Network
    bits: int
    stages: list[QuantisedStage]
    percentile: float

    @property
    def input_scale(self) -> float:
        """Real value of input element 1."""
        return self.stages[0].in_scale


def round_scale(value: float) -> float:
    """Rounds up to 16 significant bits: exact in float32, and the same whatever the last bit of a BLAS sum was."""
    mantissa, exponent = math.frexp(value)
    return math.ldexp(math.ceil(mantissa * 65536), exponent - 16)


def map_ranges(network: Network, images: FloatArray, percentiles: list[float]) -> list[list[float]]:
    """For each percentile: largest absolute value (100) or percentile of input and of every stage's stored map."""
    inputs = network.prepare(images)
    last = len(network.stages)
    found = []
    for i, values in enumerate(itertools.chain([inputs], forward(network, inputs))):
        keep_maximum = i in (0, last)
        found.append(np.percentile(np.abs(values), [100.0 if keep_maximum else p for p in percentiles]).tolist())
    return [list(ranges) for ranges in zip(*found, strict=True)]


def quantise_weights(stage: Stage, bits: int, in_scale: float) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Integer weights and the scale of each output channel; scales grow where a bias would leave int32."""
    top = element_range(bits)[1]
    rows = np.abs(stage.weight).reshape(len(stage.weight), -1)
    scales = rows.max(axis=1) / top
    empty = scales == 0
    scales[empty] = np.maximum(np.abs(stage.bias[empty]), 1e-12) / (in_scale * (1 << 20))
    scales = np.maximum(scales, np.abs(stage.bias) / (in_scale * BIAS_LIMIT))
    shaped = scales.reshape(-1, *[1] * (stage.weight.ndim - 1))
    return np.clip(np.rint(stage.weight / shaped), -top, top).astype(np.int64), scales


def quantise(network: Network, ranges: list[float], bits: int, percentile: float) -> QuantisedNetwork:
    """Quantises to N = `bits` with the map ranges of `map_ranges` (input first)."""
    top = element_range(bits)[1]
    scales = {INPUT: round_scale(ranges[0] / top) if ranges[0] > 0 else 0.0}
    stages = []
    for i, (stage, sources, value_range) in enumerate(zip(network.stages, network.inputs, ranges[1:], strict=True)):
        in_scales = tuple(scales[source] for source in sources)
        if value_range <= 0 or min(in_scales) <= 0:
            raise GanglionError(
                f"every calibration value around layer '{stage.name}' is 0",
                expected="maps that carry a signal",
                remedy="check the calibration images, their preprocessing and the weights",
            )
        scales[i] = in_scales[0] if stage.keeps_scale else round_scale(value_range / top)
        weights = weight_scales = None
        if stage.weight is not None:
            weights, weight_scales = quantise_weights(stage, bits, in_scales[0])
        stages.append(QuantisedStage(stage, weights, weight_scales, in_scales, scales[i]))
    return QuantisedNetwork(network, bits, stages, percentile)
