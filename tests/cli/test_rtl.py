"""Verilog of the user's own under firmware: the example of docs/examples/fir, built as a project of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, SHARE, Ganglion, Outcome, deterministic

EXAMPLE = ROOT / "docs/examples/fir"


@pytest.fixture(scope="module")
def fir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with fir.so and fir.elf, built by the commands of the how-to."""
    folder = tmp_path_factory.mktemp("fir")
    options = [f"-DGANGLION_SHARE={SHARE}", "-G", "Ninja"]
    if shutil.which("ccache"):
        options.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    for command in (["cmake", "-S", EXAMPLE, "-B", folder, *options], ["cmake", "--build", folder]):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=os.environ)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def run_fir(ganglion: Ganglion, fir: Path, *more: object) -> Outcome:
    library = f"soc.fir.library={fir / 'fir.so'}"
    return ganglion("run", EXAMPLE / "fir.yaml", "--set", library, "--elf", fir / "fir.elf", *more)


def test_a_users_verilog_runs_under_firmware(ganglion: Ganglion, fir: Path, tmp_path: Path) -> None:
    outcome = run_fir(ganglion, fir, "--report", tmp_path / "r.json")
    assert outcome.code == 0, outcome
    assert "fir: 3 samples, 0 errors" in outcome.out
    report = json.loads((tmp_path / "r.json").read_text())
    component = report["components"]["fir"]
    assert component["type"] == "rtl"
    assert component["impl"] == "rtl"
    assert component["energy_known"] is False
    assert component["cycles_busy"] > 8 * 29  # 29 samples of 8 cycles
    assert component["time_by_cause"]["compute"] > 0
    conservation = report["energy"]["conservation"]
    assert conservation["findings"] == []
    assert "its energy is not counted" in outcome.err


def test_the_same_run_gives_the_same_times(ganglion: Ganglion, fir: Path, tmp_path: Path) -> None:
    reports = []
    for quantum in ("1 us", "10 us", "1 ms"):
        path = tmp_path / "r.json"
        outcome = run_fir(ganglion, fir, "--set", f"soc.cpu.quantum={quantum}", "--report", path)
        assert outcome.code == 0, outcome
        reports.append(deterministic(json.loads(path.read_text())))
    assert reports[0] == reports[1] == reports[2]


def test_a_library_that_is_not_there_is_refused(ganglion: Ganglion) -> None:
    outcome = ganglion("run", EXAMPLE / "fir.yaml", "--set", "soc.fir.library=nowhere.so")
    assert outcome.code == 2, outcome
    assert "nowhere.so" in outcome.err
    assert "there is no such file" in outcome.err


def test_a_file_that_is_no_library_is_refused(ganglion: Ganglion, fir: Path) -> None:
    library = f"soc.fir.library={EXAMPLE / 'fir.v'}"
    outcome = ganglion("run", EXAMPLE / "fir.yaml", "--set", library, "--elf", fir / "fir.elf")
    assert outcome.code == 2, outcome
    assert "cannot be loaded" in outcome.err
    assert "ganglion_add_rtl" in outcome.err


def test_another_blocks_library_is_refused(ganglion: Ganglion, fir: Path) -> None:
    outcome = ganglion(
        "run",
        "demo.yaml",
        "--set",
        "soc.sc_cnn.impl=rtl",
        "--set",
        f"soc.sc_cnn.library={fir / 'fir.so'}",
    )
    assert outcome.code == 2, outcome
    assert "whose RTL has ID = 0x38524946" in outcome.err
    assert "as the model of this type has" in outcome.err


def test_a_type_without_model_needs_a_library(ganglion: Ganglion, fir: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        "extends: " + str(SHARE / "scenarios/virt.yaml") + "\nsoc:\n  x: {type: rtl, address: 0x24000000}\n"
    )
    outcome = ganglion("run", scenario, "--elf", fir / "fir.elf")
    assert outcome.code == 2, outcome
    assert "without a library" in outcome.err


def test_impl_rtl_without_rtl_is_refused(ganglion: Ganglion, fir: Path) -> None:
    outcome = ganglion("run", "virt.yaml", "--elf", fir / "fir.elf", "--set", "soc.uart.impl=rtl")
    assert outcome.code == 2, outcome
    assert "this installation has no RTL of type uart16550" in outcome.err
