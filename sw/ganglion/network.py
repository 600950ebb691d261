"""A trained network as a chain of float stages, and its float inference: what is read from ONNX and then quantised."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

CONV, DENSE, POOL = "conv", "dense", "pool"


@dataclass
class Stage:
    """One stage: convolution or dense layer (each with bias, perhaps ReLU, perhaps 2x2 max pool) or a pool alone.

    `weight` is [out_c, in_c, kh, kw] or [out][in]; `in_shape` and `out_shape` are (c, h, w), the latter before pooling.
    A dense stage reads its input map flattened in CHW order.
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

    @property
    def stored_shape(self) -> tuple[int, int, int]:
        """Shape after pooling."""
        c, h, w = self.out_shape
        return (c, h // 2, w // 2) if self.pool else self.out_shape


@dataclass
class Network:
    """Stages in order, and what the file says about its data set."""

    name: str
    input_shape: tuple[int, int, int]
    stages: list[Stage] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> int:
        """Size of the last map."""
        return int(np.prod(self.stages[-1].stored_shape))

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


def forward(network: Network, inputs: FloatArray) -> list[FloatArray]:
    """Stored map of every stage for prepared inputs [n, c, h, w], in double precision."""
    maps = np.asarray(inputs, dtype=np.float64)
    results = []
    for stage in network.stages:
        if stage.kind == CONV:
            columns = patches(maps, *stage.weight.shape[2:], stage.stride, stage.pad)
            maps = (columns @ stage.weight.reshape(len(stage.weight), -1).T + stage.bias).transpose(0, 3, 1, 2)
        elif stage.kind == DENSE:
            maps = (maps.reshape(len(maps), -1) @ stage.weight.T + stage.bias)[:, :, None, None]
        if stage.relu:
            maps = np.maximum(maps, 0)
        if stage.pool:
            maps = max_pool(maps)
        results.append(maps)
    return results


def predict(network: Network, images: FloatArray, batch: int = 500) -> npt.NDArray[np.int64]:
    """Float predictions for images in 0..1."""
    parts = (images[i : i + batch] for i in range(0, len(images), batch))
    return np.concatenate([forward(network, network.prepare(p))[-1].reshape(len(p), -1).argmax(1) for p in parts])
