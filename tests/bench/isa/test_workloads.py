"""Short forms of the bench's workloads: speed is bought without precision, and they compute the same on QEMU.

GANGLION_BINARY, GANGLION_SHARE and GANGLION_WORKLOADS come from ctest.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

BINARY = Path(os.environ["GANGLION_BINARY"])
WORKLOADS = Path(os.environ["GANGLION_WORKLOADS"])
ELFS = sorted(WORKLOADS.glob("*.short.elf"))
QEMU = shutil.which("qemu-system-riscv64")


def run(elf: Path, folder: Path, *settings: str) -> dict[str, Any]:
    """The deterministic part of the report."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    words = [BINARY, "run", "--elf", elf, "--isa", "rv64gc", "--uart", "none", "--report", report]
    for setting in settings:
        words += ["--set", setting]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 4), done.stderr
    result: dict[str, Any] = json.loads(report.read_text())
    return {key: result[key] for key in ("sim", "energy", "components", "regions", "firmware")}


def test_there_are_workloads_bare_and_translated() -> None:
    names = {elf.name for elf in ELFS}
    assert {"sieve.short.elf", "mandelbrot.short.elf", "sieve.sv39.short.elf"} <= names


@pytest.mark.parametrize("elf", ELFS, ids=lambda elf: elf.stem)
def test_cycles_are_those_of_one_instruction_a_block(elf: Path, tmp_path: Path) -> None:
    fast = run(elf, tmp_path)

    steps = run(elf, tmp_path, "soc.cpu.block_instructions=1")

    assert fast["firmware"]["exit_code"] not in (None, 0xDEAD)
    assert fast == steps


@pytest.mark.skipif(QEMU is None, reason="no qemu-system-riscv64 (Debian package qemu-system-misc)")
@pytest.mark.parametrize("elf", ELFS, ids=lambda elf: elf.stem)
def test_checksums_are_those_of_qemu(elf: Path, tmp_path: Path) -> None:
    words = [QEMU, "-M", "virt", "-bios", "none", "-display", "none", "-serial", "none", "-monitor", "none"]
    theirs = subprocess.run([*words, "-kernel", elf], capture_output=True, check=False, timeout=300).returncode

    assert run(elf, tmp_path)["firmware"]["exit_code"] & 0xFF == theirs
