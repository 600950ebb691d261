"""Fine-tunes a trained network through the hash of the DeepCAM array, so that it loses less on the array.

    .venv/bin/python sw/training/tune_deepcam.py NET.onnx -o TUNED.onnx [--hash-bits K] [--hash-tile T] [--data DIR]

An optional extra: needs Debian's python3-torch. Forward, a layer estimates its sums as the array does, with the very
projection the array has (seed, number of the layer): signs of column sums, Hamming distance, cosine, norms. Backward, a
sign passes the gradient where its argument lies within one standard deviation (straight-through estimator: Bengio,
Leonard, Courville, arXiv 1308.3432). Left out: int8 rounding of activations and weights, the norms' minifloats. Trains
on the training part of the network's data set only; no model selection: the last epoch is written. Compile the result
with the same --hash-bits, --hash-tile and --hash-seed.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ganglion import image_sources, onnx_import
from ganglion.deepcam import formats, inference
from ganglion.deepcam.array import HashConfig
from ganglion.errors import GanglionError, run_command
from ganglion.network import ADD, AVERAGE, CONV, INPUT, PAD, Network, Stage
from ganglion.onnx_export import writer_of

BATCH = 32
CELL_DEVIATION = 32.0  # of the projection's cells
TINY = 1e-6


class StraightSign(torch.autograd.Function):
    """+1 where the argument is not negative, else -1; the gradient passes where |argument| <= 1."""

    @staticmethod
    def forward(context: torch.autograd.function.FunctionCtx, values: torch.Tensor) -> torch.Tensor:
        context.save_for_backward(values)
        return torch.where(values >= 0, 1.0, -1.0)

    @staticmethod
    def backward(context: torch.autograd.function.FunctionCtx, gradient: torch.Tensor) -> torch.Tensor:
        (values,) = context.saved_tensors
        return gradient * (values.abs() <= 1)


def signs(vectors: torch.Tensor, cells: torch.Tensor, norms: torch.Tensor) -> torch.Tensor:
    """Hash of vectors [n, taps] as +1 and -1 [n, bits]; sums are brought to a deviation of 1."""
    return StraightSign.apply(vectors @ cells / (CELL_DEVIATION * norms.clamp_min(TINY)[:, None]))


def estimated_products(
    inputs: torch.Tensor, weights: torch.Tensor, cells: torch.Tensor, config: HashConfig
) -> torch.Tensor:
    """Dot products [n, filters] of inputs [n, taps] and weights [filters, taps] as the array estimates them."""
    total = torch.zeros(len(inputs), len(weights))
    for part in config.tiles(inputs.shape[1]):
        x, w = inputs[:, part], weights[:, part]
        x_norm, w_norm = x.norm(dim=1), w.norm(dim=1)
        agreement = signs(x, cells[part], x_norm) @ signs(w, cells[part], w_norm).T / config.bits  # 1 - 2 HD / k
        total = total + x_norm[:, None] * w_norm[None, :] * torch.sin(math.pi / 2 * agreement)
    return total


class HashedNetwork(nn.Module):
    """The network's stages with hashed sums; parameters are its weights and biases."""

    def __init__(self, network: Network, bits: int, tile: int, seed: int) -> None:
        super().__init__()
        self.stages, self.inputs = network.stages, network.inputs
        weighted = [stage for stage in self.stages if stage.weight is not None]
        inference.check_hash(bits, tile, "--hash-bits, --hash-tile")
        self.configs = [HashConfig(bits, tile, seed, number) for number in range(len(weighted))]
        self.weights = nn.ParameterList([nn.Parameter(torch.tensor(s.weight, dtype=torch.float32)) for s in weighted])
        self.biases = nn.ParameterList([nn.Parameter(torch.tensor(s.bias, dtype=torch.float32)) for s in weighted])
        self.cells = [
            torch.tensor(formats.projection(seed, number, s.weight[0].size, bits).astype(np.float32))
            for number, s in enumerate(weighted)
        ]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps, number = {INPUT: images}, 0
        for i, (stage, sources) in enumerate(zip(self.stages, self.inputs, strict=True)):
            if stage.weight is not None:
                found = self._hashed(number, stage, maps[sources[0]])
                number += 1
            else:
                found = weightless(stage, [maps[source] for source in sources])
            found = found.relu() if stage.relu else found
            maps[i] = nn.functional.max_pool2d(found, 2) if stage.pool else found
        return maps[len(self.stages) - 1].flatten(1)

    def _hashed(self, number: int, stage: Stage, maps: torch.Tensor) -> torch.Tensor:
        """Estimated sums of the `number`-th layer of weights."""
        weight, bias = self.weights[number].flatten(1), self.biases[number]
        if stage.kind == CONV:
            columns = nn.functional.unfold(maps, stage.weight.shape[2:], padding=stage.pad, stride=stage.stride)
        else:
            columns = maps.flatten(1)[:, :, None]
        rows = columns.transpose(1, 2).reshape(-1, columns.shape[1])
        sums = estimated_products(rows, weight, self.cells[number], self.configs[number]) + bias
        return sums.reshape(len(maps), -1, len(weight)).transpose(1, 2).reshape(len(maps), *stage.out_shape)

    def trained(self, network: Network) -> Network:
        """The network with the weights as they are now."""
        parameters = iter(zip(self.weights, self.biases, strict=True))
        stages = []
        for stage in network.stages:
            if stage.weight is not None:
                weight, bias = (p.detach().numpy().astype(np.float64) for p in next(parameters))
                stage = replace(stage, weight=weight.reshape(stage.weight.shape), bias=bias)
            stages.append(stage)
        return replace(network, stages=stages)


