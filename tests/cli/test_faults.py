"""Fault injection in scenarios, and the studies `ganglion-faults` and `ganglion-arrays`."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import BINARY, Ganglion

Report = Callable[..., dict[str, Any]]
STUDY = """\
schema: ganglion.fault-study/1
scenario: papers/sc_cnn/arrays.yaml
images: 20
seeds: [1]
rates: [1.0e-6, 0.05]
sites:
  - {sc_cnn: stream_bit, mac_array: product}
  - {sc_cnn: none, mac_array: accumulator, set: {mac_array.accumulator_bits: 16}}
"""


def set_faults(block: str, site: str, rate: object, seed: int = 1) -> list[str]:
    """`--set` words for one block."""
    values = {"site": site, "rate": rate, "seed": seed}
    return [word for key, value in values.items() for word in ("--set", f"soc.{block}.faults.{key}={value}")]


def command(name: str, *words: object) -> subprocess.CompletedProcess[str]:
    """One of the Python commands beside the binary."""
    return subprocess.run(
        [str(BINARY.with_name(name)), *map(str, words)], capture_output=True, text=True, check=False,
        env=os.environ | {"GANGLION_DATA": ""},
    )  # fmt: skip


def outcome_of(report: dict[str, Any]) -> tuple[Any, ...]:
    """What faults may change, and what they must not: results, times, energies."""
    return report["result"], report["sim"], report["energy"], report["components"], report["regions"]


def test_a_rate_of_zero_is_no_faults_and_flips_are_counted_and_repeatable(report_of: Report) -> None:
    plain = report_of("run", "mac_array.yaml", "--uart", "none")
    nothing = ["run", "mac_array.yaml", "--uart", "none", *set_faults("sc_cnn", "stream_bit", 0)]
    some = ["run", "mac_array.yaml", "--uart", "none", "--set", "expect.mac_array.minimum_accuracy=0",
            *set_faults("mac_array", "product", 0.001)]  # fmt: skip

    assert outcome_of(report_of(*nothing, *set_faults("mac_array", "buffer", 0))) == outcome_of(plain)
    assert plain["components"]["sc_cnn"]["actions"]["injected_fault"] == 0

    faulty = report_of(*some)
    flips = faulty["components"]["mac_array"]["actions"]["injected_fault"]
    expected = 359 * 80896 * 16 * 0.001
    assert abs(flips - expected) < 6 * expected**0.5
    assert outcome_of(report_of(*some)) == outcome_of(faulty)
    assert faulty["result"]["sets"]["mac_array"]["predictions"] != plain["result"]["sets"]["mac_array"]["predictions"]
    assert faulty["result"]["sets"]["sc_cnn"] == plain["result"]["sets"]["sc_cnn"], "the other block is untouched"


@pytest.mark.parametrize(
    ("block", "site", "rate", "words"),
    [
        ("mac_array", "stream_bit", 0.1, ["stream_bit", "buffer", "weight_register", "product", "accumulator"]),
        ("sc_cnn", "sram", 0.1, ["sram", "counter", "stream_bit"]),
        ("sc_cnn", "product", 1.5, ["faults.rate", "0..1"]),
        ("sc_cnn", "product", -0.1, ["faults.rate", "-0.1 is out of range", "0..1"]),
        ("sc_cnn", "product", "nan", ["faults.rate", "not a number", "0..1"]),
        ("sc_cnn", "product", "often", ["faults.rate", "often"]),
        ("uart", "buffer", 0.1, ['unknown key "faults" in uart16550']),
    ],
)
def test_what_cannot_be_injected_is_refused_with_what_can(
    ganglion: Ganglion, block: str, site: str, rate: object, words: list[str]
) -> None:
    outcome = ganglion("run", "mac_array.yaml", *set_faults(block, site, rate))

    assert outcome.code == 2, outcome
    for word in words:
        assert word in outcome.err


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("seed=-1", ["faults.seed", "-1 is out of range"]),
        ("seed=1.5", ["faults.seed", "not an integer"]),
        ("rate=0.1", ["faults.rate without faults.site", "expected: faults.site"]),
        ("site=product", ["faults.site without faults.rate", "expected: faults.rate"]),
    ],
)
def test_half_a_request_and_a_seed_that_is_none_are_refused(ganglion: Ganglion, setting: str, words: list[str]) -> None:
    outcome = ganglion("run", "mac_array.yaml", "--set", f"soc.sc_cnn.faults.{setting}")

    assert outcome.code == 2, outcome
    for word in words:
        assert word in outcome.err


@pytest.mark.parametrize("implementation", ["rtl", "both"])
def test_faults_of_the_model_are_refused_where_rtl_runs(ganglion: Ganglion, implementation: str) -> None:
    rtl = ["run", "demo.yaml", "--set", f"soc.sc_cnn.impl={implementation}"]

    outcome = ganglion(*rtl, *set_faults("sc_cnn", "product", 0.001))

    assert outcome.code == 2, outcome
    for word in ("soc.sc_cnn.faults.rate=0.001", f"impl: {implementation}", "expected: impl: tlm", "leave out"):
        assert word in outcome.err
    short = ("--max-time", "10 ms", "--uart", "none")
    assert ganglion(*rtl, *short, *set_faults("sc_cnn", "product", 0)).code == 5, "a rate of 0 is no faults"


def test_a_recording_with_faults_replays_on_the_model_alone(ganglion: Ganglion, tmp_path: Path) -> None:
    faults = set_faults("sc_cnn", "product", 0.001, seed=3)
    recorded = ganglion("run", "demo.yaml", "--max-time", "243 ms", "--uart", "none", "--record", tmp_path, *faults)
    assert recorded.code == 5, recorded

    replayed = ganglion("replay", tmp_path, "--impl", "tlm")

    assert replayed.code == 0, replayed  # every byte as recorded: the same bits flip again
    beside = ganglion("replay", tmp_path, "--impl", "both")
    assert beside.code == 2, beside
    assert "faults.rate = 0.001 for 'sc_cnn' with impl: both" in beside.err


def test_a_study_writes_table_and_plot(tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(STUDY)

    done = command("ganglion-faults", study, "-o", tmp_path)

    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((tmp_path / "faults.csv").open()))
    assert [r["variant"] for r in rows if r["site"] == "none"] == ["", "", "accumulator_bits 16"]
    shares = {(r["design"], r["site"], float(r["rate"])): int(r["correct"]) / int(r["images"])
              for r in rows if not r["variant"]}  # fmt: skip
    assert shares["sc_cnn", "none", 0.0] >= 0.9
    assert shares["sc_cnn", "stream_bit", 1e-6] == shares["sc_cnn", "none", 0.0]
    assert shares["mac_array", "product", 0.05] < shares["mac_array", "none", 0.0]
    assert (tmp_path / "faults.png").stat().st_size > 10_000
    table = (tmp_path / "faults.md").read_text()
    assert "| SC-CNN, stream_bit |" in table
    assert "| MAC array (accumulator_bits 16), accumulator |" in table


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fault-study/1", "fault-study/2", "no study of faults"),
        ("seeds: [1]", "seed: 1", "unknown key 'seed'"),
        ("rates: [1.0e-6, 0.05]", "rates: [2]", "a list of numbers, 0..1"),
        ("mac_array: product", "mac: product", "a list of {sc_cnn, mac_array}"),
        ("set: {mac_array.", "set: {uart.", "with set: {NAME.parameter: value}"),
    ],
)
def test_a_wrong_study_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(STUDY.replace(old, new))

    done = command("ganglion-faults", study, "-o", tmp_path)

    assert done.returncode == 2, done.stderr
    assert message in done.stderr and str(study) in done.stderr


def test_a_variant_that_cannot_be_built_ends_the_study_with_the_platforms_words(tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(STUDY.replace("accumulator_bits: 16", "accumulator_bits: 15"))

    done = command("ganglion-faults", study, "-o", tmp_path)

    assert done.returncode == 2, done.stderr
    assert "soc.mac_array.accumulator_bits=15" in done.stderr
    assert "must be 2 * operand_bits (16) to 48" in done.stderr
    assert not (tmp_path / "faults.csv").exists()


def test_both_arrays_stand_side_by_side() -> None:
    done = command("ganglion-arrays")

    assert done.returncode == 0, done.stderr
    lines = [line.split("|")[1:-1] for line in done.stdout.splitlines()]
    assert [cell.strip() for cell in lines[0]] == ["", "sc_cnn", "mac_array"]
    table = {cells[0].strip(): [c.strip() for c in cells[1:]] for cells in lines[2:]}
    assert table["correct"] == ["357 of 359", "357 of 359"]
    waiting = table["waiting for transfers, us an image"]
    assert waiting[0] == waiting[1], "the same bytes move"
