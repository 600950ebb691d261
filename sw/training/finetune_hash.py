"""Fine-tunes a network through the DeepCAM array's hashes and writes it as ONNX (needs Debian's python3-torch).

    .venv/bin/python sw/training/finetune_hash.py NET.onnx -o TUNED.onnx [--hash-bits 1024] [--hash-tile 0] [--data DIR]

Straight-through estimation: forward, every sum is the one that the array gives for int8 operands, bit exact
(`ganglion.deepcam.array`, ideal array); backward, the hash is taken for the identity, so gradients are those of the
exact sums. Batch norms are folded before. Only training images are used: the first --images of the network's data set,
moved by up to --shift pixels. No model selection: the last epoch is the one that is written. Measure both networks with
`ganglion-deepcam accuracy NET.onnx TUNED.onnx`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from ganglion import image_sources, onnx_import
from ganglion.calibrate import calibrate
from ganglion.deepcam import array
from ganglion.deepcam.inference import check_hash
from ganglion.errors import GanglionError, run_command
from ganglion.network import ADD, AVERAGE, CONV, DENSE, INPUT, PAD, Network, Stage, patches
from ganglion.onnx_export import writer_of
from ganglion.quantize import QuantisedNetwork

BATCH = 32
TOP = 127


def estimated(stage: Stage, config: array.HashConfig, scale: float, maps: torch.Tensor, weight: torch.Tensor,
              bias: torch.Tensor) -> torch.Tensor:  # fmt: skip
    """Sums [n, out_c, h, w] or [n, out_c] in real units as the array estimates them from int8 operands."""
    inputs = np.clip(np.rint(maps.detach().numpy() / scale), -TOP - 1, TOP).astype(np.int16)
    rows = weight.detach().numpy().reshape(len(weight), -1)
    scales = np.maximum(np.abs(rows).max(axis=1) / TOP, 1e-12)
    filters = np.rint(rows / scales[:, None]).astype(np.int16)
    if stage.kind == CONV:
        columns = patches(inputs, *weight.shape[2:], stage.stride, stage.pad)
    else:
        columns = inputs.reshape(len(inputs), 1, 1, -1)
    hashed = array.hash_vectors(columns.reshape(-1, columns.shape[-1]), config, config.input_shift)
    sums = array.dot_products(hashed, array.hash_vectors(filters, config, config.weight_shift), config)
    real = (sums * (scale * scales)).reshape(*columns.shape[:3], -1).transpose(0, 3, 1, 2)
    result = torch.from_numpy(np.ascontiguousarray(real, np.float32)) + bias.detach()[:, None, None]
    return result if stage.kind == CONV else result[:, :, 0, 0]


class Hashed(nn.Module):
    """The network with trainable folded weights and hashed sums."""

    def __init__(self, quantised: QuantisedNetwork, bits: int, tile: int, on_hart: Collection[str] = ()) -> None:
        super().__init__()
        self.network = quantised.network
        self.scales = [stage.in_scale for stage in quantised.stages]
        weighted = [i for i, stage in enumerate(self.network.stages) if stage.weight is not None]
        unknown = sorted(set(on_hart) - {self.network.stages[i].name for i in weighted})
        if unknown:
            raise GanglionError(f"layer '{unknown[0]}'", expected="layers with weights", remedy="--on-hart LAYER,LAYER")
        self.configs = {
            i: array.HashConfig(bits, tile, layer=number)
            for number, i in enumerate(weighted)
            if self.network.stages[i].name not in on_hart
        }
        tensors = {i: self.network.stages[i] for i in weighted}
        self.weights = nn.ParameterDict({str(i): _parameter(s.weight) for i, s in tensors.items()})
        self.biases = nn.ParameterDict({str(i): _parameter(s.bias) for i, s in tensors.items()})

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits [n, classes] of prepared images [n, c, h, w]."""
        maps = {INPUT: images}
        for i, (stage, sources) in enumerate(zip(self.network.stages, self.network.inputs, strict=True)):
            maps[i] = self._stage(i, stage, [maps[source] for source in sources])
        return maps[len(self.network.stages) - 1].flatten(1)

    def _stage(self, i: int, stage: Stage, inputs: list[torch.Tensor]) -> torch.Tensor:
        maps = inputs[0]
        if stage.weight is not None:
            weight, bias = self.weights[str(i)], self.biases[str(i)]
            maps = maps.flatten(1) if stage.kind == DENSE else maps
            exact = (
                nn.functional.linear(maps, weight, bias)
                if stage.kind == DENSE
                else nn.functional.conv2d(maps, weight, bias, stage.stride, stage.pad)
            )
            if i in self.configs:
                found = estimated(stage, self.configs[i], self.scales[i], maps, weight, bias)
                maps = exact + (found - exact).detach()
            else:
                maps = exact
        elif stage.kind == ADD:
            maps = maps + inputs[1]
        elif stage.kind == AVERAGE:
            maps = maps.mean(dim=(2, 3), keepdim=True)
        elif stage.kind == PAD:
            (c, d), (top, bottom), (left, right) = stage.margins
            kept = maps[:, :, :: stage.stride, :: stage.stride]
            maps = nn.functional.pad(kept, (left, right, top, bottom, c, d))
        maps = maps.relu() if stage.relu else maps
        return nn.functional.max_pool2d(maps, 2) if stage.pool else maps

    def trained(self) -> Network:
        """The network with the weights as they are now."""
        for i, weight in self.weights.items():
            self.network.stages[int(i)].weight = weight.detach().numpy().astype(np.float64)
            self.network.stages[int(i)].bias = self.biases[i].detach().numpy().astype(np.float64)
        return self.network