def weightless(stage: Stage, inputs: list[torch.Tensor]) -> torch.Tensor:
    """A stage without weights, before its ReLU and pool."""
    maps = inputs[0]
    if stage.kind == ADD:
        return maps + inputs[1]
    if stage.kind == AVERAGE:
        return maps.mean(dim=(2, 3), keepdim=True)
    if stage.kind == PAD:
        (c, d), (top, bottom), (left, right) = stage.margins
        kept = maps[:, :, :: stage.stride, :: stage.stride]
        return nn.functional.pad(kept, (left, right, top, bottom, c, d))
    return maps


def tune(network: Network, images: np.ndarray, labels: np.ndarray, args: argparse.Namespace) -> HashedNetwork:
    """Adam with a one-cycle rate on prepared images; the same arguments give the same weights."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    hashed = HashedNetwork(network, args.hash_bits, args.hash_tile, args.hash_seed)
    inputs, targets = torch.from_numpy(images.astype(np.float32)), torch.from_numpy(labels.astype(np.int64))
    optimizer = torch.optim.Adam(hashed.parameters(), lr=args.rate)
    steps = args.epochs * math.ceil(len(inputs) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=args.rate, total_steps=steps)
    loss_of = nn.CrossEntropyLoss()
    for epoch in range(args.epochs):
        total = 0.0
        for chosen in torch.randperm(len(inputs)).split(BATCH):
            loss = loss_of(hashed(inputs[chosen]), targets[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(chosen)
        print(f"epoch {epoch + 1} of {args.epochs}: training loss {total / len(inputs):.4f}", flush=True)
    return hashed


def parser() -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(description="Fine-tune a network through the hash of the DeepCAM array.")
    p.add_argument("network", type=Path, metavar="NET.onnx")
    p.add_argument("-o", "--output", type=Path, required=True, metavar="TUNED.onnx")
    p.add_argument("--hash-bits", type=int, default=1024, metavar="K")
    p.add_argument("--hash-tile", type=int, default=0, metavar="T", help="inputs a tile (default: whole vectors)")
    p.add_argument("--hash-seed", type=int, default=1, metavar="S", help="seed of the array's projections (default 1)")
    p.add_argument("--epochs", type=int, default=10)
    p.add_argument("--images", type=int, metavar="N", help="only the first N training images")
    p.add_argument("--rate", type=float, default=2e-3, help="largest learning rate (default 0.002)")
    p.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: GANGLION_DATA)")
    return p


def main(argv: list[str] | None = None) -> int:
    args = parser().parse_args(argv)
    if args.epochs < 1:
        raise GanglionError(f"--epochs {args.epochs}", expected="at least 1")
    if not 0 <= args.hash_seed <= 0xFFFFFFFF:
        raise GanglionError(f"--hash-seed {args.hash_seed}", expected="0..4294967295")
    network = onnx_import.load_network(args.network)
    training_part, _ = image_sources.parts_of(network.metadata, args.network)
    training = image_sources.load(training_part, args.data).first(args.images)
    tuned = tune(network, network.prepare(training.images), training.labels, args).trained(network)
    writer_of(tuned).save(args.output, network.classes, network.metadata)
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
