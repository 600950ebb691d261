"""Networks compiled for the DeepCAM array, run by firmware: predictions are those of the NumPy emulation."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SHARE, Ganglion

Report = Callable[..., dict[str, Any]]


def compare(report_of: Report, network: Path, slice_: Path) -> dict[str, Any]:
    """Runs deepcam.yaml; the report, after its predictions were compared image for image."""
    from ganglion import dataset, loadable, reference

    arguments = ["--set", f"images.loadable.file={network}", "--set", f"images.dataset.file={slice_}"]
    report = report_of("run", "deepcam.yaml", *arguments, "--uart", "none")
    compiled, images = loadable.load(network), dataset.load(slice_)
    assert all(layer.target == loadable.TARGET_DEEPCAM for layer in compiled.layers if layer.bias is not None)
    result = report["result"]["sets"]["run"]
    assert result["predictions"] == [int(p) for p in reference.predict(compiled, images.images)]
    print(network.name, result["correct"], result["images"])
    return report


@pytest.fixture
def digits(ganglion: Ganglion, tmp_path: Path) -> Callable[..., Path]:
    def compiled(*options: object) -> Path:
        path = tmp_path / "digits.gnl"
        outcome = ganglion(
            "compile", ROOT / "sw/networks/digits.onnx", "--target", "deepcam", "--calibration", "digits",
            *options, "-o", path,
        )  # fmt: skip
        assert outcome.code == 0, outcome
        return path

    return compiled


@pytest.mark.parametrize(
    "options",
    [["--hash-bits", 1024], ["--hash-bits", 256, "--hash-tile", 32, "--dataflow", "WS"]],
    ids=["whole vectors", "tiles, weight stationary"],
)
def test_digits_equal_the_emulation(report_of: Report, digits: Callable[..., Path], options: list[object]) -> None:
    report = compare(report_of, digits(*options), SHARE / "datasets/digits.gnd")

    result = report["result"]["sets"]["run"]
    assert result["images"] == 359
    assert result["accuracy"] > 0.5


def test_a_soc_without_the_array_is_named(ganglion: Ganglion, digits: Callable[..., Path]) -> None:
    outcome = ganglion(
        "run", "classify.yaml", "--set", f"images.loadable.file={digits()}",
        "--set", f"images.dataset.file={SHARE / 'datasets/digits.gnd'}",
    )  # fmt: skip

    assert outcome.code == 4, outcome
    assert "placed on deepcam, and this SoC has none" in outcome.out + outcome.err


@pytest.mark.skipif(not os.environ.get("GANGLION_DATA"), reason="no data folder: set GANGLION_DATA=DIR")
@pytest.mark.parametrize(("tile", "floor"), [(0, 0.7), (64, 0.9)])
def test_lenet5_equals_the_emulation(
    report_of: Report, ganglion: Ganglion, tmp_path: Path, tile: int, floor: float
) -> None:
    """Floors: three standard deviations of 100 images below docs/papers/deepcam.md (83.3 %, 97.3 %), rounded down."""
    data = os.environ["GANGLION_DATA"]
    onnx, network, images = tmp_path / "lenet5.onnx", tmp_path / "lenet5.gnl", tmp_path / "mnist.gnd"
    subprocess.run([sys.executable, ROOT / "sw/networks/lenet5.py", "--data", data, "-o", onnx], check=True)
    outcome = ganglion(
        "compile", onnx, "--target", "deepcam", "--calibration", "mnist", "--data", data, "--hash-tile", tile,
        "-o", network, "--slice", f"mnist-test:100={images}", timeout=600,
    )  # fmt: skip
    assert outcome.code == 0, outcome

    report = compare(report_of, network, images)

    assert report["result"]["sets"]["run"]["images"] == 100
    assert report["result"]["sets"]["run"]["accuracy"] > floor