def _parameter(values: npt.NDArray[np.float64]) -> nn.Parameter:
    return nn.Parameter(torch.from_numpy(values.astype(np.float32)))


def shifted(images: torch.Tensor, most: int, generator: torch.Generator) -> torch.Tensor:
    """Each image moved by up to `most` pixels in each direction, zeros moving in."""
    h, w = images.shape[2:]
    padded = nn.functional.pad(images, (most,) * 4)
    moves = torch.randint(0, 2 * most + 1, (len(images), 2), generator=generator)
    return torch.stack([padded[i, :, dy : dy + h, dx : dx + w] for i, (dy, dx) in enumerate(moves.tolist())])


def train(hashed: Hashed, images: torch.Tensor, labels: torch.Tensor, args: argparse.Namespace) -> None:
    """Adam with a cosine of the learning rate; prints the training accuracy of every epoch, through the hash."""
    generator = torch.Generator().manual_seed(args.seed)
    optimizer = torch.optim.Adam(hashed.parameters(), lr=args.rate)
    steps = args.epochs * -(-len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(args.epochs):
        correct = 0
        for chosen in torch.randperm(len(images), generator=generator).split(BATCH):
            logits = hashed(shifted(images[chosen], args.shift, generator))
            loss = loss_of(logits, labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            correct += int((logits.argmax(1) == labels[chosen]).sum())
        print(f"epoch {epoch + 1}: {correct} of {len(images)} training images", flush=True)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Fine-tune a network through the DeepCAM array's hashes.")
    parser.add_argument("network", type=Path, metavar="NET.onnx")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="TUNED.onnx")
    parser.add_argument("--hash-bits", type=int, default=1024)
    parser.add_argument("--hash-tile", type=int, default=0, metavar="T", help="inputs a tile, 0: whole vectors")
    parser.add_argument("--on-hart", default="", metavar="LAYER,...", help="layers that are not hashed")
    parser.add_argument("--percentile", type=float, help="range rule, as of ganglion compile (default: the best one)")
    parser.add_argument("--images", type=int, metavar="N", help="first training images (default: all)")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--shift", type=int, default=1, metavar="PIXELS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: GANGLION_DATA)")
    args = parser.parse_args(argv)
    check_hash(args.hash_bits, args.hash_tile, "--hash-bits, --hash-tile")
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    network = onnx_import.load_network(args.network)
    source = image_sources.load(f"{network.metadata['ganglion.dataset']}-train", args.data, args.images)
    quantised = calibrate(network, source, 8, args.percentile).quantised
    hashed = Hashed(quantised, args.hash_bits, args.hash_tile, [name for name in args.on_hart.split(",") if name])
    images = torch.from_numpy(network.prepare(source.images).astype(np.float32))
    train(hashed, images, torch.from_numpy(source.labels.astype(np.int64)), args)
    writer_of(hashed.trained()).save(args.output, network.classes, network.metadata)
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
