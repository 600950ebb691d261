"""Paths the build hands to the tests; without a build the files are made in a temporary folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganglion import vectors

SW = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_vectors() -> dict[str, list[dict[str, int]]]:
    """The vectors the C++ and C tests use: the build's file (GANGLION_VECTORS), else freshly generated."""
    path = os.environ.get("GANGLION_VECTORS")
    return json.loads(Path(path).read_text()) if path else vectors.all_vectors()


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The data folder; tests that need it are skipped by name of the missing variable."""
    path = os.environ.get("GANGLION_DATA")
    if not path:
        pytest.skip("no data folder: set GANGLION_DATA=DIR (MNIST or CIFAR-10 files and weights/*.npz)")
    return Path(path)


@pytest.fixture(scope="session")
def tiny_residual(tmp_path_factory) -> tuple[Path, Path]:
    """ONNX and images of a random residual network with every kind of shortcut (networks/tiny_residual.py)."""
    folder = tmp_path_factory.mktemp("tiny")
    paths = folder / "tiny.onnx", folder / "tiny.npz"
    environment = {**os.environ, "PYTHONPATH": str(SW)}
    command = [sys.executable, SW / "networks" / "tiny_residual.py", "-o", paths[0], "--images", paths[1]]
    subprocess.run(command, check=True, env=environment)
    return paths


@pytest.fixture(scope="session")
def digits_onnx() -> Path:
    return SW / "networks" / "digits.onnx"
