"""`./dev` where it cannot do its work: what it says to a person."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from conftest import ROOT


def test_missing_packages_without_root_or_sudo_are_named(tmp_path: Path) -> None:
    for program in ("bash", "env", "readlink", "dirname"):
        (tmp_path / program).symlink_to(shutil.which(program))
    for program, body in (("id", "echo 1000"), ("dpkg-query", "exit 1")):
        (tmp_path / program).write_text(f"#!/bin/bash\n{body}\n")
        (tmp_path / program).chmod(0o755)

    done = subprocess.run([ROOT / "dev", "demo"], env={"PATH": str(tmp_path)}, capture_output=True, text=True)

    assert done.returncode == 2, done
    assert "as root run: apt-get install build-essential" in done.stderr
    assert "picolibc-riscv64-unknown-elf" in done.stderr
    assert done.stdout == "", "nothing is begun that cannot be ended"


def test_unknown_command_lists_what_there_is() -> None:
    done = subprocess.run([ROOT / "dev", "dmeo"], capture_output=True, text=True)

    assert done.returncode == 2
    assert "unknown command 'dmeo'" in done.stderr
    assert "./dev demo" in done.stderr
