"""ResNet-8 (MLPerf Tiny) and ResNet-20 for CIFAR-10 with every layer of weights on the emulated DeepCAM array.

Models: int8 activations (one scale a layer) and weights (one scale a filter), dot products exact or estimated by the
array, bit exact. Leaves out: integer post-processing; batch norm (folded), shortcuts, ReLU and pooling are computed in
float, because the compiler takes chains only. Weights: data folder, `weights/` (see its README for their sources).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganglion.deepcam import array
from ganglion.deepcam.array import HashConfig, Hashed
from ganglion.deepcam.hashed_sums import BLOCK
from ganglion.errors import GanglionError
from ganglion.network import FloatArray
from ganglion.reference import exact_accumulate

TOP = 127


@dataclass(frozen=True)
class Conv:
    """A convolution with folded batch norm: weight [out, in, kh, kw], zeros before and after rows and columns."""

    weight: FloatArray
    bias: FloatArray
    stride: int = 1
    before: int = 0
    after: int = 0


LayerFunction = Callable[[str, FloatArray], FloatArray]


@dataclass(frozen=True)
class Residual:
    """Layers by name and the program that runs them: `program(layer, inputs)` calls layer(name, maps)."""

    name: str
    layers: Mapping[str, Conv]
    program: Callable[[LayerFunction, FloatArray], FloatArray]
    prepare: Callable[[FloatArray], FloatArray]


def _fold(arrays: Mapping[str, FloatArray], conv: str, norm: str, epsilon: float) -> tuple[FloatArray, FloatArray]:
    weight = arrays[f"{conv}.weight"].astype(np.float64)
    gain = arrays[f"{norm}.weight"] / np.sqrt(arrays[f"{norm}.running_var"].astype(np.float64) + epsilon)
    bias = arrays.get(f"{conv}.bias", 0.0)
    return weight * gain[:, None, None, None], (bias - arrays[f"{norm}.running_mean"]) * gain + arrays[f"{norm}.bias"]


def _head(layer: LayerFunction, maps: FloatArray, name: str) -> FloatArray:
    return layer(name, maps.mean(axis=(2, 3))[:, :, None, None])[:, :, 0, 0]


def resnet8(arrays: Mapping[str, FloatArray]) -> Residual:
    """MLPerf Tiny ResNet-8: raw pixels 0..255; blocks 2 and 3 have stride 2, padded on the far side only."""
    layers = {"stem": Conv(*_fold(arrays, "stem.conv", "stem.bn", 1e-3), 1, 1, 1)}
    for block in ("block1", "block2", "block3"):
        halved = block != "block1"
        first = (2, 0, 1) if halved else (1, 1, 1)
        layers[f"{block}.conv1"] = Conv(*_fold(arrays, f"{block}.conv1", f"{block}.bn1", 1e-3), *first)
        layers[f"{block}.conv2"] = Conv(*_fold(arrays, f"{block}.conv2", f"{block}.bn2", 1e-3), 1, 1, 1)
        if halved:
            shortcut = f"{block}.shortcut"
            layers[shortcut] = Conv(arrays[f"{shortcut}.weight"].astype(float), arrays[f"{shortcut}.bias"], 2)
    layers["dense"] = Conv(arrays["dense.weight"].astype(float)[:, :, None, None], arrays["dense.bias"])

    def program(layer: LayerFunction, maps: FloatArray) -> FloatArray:
        maps = np.maximum(layer("stem", maps), 0)
        for block in ("block1", "block2", "block3"):
            inner = layer(f"{block}.conv2", np.maximum(layer(f"{block}.conv1", maps), 0))
            shortcut = layer(f"{block}.shortcut", maps) if block != "block1" else maps
            maps = np.maximum(inner + shortcut, 0)
        return _head(layer, maps, "dense")

    return Residual("ResNet-8", layers, program, lambda images: images * 255.0)


def resnet20(arrays: Mapping[str, FloatArray]) -> Residual:
    """ResNet-20: normalised RGB; shortcuts take every second pixel and pad channels with zeros."""
    layers = {"conv1": Conv(*_fold(arrays, "conv1", "bn1", 1e-5), 1, 1, 1)}
    blocks = [(f"layer{level}.{i}", level > 1 and i == 0) for level in (1, 2, 3) for i in range(3)]
    for block, halved in blocks:
        layers[f"{block}.conv1"] = Conv(*_fold(arrays, f"{block}.conv1", f"{block}.bn1", 1e-5), 1 + halved, 1, 1)
        layers[f"{block}.conv2"] = Conv(*_fold(arrays, f"{block}.conv2", f"{block}.bn2", 1e-5), 1, 1, 1)
    layers["linear"] = Conv(arrays["linear.weight"].astype(float)[:, :, None, None], arrays["linear.bias"])

    def program(layer: LayerFunction, maps: FloatArray) -> FloatArray:
        maps = np.maximum(layer("conv1", maps), 0)
        for block, halved in blocks:
            inner = layer(f"{block}.conv2", np.maximum(layer(f"{block}.conv1", maps), 0))
            if halved:
                more = inner.shape[1] // 4
                maps = np.pad(maps[:, :, ::2, ::2], ((0, 0), (more, more), (0, 0), (0, 0)))
            maps = np.maximum(inner + maps, 0)
        return _head(layer, maps, "linear")

    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    return Residual("ResNet-20", layers, program, lambda i: (i - mean[:, None, None]) / std[:, None, None])


NETWORKS = {
    "resnet8": ("cifar10_resnet8_mlperftiny.npz", resnet8),
    "resnet20": ("cifar10_resnet20.npz", resnet20),
}


def load(name: str, data: Path) -> Residual:
    """`resnet8` or `resnet20` with its weights from `data`/weights."""
    if name not in NETWORKS:
        raise GanglionError(f"network '{name}'", expected="one of " + ", ".join(NETWORKS))
    file, build = NETWORKS[name]
    path = data / "weights" / file
    try:
        return build(dict(np.load(path)))
    except KeyError as error:
        raise GanglionError(f"no array {error}", expected=f"the arrays of {name}", where=str(path)) from None


def columns(conv: Conv, maps: npt.NDArray) -> npt.NDArray:
    """Patches [n, out_h, out_w, taps] in the order (c, ky, kx)."""
    edge = (conv.before, conv.after)
    padded = np.pad(maps, ((0, 0), (0, 0), edge, edge))
    windows = np.lib.stride_tricks.sliding_window_view(padded, conv.weight.shape[2:], axis=(2, 3))
    windows = windows[:, :, :: conv.stride, :: conv.stride].transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(*windows.shape[:3], -1)


@dataclass
class Runner:
    """Inference with float, int8 (`bits` 0) or hashed dot products.

    `calibrate` must come before int8 and hashed runs: it sets input scales from float maps, then, when hashing with
    `correct`, every filter's mean error on the same images, layer after layer.
    """

    network: Residual
    bits: int = 0
    tile: int = 0
    correct: bool = False
    scales: dict[str, float] = field(default_factory=dict)
    corrections: dict[str, FloatArray] = field(default_factory=dict)
    _weights: dict[str, tuple[npt.NDArray[np.int64], FloatArray, Hashed | None]] = field(default_factory=dict)
    _calibrating: bool = False

    def float_layer(self, name: str, maps: FloatArray) -> FloatArray:
        """The layer in float; remembers the largest input."""
        conv = self.network.layers[name]
        self.scales[name] = max(self.scales.get(name, 0.0), float(np.abs(maps).max()) / TOP)
        sums = columns(conv, maps) @ conv.weight.reshape(len(conv.weight), -1).T + conv.bias
        return sums.transpose(0, 3, 1, 2)

    def config(self, name: str) -> HashConfig:
        """Layers number upwards, as in `inference.plan`."""
        return HashConfig(self.bits, self.tile, layer=list(self.network.layers).index(name))

    def _quantised_weights(self, name: str) -> tuple[npt.NDArray[np.int64], FloatArray, Hashed | None]:
        if name not in self._weights:
            rows = self.network.layers[name].weight.reshape(len(self.network.layers[name].weight), -1)
            scale = np.abs(rows).max(axis=1) / TOP
            scale[scale == 0] = 1.0
            weights = np.rint(rows / scale[:, None]).astype(np.int64)
            config = self.config(name)
            hashed = array.hash_vectors(weights, config, config.weight_shift) if self.bits else None
            self._weights[name] = weights, scale, hashed
        return self._weights[name]

    def integer_layer(self, name: str, maps: FloatArray) -> FloatArray:
        """The layer on int8 operands: exact or estimated sums, then scales and bias in float."""
        conv = self.network.layers[name]
        weights, weight_scales, hashed = self._quantised_weights(name)
        patches = columns(conv, np.clip(np.rint(maps / self.scales[name]), -TOP - 1, TOP).astype(np.int64))
        rows = patches.reshape(-1, patches.shape[-1])
        if hashed is None:
            sums = exact_accumulate(rows, weights).astype(np.float64)
        else:
            config = self.config(name)
            blocks = (rows[i : i + BLOCK] for i in range(0, len(rows), BLOCK))
            sums = np.concatenate([
                array.dot_products(array.hash_vectors(b, config, config.input_shift), hashed, config) for b in blocks
            ]).astype(np.float64)  # fmt: skip
            if self._calibrating:
                self.corrections[name] = np.rint((exact_accumulate(rows, weights) - sums).mean(axis=0))
            sums += self.corrections.get(name, 0.0)
        result = sums * (weight_scales * self.scales[name]) + conv.bias
        return result.reshape(*patches.shape[:3], -1).transpose(0, 3, 1, 2)

    def calibrate(self, images: FloatArray) -> None:
        """Sets scales and corrections from images 0..1 that are not measured."""
        inputs = self.network.prepare(images)
        self.network.program(self.float_layer, inputs)
        if self.bits and self.correct:
            self._calibrating = True
            self.network.program(self.integer_layer, inputs)
            self._calibrating = False

    def predict(self, images: FloatArray, in_float: bool = False, batch: int = 16) -> npt.NDArray[np.int64]:
        """Predictions for images 0..1."""
        layer = self.float_layer if in_float else self.integer_layer
        parts = (self.network.prepare(images[i : i + batch]) for i in range(0, len(images), batch))
        return np.concatenate([self.network.program(layer, part).argmax(axis=1) for part in parts])


@dataclass(frozen=True)
class Row:
    """Right predictions of one configuration."""

    label: str
    plain: int
    corrected: int | None


def measure(
    network: Residual, images: FloatArray, labels: npt.NDArray[np.uint8], calibration: FloatArray,
    bits: list[int], tiles: list[int],
) -> Iterator[Row]:  # fmt: skip
    """Float and int8 first, then every tile size with every hash length, without and with bias correction."""
    exact = Runner(network)
    exact.calibrate(calibration)
    for label, in_float in (("float", True), ("exact int8", False)):
        yield Row(label, int((exact.predict(images, in_float) == labels).sum()), None)
    for tile in tiles:
        for length in bits:
            correct = []
            for corrected in (False, True):
                runner = Runner(network, length, tile, corrected)
                runner.calibrate(calibration)
                correct.append(int((runner.predict(images) == labels).sum()))
            yield Row(f"tiles of {tile}, k = {length}" if tile else f"whole vectors, k = {length}", *correct)
