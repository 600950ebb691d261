"""Trains the demo network on scikit-learn's digits and writes sw/networks/digits.onnx.

    .venv/bin/python sw/training/train_digits.py [-o F.onnx] [--epochs N]      (needs Debian's python3-torch)

Network: conv 3x3 (1 -> 8), batch norm, ReLU, conv 3x3 (8 -> 16), batch norm, ReLU, 2x2 max pool, fully connected
(256 -> 10): 80,896 multiplications an image. Split by index: images with index % 5 == 4 are held back (359 of 1,797)
and never seen here. No model selection: the last epoch is the one that is written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ganglion.image_sources import load_digits
from ganglion.onnx_export import GraphWriter

NETWORK = Path(__file__).resolve().parents[1] / "networks" / "digits.onnx"
BATCH = 32


def shifted(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Each image moved by -1, 0 or +1 pixels in each direction, zeros moving in."""
    padded = nn.functional.pad(images, (1, 1, 1, 1))
    moves = torch.randint(0, 3, (len(images), 2), generator=generator)
    return torch.stack([padded[i, :, dy : dy + 8, dx : dx + 8] for i, (dy, dx) in enumerate(moves.tolist())])


def train(epochs: int, seed: int) -> nn.Sequential:
    """One-cycle Adam on the training split with one-pixel shifts."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)
    split = load_digits("train")
    images = torch.from_numpy(split.images.astype(np.float32))
    labels = torch.from_numpy(split.labels.astype(np.int64))
    network = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
        nn.Conv2d(8, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 10),
    )  # fmt: skip
    optimizer = torch.optim.Adam(network.parameters(), weight_decay=1e-4)
    steps = epochs * ((len(images) + BATCH - 1) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, total_steps=steps)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for _ in range(epochs):
        network.train()
        for chosen in torch.randperm(len(images), generator=generator).split(BATCH):
            loss = loss_of(network(shifted(images[chosen], generator)), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return network.eval()


def save(network: nn.Sequential, path: Path) -> None:
    """Writes the trained network as ONNX, batch norms left for the compiler to fold."""

    def array(tensor: torch.Tensor) -> np.ndarray:
        return tensor.detach().numpy()

    writer = GraphWriter("digits", (1, 8, 8))
    for i, (conv, norm) in enumerate(((network[0], network[1]), (network[3], network[4])), start=1):
        writer.conv(f"conv{i}", array(conv.weight), pad=1)
        writer.batch_norm(
            f"norm{i}",
            array(norm.weight),
            array(norm.bias),
            array(norm.running_mean),
            array(norm.running_var),
            norm.eps,
        )
        writer.relu(f"relu{i}")
    writer.max_pool("pool")
    writer.flatten("flatten")
    writer.gemm("fc", array(network[8].weight), array(network[8].bias))
    writer.save(path, classes=10, metadata={"ganglion.dataset": "digits"})


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Train the demo network on scikit-learn's digits.")
    parser.add_argument("-o", "--output", type=Path, default=NETWORK)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    network = train(args.epochs, args.seed)
    save(network, args.output)
    with torch.no_grad():
        for part in ("train", "heldback"):
            split = load_digits(part)
            predicted = network(torch.from_numpy(split.images.astype(np.float32))).argmax(1).numpy()
            correct = int((predicted == split.labels).sum())
            print(f"{part}: {correct} of {len(split.labels)} = {100 * correct / len(split.labels):.2f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
