"""Writes a tiny residual network with random weights as ONNX, and random images labelled by the network itself.

.venv/bin/python sw/networks/tiny_residual.py -o tiny.onnx --images tiny.npz

It needs no data folder and has every kind of block that `resnet.py` writes: an identity shortcut, one of 1x1
convolutions beside a convolution padded below and to the right only, and one that takes every second pixel and adds
channels of zeros.
Accuracy on the images is agreement with the float network. Tests and the tutorial use it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganglion import onnx_import
from ganglion.errors import run_command
from ganglion.network import outputs
from ganglion.onnx_export import GraphWriter

INPUT, CLASSES = (3, 12, 12), 5


def _conv(writer: GraphWriter, rng: np.random.Generator, name: str, channels: tuple[int, int], *,
          pad: int | tuple[int, int] = 1, stride: int = 1) -> None:  # fmt: skip
    """A random 3x3 convolution with batch norm that keeps the variance of its input."""
    before, after = channels
    writer.conv(name, rng.normal(0, (2 / (9 * before)) ** 0.5, (after, before, 3, 3)), pad=pad, stride=stride)
    scale, shift = rng.uniform(0.6, 1.4, after), rng.normal(0, 0.2, after)
    writer.batch_norm(f"{name}.norm", scale, shift, rng.normal(0, 0.1, after), rng.uniform(0.7, 1.3, after))


def network(seed: int = 1) -> GraphWriter:
    """Everything up to the average of each of 16 channels."""
    rng = np.random.default_rng(seed)
    writer = GraphWriter("tiny_residual", INPUT)
    _conv(writer, rng, "stem", (3, 8))
    writer.relu("stem.relu")
    for name, (before, after), pad in (("same", (8, 8), 1), ("convolved", (8, 12), (0, 1)), ("padded", (12, 16), 1)):
        start, stride = writer.last, 1 + (before != after)
        _conv(writer, rng, f"{name}.conv1", (before, after), pad=pad, stride=stride)
        writer.relu(f"{name}.relu1")
        _conv(writer, rng, f"{name}.conv2", (after, after))
        inner, writer.last = writer.last, start
        if name == "convolved":
            weight = rng.normal(0, (1 / before) ** 0.5, (after, before, 1, 1))
            writer.conv(f"{name}.shortcut", weight, rng.normal(0, 0.1, after), stride=2)
        elif name == "padded":
            writer.subsample(f"{name}.every_second", 2)
            more = (after - before) // 2
            writer.pad(f"{name}.channels", [0, more, 0, 0, 0, more, 0, 0])
        shortcut, writer.last = writer.last, inner
        writer.add(f"{name}.add", shortcut)
        writer.relu(f"{name}.relu2")
    writer.global_average_pool("average")
    writer.flatten("flatten")
    return writer


def write(path: Path, images: Path | None = None, seed: int = 1, count: int = 576) -> npt.NDArray[np.float64]:
    """Writes the network, and `count` labelled images when asked to; returns the images [n, c, h, w] in 0..1."""
    rng = np.random.default_rng(seed + 1000)
    pixels = rng.random((count, *INPUT)) * rng.random((count, INPUT[0], 1, 1))
    weight = rng.normal(0, 1, (CLASSES, 16))
    bare = network(seed)
    bare.gemm("dense", weight, np.zeros(CLASSES))
    logits = outputs(onnx_import.import_model(bare.model(CLASSES)), pixels)
    writer = network(seed)
    writer.gemm("dense", weight, -logits.mean(axis=0))  # so that every class occurs
    writer.save(path, CLASSES)
    if images is not None:
        labels = outputs(onnx_import.load_network(path), pixels).argmax(axis=1).astype(np.uint8)
        images.parent.mkdir(parents=True, exist_ok=True)
        np.savez(images, images=pixels, labels=labels)
    return pixels


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Write a tiny residual network with random weights, and images for it."
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--images", type=Path, metavar="F.npz", help="also write labelled images (for --calibration)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    write(args.output, args.images, args.seed)
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
