"""LeNet-5 on MNIST through the SC-CNN core; needs the data folder (GANGLION_DATA)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Ganglion

pytestmark = pytest.mark.skipif(
    not os.environ.get("GANGLION_DATA"),
    reason="no data folder: set GANGLION_DATA=DIR (MNIST idx files and weights/mnist_lenet5_relu.npz)",
)
IMAGES = 200


@pytest.fixture
def files(ganglion: Ganglion, tmp_path: Path) -> tuple[Path, Path]:
    """Loadable and slice of the first 200 test images, made by the documented commands."""
    data = os.environ["GANGLION_DATA"]
    onnx, loadable, dataset = tmp_path / "lenet5.onnx", tmp_path / "lenet5.gnl", tmp_path / "mnist.gnd"
    subprocess.run([sys.executable, ROOT / "sw/networks/lenet5.py", "--data", data, "-o", onnx], check=True)
    outcome = ganglion(
        "compile", onnx, "--target", "sc_cnn", "--bits", 8, "--calibration", "mnist", "--data", data,
        "-o", loadable, "--slice", f"mnist-test:{IMAGES}={dataset}", timeout=600,
    )  # fmt: skip
    assert outcome.code == 0, outcome
    return loadable, dataset


def test_firmware_classifies_mnist_like_numpy_and_within_a_point_of_float(
    report_of: Callable[..., dict[str, Any]], files: tuple[Path, Path], tmp_path: Path
) -> None:
    from ganglion import dataset, loadable, reference

    arguments = ["--set", f"images.loadable.file={files[0]}", "--set", f"images.dataset.file={files[1]}"]

    report = report_of("run", "classify.yaml", *arguments, "--uart", "none")

    result = report["result"]["sets"]["run"]
    expected = reference.predict(loadable.load(files[0]), dataset.load(files[1]).images)
    assert result["images"] == IMAGES
    assert result["predictions"] == [int(p) for p in expected]
    assert result["accuracy"] >= 0.9935 - 0.01
    assert report["host"]["seconds_per_image"] > 0
    print(json.dumps({"accuracy": result["accuracy"], "host seconds an image": report["host"]["seconds_per_image"]}))
