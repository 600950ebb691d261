"""Networks on the MAC array, run by firmware: predictions are those of the exact integer reference and of the hart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import ROOT, SHARE, Ganglion

Report = Callable[..., dict[str, Any]]


def test_digits_equal_the_hart_and_the_reference_image_for_image(report_of: Report) -> None:
    from ganglion import dataset, loadable, reference

    report = report_of("run", "mac_array.yaml", "--uart", "none")

    sets = report["result"]["sets"]
    images = dataset.load(SHARE / "datasets/digits.gnd").images
    assert sets["mac_array"]["images"] == len(images)
    assert sets["mac_array"]["predictions"] == sets["cpu"]["predictions"]
    for name, file in (("mac_array", "digits_mac.gnl"), ("sc_cnn", "digits_sc.gnl")):
        compiled = loadable.load(SHARE / "loadables" / file)
        assert sets[name]["predictions"] == [int(p) for p in reference.predict(compiled, images)], name
    assert report["energy"]["conservation"]["issued_booked"]
    # The same jobs move the same bytes: only what multiplies differs.
    array, core = report["components"]["mac_array"], report["components"]["sc_cnn"]
    for figure in ("jobs", "bytes_read", "bytes_written"):
        assert array[figure] == core[figure] > 0, figure
    assert array["time_by_cause"]["memory"] == core["time_by_cause"]["memory"]
    assert array["actions"]["product_8"] == 359 * 80896


def test_ten_bit_operands_equal_the_reference(report_of: Report, ganglion: Ganglion, tmp_path: Path) -> None:
    from ganglion import dataset, loadable, reference

    network, images = tmp_path / "digits.gnl", tmp_path / "digits.gnd"
    outcome = ganglion(
        "compile", ROOT / "sw/networks/digits.onnx", "--target", "mac_array", "--bits", 10, "--calibration", "digits",
        "-o", network, "--slice", f"digits-heldback:40={images}",
    )  # fmt: skip
    assert outcome.code == 0, outcome

    report = report_of(
        "run", "classify.yaml", "--set", "soc.array.type=mac_array", "--set", "soc.array.address=0x24020000",
        "--set", "soc.array.interrupt=66", "--set", "soc.array.operand_bits=10",
        "--set", "soc.array.macs_per_lane=4", "--set", f"images.loadable.file={network}",
        "--set", f"images.dataset.file={images}", "--uart", "none",
    )  # fmt: skip

    compiled = loadable.load(network)
    assert [layer.target for layer in compiled.layers] == [loadable.TARGET_MAC_ARRAY] * len(compiled.layers)
    expected = [int(p) for p in reference.predict(compiled, dataset.load(images).images)]
    assert report["result"]["sets"]["run"]["predictions"] == expected


def test_model_and_rtl_agree_under_the_firmware(report_of: Report) -> None:
    # The array's turn comes at 251.2 ms of simulated time: this is its first few images.
    both = ("--set", "soc.mac_array.impl=both", "--max-time", "251.3 ms", "--uart", "none")
    array = report_of("run", "mac_array.yaml", *both, expect=5)["components"]["mac_array"]

    assert array["impl"] == "both"
    compared = array["cycle_error"]
    assert compared["jobs"] >= 100
    assert compared["bytes_compared"] > 10_000
    assert compared["register_reads_compared"] > compared["jobs"]
    assert compared["p95"] < 0.02


def test_rtl_of_another_array_is_refused_at_start(ganglion: Ganglion) -> None:
    both = ("--set", "soc.mac_array.impl=both", "--set", "soc.mac_array.macs_per_lane=2")
    outcome = ganglion("run", "mac_array.yaml", *both)

    assert outcome.code == 2, outcome
    assert "macs_per_lane" in outcome.err
    assert "bring-your-own-rtl.md" in outcome.err


def test_a_soc_without_the_array_is_named(ganglion: Ganglion) -> None:
    outcome = ganglion(
        "run", "classify.yaml", "--set", "images.loadable.file=digits_mac.gnl",
        "--set", "images.dataset.file=digits.gnd",
    )  # fmt: skip

    assert outcome.code == 4, outcome
    assert "placed on mac-array, and this SoC has none" in outcome.out + outcome.err


def test_an_array_of_another_operand_width_is_refused(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "mac_array.yaml", "--set", "soc.mac_array.operand_bits=9")

    assert outcome.code == 4, outcome
    assert "mac_array" in outcome.out + outcome.err


def test_an_array_that_cannot_be_built_is_refused(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "mac_array.yaml", "--set", "soc.mac_array.accumulator_bits=15")

    assert outcome.code == 2, outcome
    assert "accumulator_bits = 15" in outcome.err
    assert "2 * operand_bits (16) to 48" in outcome.err
