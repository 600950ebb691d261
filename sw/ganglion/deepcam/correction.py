"""Bias correction: the mean error of a filter's estimated sums over calibration images goes into its bias.

All patches of a layer meet the same random projection, and after ReLU they share a direction, so the angle between
it and a filter is off by an amount that stays: a mean error per filter. It costs no hardware. Layers are corrected in
order, each on what the corrected layers before it give. Test images are never used here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ganglion import loadable as lo
from ganglion import reference
from ganglion.deepcam.array import HashConfig
from ganglion.deepcam.inference import Emulation
from ganglion.fixed_point import INT32_MAX, INT32_MIN

CORRECTION_IMAGES = 128


def with_bias_correction(
    network: lo.Loadable, plan: Mapping[str, HashConfig], calibration: npt.ArrayLike
) -> lo.Loadable:
    """The network with bias += mean(exact sum - estimated sum) in every hashed layer; quantised images [n, c, h, w]."""
    emulation = Emulation(network, plan)
    layers = list(network.layers)

    def step(i: int, maps: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
        layer = layers[i]
        if layer.name not in plan:
            return emulation.step(i, maps)
        columns = reference.layer_columns(layer, maps[0])
        rows = columns.reshape(-1, columns.shape[-1])
        sums = emulation.accumulate(layer, rows)
        exact = reference.exact_accumulate(rows, layer.weights.reshape(layer.out_c, -1).astype(np.int64))
        bias = layer.bias.astype(np.int64) + np.rint((exact - sums).mean(axis=0)).astype(np.int64)
        layers[i] = replace(layer, bias=np.clip(bias, INT32_MIN, INT32_MAX).astype(np.int32))
        return reference.finish(layers[i], sums.reshape(*columns.shape[:3], layer.out_c))

    reference.run(network, np.asarray(calibration, np.int64)[:CORRECTION_IMAGES], step)
    return replace(network, layers=layers)
