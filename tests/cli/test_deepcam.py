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


def compare(report_of: Report, network: Path, slice_: Path, *options: str) -> dict[str, Any]:
    """Runs deepcam.yaml; the report, after its predictions were compared image for image."""
    from ganglion import dataset, loadable, reference

    arguments = ["--set", f"images.loadable.file={network}", "--set", f"images.dataset.file={slice_}"]
    report = report_of("run", "deepcam.yaml", *arguments, *options, "--uart", "none")
    compiled, images = loadable.load(network), dataset.load(slice_)
    assert all(layer.target == loadable.TARGET_DEEPCAM for layer in compiled.layers if layer.bias is not None)
    result = report["result"]["sets"]["run"]
    assert result["predictions"] == [int(p) for p in reference.predict(compiled, images.images)]
    print(network.name, result["correct"], result["images"])
    return report


COMPILED: dict[tuple[str, ...], Path] = {}  # by options: compiling takes longer than running


@pytest.fixture
def digits(ganglion: Ganglion, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    def compiled(*options: object) -> Path:
        key = tuple(map(str, options))
        if key in COMPILED:
            return COMPILED[key]
        path = COMPILED[key] = tmp_path_factory.mktemp("digits") / "digits.gnl"
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


@pytest.mark.parametrize(
    ("options", "parameters", "message"),
    [
        ([], ["projection_seed=9"], "layer 0 (conv1): hashed with projection seed 1, and the array has seed 9 ("),
        (["--hash-seed", 7], [], "layer 0 (conv1): hashed with projection seed 7, and the array has seed 1"),
        (["--hash-seed", 4294967295], ["projection_seed=4294967294"], "or set projection_seed to 4294967295)"),
        ([], ["projection_inputs=140"], "layer 2 (fc): 256 inputs an output, and the projection store"),
    ],
    ids=["array of another seed", "loadable of another seed", "longest seeds", "store too small"],
)
def test_a_loadable_for_another_array_is_refused_before_its_first_job(
    ganglion: Ganglion, digits: Callable[..., Path], options: list[object], parameters: list[str], message: str
) -> None:
    settings = [word for p in parameters for word in ("--set", f"soc.deepcam.{p}")]
    outcome = ganglion(
        "run", "deepcam.yaml", "--set", f"images.loadable.file={digits(*options)}",
        "--set", f"images.dataset.file={SHARE / 'datasets/digits.gnd'}", *settings,
    )  # fmt: skip

    assert outcome.code == 4, outcome
    assert message in outcome.out


def test_another_seed_on_both_sides_is_another_projection(report_of: Report, digits: Callable[..., Path]) -> None:
    network = digits("--hash-seed", 7)

    report = compare(report_of, network, SHARE / "datasets/digits.gnd", "--set", "soc.deepcam.projection_seed=7")

    from ganglion import loadable

    assert {layer.hash.seed for layer in loadable.load(network).layers} == {7}
    assert report["result"]["sets"]["run"]["accuracy"] > 0.5


FEFET_LEAKAGE_MW = {64: 1.456, 128: 4.641, 256: 7.449, 512: 12.218}  # a segment; fact sheet, Eva-CAM
FEFET_SEARCH_PJ = {64: 7.394, 128: 14.673, 256: 29.159, 512: 58.179}


def array_in_report(report: dict[str, Any], technology: str, rows: int) -> tuple[float, float]:
    """Leakage power in pJ a ps and energy of one segment search in pJ, from the report's books."""
    array = report["components"]["deepcam"]
    search = f"segment_search_{technology}_r{rows}"
    energies = array["energy_by_action"]
    return energies["leakage"] / array["powered_ps"], energies[search] / array["actions"][search]


def test_technology_and_rows_change_leakage_and_search_energy_as_the_table_says(
    report_of: Report, digits: Callable[..., Path]
) -> None:
    network = digits()
    arguments = ["run", "deepcam.yaml", "--set", f"images.loadable.file={network}", "--uart", "none",
                 "--set", f"images.dataset.file={SHARE / 'datasets/digits.gnd'}"]  # fmt: skip
    leakage, search = array_in_report(report_of(*arguments), "fefet", 256)
    arrays = (("fefet", 64, 4, 1.0), ("cmos16t", 256, 4, 2.5), ("cmos16t", 512, 2, 2.5))
    for technology, rows, segments, factor in arrays:
        changed = report_of(
            *arguments, "--set", f"soc.deepcam.technology={technology}", "--set", f"soc.deepcam.rows={rows}",
            "--set", f"soc.deepcam.segments={segments}",
        )  # fmt: skip

        other_leakage, other_search = array_in_report(changed, technology, rows)
        expected = factor * segments * FEFET_LEAKAGE_MW[rows] / (4 * FEFET_LEAKAGE_MW[256])
        assert other_leakage / leakage == pytest.approx(expected, rel=1e-4), (technology, rows)
        expected = factor * FEFET_SEARCH_PJ[rows] / FEFET_SEARCH_PJ[256]
        assert other_search / search == pytest.approx(expected, rel=1e-4), (technology, rows)


@pytest.mark.skipif(not os.environ.get("GANGLION_DATA"), reason="no data folder: set GANGLION_DATA=DIR")
@pytest.mark.parametrize(("tile", "floor"), [(0, 0.7), (64, 0.9)])
def test_lenet5_equals_the_emulation(
    report_of: Report, ganglion: Ganglion, tmp_path: Path, tile: int, floor: float
) -> None:
    """Floors: three standard deviations of 100 images below docs/papers/deepcam.md (84.1 %, 97.7 %), rounded down."""
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
