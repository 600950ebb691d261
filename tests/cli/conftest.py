"""Runs the built `ganglion`: GANGLION_BINARY and GANGLION_SHARE come from ctest, else from build/release."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gdb_client import Run

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("GANGLION_BINARY", ROOT / "build/release/bin/ganglion"))
SHARE = Path(os.environ.get("GANGLION_SHARE", BINARY.parents[1] / "share/ganglion"))


class Outcome:
    """Exit code and both outputs of one call."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def __repr__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


Ganglion = Callable[..., Outcome]


@pytest.fixture
def ganglion(tmp_path: Path) -> Ganglion:
    """`ganglion("run", "--elf", ...)` in an empty folder."""

    def call(*arguments: object, timeout: float = 120, env: dict[str, str] | None = None) -> Outcome:
        environment = {k: v for k, v in os.environ.items() if k != "GANGLION_DATA"} | {"GANGLION_SHARE": str(SHARE)}
        return Outcome(
            subprocess.run(
                [str(BINARY), *map(str, arguments)],
                cwd=tmp_path,
                env=environment | (env or {}),
                capture_output=True,
                check=False,
                text=True,
                errors="replace",
                timeout=timeout,
            )
        )

    return call


@pytest.fixture
def report_of(ganglion: Ganglion, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """`report_of("run", ...)`: the report of a run, and its exit code as `report["called"]`."""

    def call(*arguments: object, expect: int = 0) -> dict[str, Any]:
        path = tmp_path / "report.json"
        path.unlink(missing_ok=True)
        outcome = ganglion(*arguments, "--report", path)
        assert outcome.code == expect, outcome
        report: dict[str, Any] = json.loads(path.read_text())
        return report

    return call


@pytest.fixture
def elf() -> Callable[[str], Path]:
    """Path of a firmware of the build."""

    def find(name: str) -> Path:
        path = SHARE / "firmware" / f"{name}.elf"
        assert path.exists(), f"{path} is not built: ninja firmware_{name}"
        return path

    return find


def deterministic(report: dict[str, Any]) -> str:
    """What must not differ between two runs, as text."""
    return json.dumps(
        {key: value for key, value in report.items() if key != "host"},
        indent=1,
        sort_keys=True,
    )


@pytest.fixture
def debug(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """`debug("--elf", ...)`: a run that waits for GDB; killed at the end if need be."""
    from gdb_client import Run

    runs: list[Run] = []

    def start(*arguments: object) -> Run:
        runs.append(Run(tmp_path, *arguments))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.communicate()
