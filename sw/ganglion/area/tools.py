"""Yosys, OpenSTA and the cell library, called; what they say when they fail becomes an error with a remedy."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ganglion.errors import GanglionError

LIBERTY = Path("/usr/share/qflow/tech/osu018/osu018_stdcells.lib")
NAND2_AREA = 24.0  # um2 of the library's NAND2X1: a gate equivalent
PACKAGES = {"yosys": "yosys", "sta": "opensta"}


def check_library(path: Path = LIBERTY) -> None:
    """Refuses to start without the cells."""
    if not path.is_file():
        raise GanglionError("no cell library", expected="the OSU 0.18 um liberty", where=str(path),
                            remedy="./dev area installs it (Debian package qflow-tech-osu018)")  # fmt: skip


def call(command: list[str], folder: Path, subject: str) -> str:
    """Standard output of a tool run in `folder`; `subject` is what it works on."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        remedy = f"./dev area installs it (Debian package {PACKAGES.get(command[0], command[0])})"
        raise GanglionError(f"{command[0]} is missing", expected="it on PATH", where=subject, remedy=remedy) from None
    if done.returncode != 0:
        raise GanglionError(complaint(done.stderr + "\n" + done.stdout), where=subject,
                            expected=f"input that {command[0]} takes",
                            remedy="mend the source named; ./dev lint reads the same RTL with Verilator")  # fmt: skip
    return done.stdout


def complaint(said: str) -> str:
    """The line of a tool's output that says what is wrong, else its end."""
    for line in said.splitlines():
        if "ERROR" in line or line.startswith("Error"):
            return line.strip()
    return said.strip()[-500:]
