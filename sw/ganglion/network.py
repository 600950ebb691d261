"""A trained network as a graph of float stages, and its float inference: what is read from ONNX and then quantised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

CONV, DENSE, POOL, ADD, AVERAGE, PAD = "conv", "dense", "pool", "add", "average", "pad"
INPUT = -1  # the network's input, as a stage's input


@dataclass
class Stage:
    """One stage: convolution or dense layer (with bias, perhaps ReLU, perhaps 2x2 max pool), or one without weights.

    Those are: a pool alone, the sum of two maps, the global average of each channel (each perhaps with ReLU), and a
    pad: every `stride`-th row and column inside `margins` of zeros. `weight` is [out_c, in_c, kh, kw] or [out][in];
    `in_shape` and `out_shape` are (c, h, w), the latter before pooling. A dense stage reads its input map flattened in
    CHW order. `inputs` are indices of stages, INPUT, or empty: the stage before.
    """

    name: str
    kind: str
    in_shape: tuple[int, int, int]
    out_shape: tuple[int, int, int]
    weight: FloatArray | None = None
    bias: FloatArray | None = None
    stride: int = 1
    pad: int = 0
    relu: bool = False
    pool: bool = False
    inputs: tuple[int, ...] = ()
    margins: tuple[tuple[int, int], ...] = ((0, 0), (0, 0), (0, 0))  # of a pad: (before, after) of c, h, w

    @property
    def stored_shape(self) -> tuple[int, int, int]:
        """Shape after pooling."""
        c, h, w = self.out_shape
        return (c, h // 2, w // 2) if self.pool else self.out_shape

    @property
    def keeps_scale(self) -> bool:
        """Its output holds elements of its input and zeros only."""
        return self.kind in (POOL, PAD)


@dataclass
class Network:
    """Stages in order, the last one the output, and what the file says about its data set."""

    name: str
    input_shape: tuple[int, int, int]
    stages: list[Stage] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> int:
        """Size of the last map."""
        return int(np.prod(self.stages[-1].stored_shape))

    @property
    def inputs(self) -> list[tuple[int, ...]]:
        """For each stage the stages it reads, or INPUT."""
        return [stage.inputs or (i - 1,) for i, stage in enumerate(self.stages)]

    def prepare(self, images: FloatArray) -> FloatArray:
        """Images in 0..1 to the network's input: (image - mean) / std per channel, from the metadata if it has them."""
        result = np.asarray(images, dtype=np.float64)
        for key, apply in (("ganglion.mean", np.subtract), ("ganglion.std", np.divide)):
            if key in self.metadata:
                values = [float(v) for v in self.metadata[key].split(",")]
                result = apply(result, np.array(values)[:, None, None])
        return result


def patches(maps: npt.NDArray, kh: int, kw: int, stride: int, pad: int) -> npt.NDArray:
    """im2col: maps [n, c, h, w] to [n, out_h, out_w, c*kh*kw], patch order (c, ky, kx), zero padded."""
    padded = np.pad(maps, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    n, c, out_h, out_w = windows.shape[:4]
    return np.ascontiguousarray(windows.transpose(0, 2, 3, 1, 4, 5)).reshape(n, out_h, out_w, c * kh * kw)


def max_pool(maps: npt.NDArray) -> npt.NDArray:
    """2x2 maximum with stride 2 of [n, c, h, w]; an odd last row or column is dropped."""
    n, c, h, w = maps.shape
    return maps[:, :, : h - h % 2, : w - w % 2].reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def pad_map(maps: npt.NDArray, stride: int, margins: tuple[tuple[int, int], ...]) -> npt.NDArray:
    """Every stride-th row and column of [n, c, h, w] inside margins of zeros."""
    return np.pad(maps[:, :, ::stride, ::stride], ((0, 0), *margins))


def walk(
    inputs: list[tuple[int, ...]], first: npt.NDArray, step: Callable[[int, list[npt.NDArray]], npt.NDArray]
) -> Iterator[npt.NDArray]:
    """Maps of a graph in order: step(i, the maps that node i reads) gives node i's. A map nobody needs is forgotten."""
    last_use = {source: i for i, sources in enumerate(inputs) for source in sources}
    maps = {INPUT: first}
    for i, sources in enumerate(inputs):
        maps[i] = step(i, [maps[source] for source in sources])
        yield maps[i]
        maps = {source: m for source, m in maps.items() if last_use.get(source, INPUT) > i}


def run_stage(stage: Stage, maps: list[FloatArray], batch: int = 64) -> FloatArray:
    """Stored map of one stage in double precision, `batch` images at once."""
    return np.concatenate([_run_batch(stage, [m[i : i + batch] for m in maps]) for i in range(0, len(maps[0]), batch)])


def _run_batch(stage: Stage, inputs: list[FloatArray]) -> FloatArray:
    maps = inputs[0]
    if stage.kind == CONV:
        columns = patches(maps, *stage.weight.shape[2:], stage.stride, stage.pad)
        maps = (columns @ stage.weight.reshape(len(stage.weight), -1).T + stage.bias).transpose(0, 3, 1, 2)
    elif stage.kind == DENSE:
        maps = (maps.reshape(len(maps), -1) @ stage.weight.T + stage.bias)[:, :, None, None]
    elif stage.kind == ADD:
        maps = maps + inputs[1]
    elif stage.kind == AVERAGE:
        maps = maps.mean(axis=(2, 3), keepdims=True)
    elif stage.kind == PAD:
        maps = pad_map(maps, stage.stride, stage.margins)
    if stage.relu:
        maps = np.maximum(maps, 0)
    return max_pool(maps) if stage.pool else maps


def forward(network: Network, inputs: FloatArray) -> Iterator[FloatArray]:
    """Stored map of stage after stage for prepared inputs [n, c, h, w], in double precision."""
    first = np.asarray(inputs, dtype=np.float64)
    return walk(network.inputs, first, lambda i, maps: run_stage(network.stages[i], maps))


def outputs(network: Network, inputs: FloatArray, batch: int = 500) -> FloatArray:
    """Outputs [n, classes] for prepared inputs [n, c, h, w]."""
    parts = []
    for start in range(0, len(inputs), batch):
        *_, last = forward(network, inputs[start : start + batch])
        parts.append(last.reshape(len(last), -1))
    return np.concatenate(parts)


def predict(network: Network, images: FloatArray, batch: int = 500) -> npt.NDArray[np.int64]:
    """Float predictions for images in 0..1."""
    parts = (images[i : i + batch] for i in range(0, len(images), batch))
    return np.concatenate([outputs(network, network.prepare(part)).argmax(axis=1) for part in parts])
