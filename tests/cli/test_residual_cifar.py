"""ResNet-8 and ResNet-20 on CIFAR-10 images by firmware; needs the data folder (GANGLION_DATA). Label slow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Ganglion
from residual_runs import Report, compare

pytestmark = pytest.mark.skipif(
    not os.environ.get("GANGLION_DATA"),
    reason="no data folder: set GANGLION_DATA=DIR (CIFAR-10 files and weights/cifar10_resnet*.npz)",
)


@pytest.mark.parametrize(
    ("name", "target", "count"),
    [("resnet8", "cpu", 4), ("resnet8", "sc_cnn", 4), ("resnet8", "deepcam", 4), ("resnet20", "deepcam", 2)],
)
def test_a_cifar_network_equals_numpy(
    report_of: Report, ganglion: Ganglion, tmp_path: Path, name: str, target: str, count: int
) -> None:
    data = os.environ["GANGLION_DATA"]
    onnx, network, slice_ = tmp_path / f"{name}.onnx", tmp_path / f"{name}.gnl", tmp_path / "cifar10.gnd"
    subprocess.run([sys.executable, ROOT / "sw/networks/resnet.py", name, "--data", data, "-o", onnx], check=True)
    outcome = ganglion(
        "compile", onnx, "--target", target, "--percentile", 100, "--hash-tile", 64, "--data", data, "-q",
        "-o", network, "--slice", f"cifar10-test:{count}={slice_}", timeout=600,
    )  # fmt: skip
    assert outcome.code == 0, outcome

    result = compare(report_of, target, network, slice_)

    assert result["images"] == count
