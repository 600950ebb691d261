"""Writes a CIFAR-10 ResNet as ONNX from weights that are not in this repository.

.venv/bin/python sw/networks/resnet.py resnet8 --data DIR -o resnet8.onnx     (reads DIR/weights/cifar10_resnet*.npz)
.venv/bin/python sw/networks/resnet.py resnet20 --data DIR -o resnet20.onnx   (resnet32, 44, 56 likewise)

resnet8 is MLPerf Tiny's: raw pixels, strided convolutions padded below and to the right only, 1x1 convolutions as
shortcuts. The others are those of the ResNet paper for CIFAR-10: normalised pixels; a shortcut into a smaller map takes
every second pixel and adds channels of zeros on both sides (option A).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganglion.errors import GanglionError, run_command
from ganglion.image_sources import data_folder
from ganglion.onnx_export import GraphWriter

FILES = {
    "resnet8": "cifar10_resnet8_mlperftiny.npz",
    **{f"resnet{n}": f"cifar10_resnet{n}.npz" for n in (20, 32, 44, 56)},
}
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Weights(Mapping[str, npt.NDArray]):
    """The arrays of a .npz; one that is missing or of another shape is a GanglionError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.arrays = dict(np.load(path))

    def __getitem__(self, key: str) -> npt.NDArray:
        if key not in self.arrays:
            raise GanglionError(f"no array {key}", expected="the arrays its source describes", where=str(self.path))
        return self.arrays[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def shaped(self, key: str, shape: tuple[int, ...]) -> npt.NDArray:
        """The array, of this shape."""
        if self[key].shape != shape:
            raise GanglionError(f"array {key} of shape {self[key].shape}", expected=f"{shape}", where=str(self.path))
        return self[key]


def conv_and_norm(writer: GraphWriter, weights: Weights, conv: str, norm: str, channels: tuple[int, int], *,
                  pad: int | tuple[int, int] = 1, stride: int = 1, epsilon: float = 1e-5) -> None:  # fmt: skip
    """A 3x3 convolution and its batch norm."""
    weight = weights.shaped(f"{conv}.weight", (channels[1], channels[0], 3, 3))
    bias = weights.shaped(f"{conv}.bias", channels[1:]) if f"{conv}.bias" in weights.arrays else None
    writer.conv(conv, weight, bias, pad=pad, stride=stride)
    keys = ("weight", "bias", "running_mean", "running_var")
    writer.batch_norm(norm, *(weights.shaped(f"{norm}.{key}", channels[1:]) for key in keys), epsilon=epsilon)


def head(writer: GraphWriter, weights: Weights, name: str, channels: int) -> None:
    """Average of each channel, then ten logits."""
    writer.global_average_pool("average")
    writer.flatten("flatten")
    writer.gemm(name, weights.shaped(f"{name}.weight", (10, channels)), weights.shaped(f"{name}.bias", (10,)))


def resnet8(weights: Weights) -> GraphWriter:
    """MLPerf Tiny ResNet-8."""
    writer = GraphWriter("resnet8", (3, 32, 32))
    conv_and_norm(writer, weights, "stem.conv", "stem.bn", (3, 16), epsilon=1e-3)
    writer.relu("stem.relu")
    before = 16
    for i, channels in enumerate((16, 32, 64)):
        block, start = f"block{i + 1}", writer.last
        geometry = {"pad": (0, 1), "stride": 2} if i else {"pad": 1}
        conv_and_norm(writer, weights, f"{block}.conv1", f"{block}.bn1", (before, channels), epsilon=1e-3, **geometry)
        writer.relu(f"{block}.relu1")
        conv_and_norm(writer, weights, f"{block}.conv2", f"{block}.bn2", (channels, channels), epsilon=1e-3)
        inner, shortcut = writer.last, start
        if i:
            writer.last = start
            name = f"{block}.shortcut"
            weight = weights.shaped(f"{name}.weight", (channels, before, 1, 1))
            writer.conv(name, weight, weights.shaped(f"{name}.bias", (channels,)), stride=2)
            shortcut = writer.last
        writer.last = inner
        writer.add(f"{block}.add", shortcut)
        writer.relu(f"{block}.relu2")
        before = channels
    head(writer, weights, "dense", 64)
    return writer


def resnet_option_a(name: str, weights: Weights, blocks: int) -> GraphWriter:
    """The ResNet paper's network for CIFAR-10 with 3 * `blocks` blocks."""
    writer = GraphWriter(name, (3, 32, 32))
    conv_and_norm(writer, weights, "conv1", "bn1", (3, 16))
    writer.relu("relu1")
    before = 16
    for level, channels in enumerate((16, 32, 64), start=1):
        for i in range(blocks):
            block, start = f"layer{level}.{i}", writer.last
            smaller = channels != before
            conv_and_norm(writer, weights, f"{block}.conv1", f"{block}.bn1", (before, channels), stride=1 + smaller)
            writer.relu(f"{block}.relu1")
            conv_and_norm(writer, weights, f"{block}.conv2", f"{block}.bn2", (channels, channels))
            inner, shortcut = writer.last, start
            if smaller:
                writer.last, more = start, channels // 4
                writer.subsample(f"{block}.every_second", 2)
                writer.pad(f"{block}.channels", [0, more, 0, 0, 0, more, 0, 0])
                shortcut = writer.last
            writer.last = inner
            writer.add(f"{block}.add", shortcut)
            writer.relu(f"{block}.relu2")
            before = channels
    head(writer, weights, "linear", 64)
    return writer


def write(name: str, weights: Path, path: Path) -> None:
    """Converts the .npz of network `name`."""
    arrays = Weights(weights)
    if name == "resnet8":
        writer, mean, std = resnet8(arrays), (0.0,) * 3, (1 / 255,) * 3
    else:
        blocks = (int(name.removeprefix("resnet")) - 2) // 6
        writer, mean, std = resnet_option_a(name, arrays, blocks), MEAN, STD
    numbers = {"ganglion.mean": mean, "ganglion.std": std}
    metadata = {key: ",".join(repr(value) for value in values) for key, values in numbers.items()}
    writer.save(path, classes=10, metadata={"ganglion.dataset": "cifar10", **metadata})


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write a CIFAR-10 ResNet as ONNX from the weights in the data folder.")
    parser.add_argument("network", choices=FILES)
    parser.add_argument("--data", type=Path, help="data folder (default: GANGLION_DATA)")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args(argv)
    write(args.network, data_folder(args.data) / "weights" / FILES[args.network], args.output)
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
