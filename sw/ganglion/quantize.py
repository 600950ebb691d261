"""Float network to integers: symmetric, zero point 0, one scale a map, one scale an output channel of the weights.

An element q stands for q * scale. Weights use -(2^(N-1)-1)..2^(N-1)-1 so that the widest one of a channel is exact. The
scale of a map comes from calibration images: their largest value or a percentile of the absolute values (`calibrate`
measures which). The input and the logits always use the largest value. Both targets share these numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ganglion.errors import GanglionError
from ganglion.fixed_point import element_range
from ganglion.network import FloatArray, Network, Stage, forward

BIAS_LIMIT = 1 << 30  # accumulator units; leaves room for the sum in int32


@dataclass(frozen=True)
class QuantisedStage:
    """A stage with integer weights [as Stage.weight] and the scales of its weights [out_c], input and output map."""

    stage: Stage
    weights: npt.NDArray[np.int64] | None
    weight_scales: FloatArray | None
    in_scale: float
    out_scale: float


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
    maps = [np.abs(inputs), *(np.abs(m) for m in forward(network, inputs))]
    keep_maximum = (0, len(maps) - 1)
    ranges = []
    for percentile in percentiles:
        chosen = [100.0 if i in keep_maximum else percentile for i in range(len(maps))]
        ranges.append([float(np.percentile(m, p)) for m, p in zip(maps, chosen, strict=True)])
    return ranges


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
    scale = round_scale(ranges[0] / top) if ranges[0] > 0 else 0.0
    stages = []
    for stage, value_range in zip(network.stages, ranges[1:], strict=True):
        if value_range <= 0 or scale <= 0:
            raise GanglionError(
                f"every calibration value around layer '{stage.name}' is 0",
                expected="maps that carry a signal",
                remedy="check the calibration images, their preprocessing and the weights",
            )
        out_scale = scale if stage.weight is None else round_scale(value_range / top)
        weights = scales = None
        if stage.weight is not None:
            weights, scales = quantise_weights(stage, bits, scale)
        stages.append(QuantisedStage(stage, weights, scales, scale, out_scale))
        scale = out_scale
    return QuantisedNetwork(network, bits, stages, percentile)
