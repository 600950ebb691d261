"""Residual networks run by firmware on the hart, the SC-CNN core and the DeepCAM array: NumPy's predictions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, Ganglion
from residual_runs import Report, compare


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("cpu", []),
        ("cpu", ["--bits", 10]),
        ("sc_cnn", []),
        ("deepcam", ["--hash-bits", 512, "--hash-tile", 24]),
        ("deepcam", ["--hash-bits", "variable", "--delta", 0.2, "--dataflow", "WS"]),
    ],
    ids=["cpu", "cpu, 10 bits", "sc_cnn", "deepcam, tiles", "deepcam, variable"],
)
def test_a_tiny_residual_network_equals_numpy(
    report_of: Report, ganglion: Ganglion, tmp_path: Path, target: str, options: list[object]
) -> None:
    """Every kind of shortcut, random weights, no data folder."""
    from ganglion import dataset, loadable

    onnx, images = tmp_path / "tiny.onnx", tmp_path / "tiny.npz"
    script = ROOT / "sw/networks/tiny_residual.py"
    subprocess.run([sys.executable, script, "-o", onnx, "--images", images], check=True)
    network, slice_ = tmp_path / "tiny.gnl", tmp_path / "tiny.gnd"
    outcome = ganglion("compile", onnx, "--target", target, "--calibration", images, *options, "-o", network)
    assert outcome.code == 0, outcome
    arrays, compiled = np.load(images), loadable.load(network)
    piece = dataset.make_slice("tiny", arrays["images"][:20], arrays["labels"][:20], compiled.input_scale,
                               compiled.operand_bits, compiled.classes)  # fmt: skip
    dataset.save(piece, slice_)

    result = compare(report_of, target, network, slice_)

    assert result["images"] == 20
    assert len(set(result["predictions"])) > 2
    assert target == "deepcam" or result["accuracy"] >= 0.7  # hashes of random weights tell little
