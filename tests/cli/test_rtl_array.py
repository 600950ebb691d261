"""RTL of another array than the installation's: refused for the wrong parameters, built and run for the right ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import BINARY, ROOT, Ganglion

EXAMPLE = ROOT / "docs/examples/sc_cnn_array"
# Some images of the demo.
SHORT = ("--max-time", "244 ms", "--uart", "none")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """sc_cnn_4x4.so, built by the commands of the how-to."""
    folder = tmp_path_factory.mktemp("array")
    options = [f"-DGANGLION_BUILD={BINARY.parents[1]}", "-G", "Ninja"]
    if shutil.which("ccache"):
        options.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    for command in (["cmake", "-S", EXAMPLE, "-B", folder, *options], ["cmake", "--build", folder]):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=400, env=os.environ)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "sc_cnn_4x4.so"


def test_a_small_array_agrees_with_its_rtl(ganglion: Ganglion, library: Path, tmp_path: Path) -> None:
    chosen = ("--set", f"soc.sc_cnn.library={library}")
    outcome = ganglion("run", EXAMPLE / "array.yaml", *chosen, *SHORT, "--report", tmp_path / "r.json")
    assert outcome.code == 5, outcome
    compared = json.loads((tmp_path / "r.json").read_text())["components"]["sc_cnn"]["cycle_error"]
    assert compared["jobs"] >= 5
    assert compared["bytes_compared"] > 1_000


def test_the_parameter_that_differs_is_named(ganglion: Ganglion, library: Path) -> None:
    chosen = ("--set", f"soc.sc_cnn.library={library}")
    outcome = ganglion("run", EXAMPLE / "array.yaml", *chosen, "--set", "soc.sc_cnn.output_buffer=16 KiB", *SHORT)
    assert outcome.code == 2, outcome
    assert "whose RTL has CAPS_OUTPUT_BUFFER.VALUE = 8192" in outcome.err
    assert "CAPS_OUTPUT_BUFFER.VALUE = 16384, as its parameter output_buffer says" in outcome.err
    assert "bring-your-own-rtl.md" in outcome.err


@pytest.mark.parametrize("impl", ["rtl", "both"])
def test_the_installations_library_fits_its_own_array_alone(ganglion: Ganglion, impl: str) -> None:
    other = {"lanes": ("32", "CAPS_ARRAY.LANES"), "zero_skip": ("false", "CAPS_ARITHMETIC.ZERO_SKIP")}
    for parameter, (value, field) in other.items():
        change = ("--set", f"soc.sc_cnn.{parameter}={value}", "--set", f"soc.sc_cnn.impl={impl}")
        outcome = ganglion("run", "demo.yaml", *change, *SHORT)
        assert outcome.code == 2, outcome
        assert f"whose RTL has {field} = " in outcome.err
        assert f"as its parameter {parameter} says" in outcome.err
