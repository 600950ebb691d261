"""Writes LeNet-5 (ReLU, max pooling) as ONNX from mnist_lenet5_relu.npz, which is not in this repository.

.venv/bin/python sw/networks/lenet5.py --data DIR -o lenet5.onnx       (reads DIR/weights/mnist_lenet5_relu.npz)
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from ganglion.errors import GanglionError, run_command
from ganglion.image_sources import data_folder
from ganglion.onnx_export import GraphWriter

WEIGHTS = Path("weights") / "mnist_lenet5_relu.npz"
SHAPES = {"conv1": (6, 1, 5, 5), "conv2": (16, 6, 5, 5), "fc1": (120, 400), "fc2": (84, 120), "fc3": (10, 84)}


def write(weights: Path, path: Path) -> None:
    """Converts the .npz; a missing or misshapen array is a GanglionError."""
    arrays = np.load(weights)
    for layer, shape in SHAPES.items():
        for key, expected in ((f"{layer}.weight", shape), (f"{layer}.bias", shape[:1])):
            if key not in arrays or arrays[key].shape != expected:
                found = f"array {key} of shape {arrays[key].shape}" if key in arrays else f"no array {key}"
                raise GanglionError(found, expected=f"{key} of shape {expected}", where=str(weights))
    writer = GraphWriter("lenet5", (1, 28, 28))
    for i, pad in ((1, 2), (2, 0)):
        writer.conv(f"conv{i}", arrays[f"conv{i}.weight"], arrays[f"conv{i}.bias"], pad=pad)
        writer.relu(f"relu{i}")
        writer.max_pool(f"pool{i}")
    writer.flatten("flatten")
    for i in (1, 2, 3):
        writer.gemm(f"fc{i}", arrays[f"fc{i}.weight"], arrays[f"fc{i}.bias"])
        if i < 3:
            writer.relu(f"relu{i + 2}")
    writer.save(path, classes=10, metadata={"ganglion.dataset": "mnist"})


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write LeNet-5 as ONNX from the weights in the data folder.")
    parser.add_argument("--data", type=Path, help="data folder (default: GANGLION_DATA)")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args(argv)
    write(data_folder(args.data) / WEIGHTS, args.output)
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
