"""Debian's Linux kernel to a shell, where GANGLION_DATA names the folder of scenarios/linux/obtain.py."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import deterministic

DATA = Path(os.environ.get("GANGLION_DATA", "/nowhere"))
needs_linux = pytest.mark.skipif(
    not (DATA / "linux/Image").exists(),
    reason="python3 scenarios/linux/obtain.py DIR, then GANGLION_DATA=DIR",
)
COMMANDS = """\
uname -sm
grep mmu /proc/cpuinfo
echo $((6 * 7)) | sha256sum
mkdir /tmp && dd if=/dev/zero of=/tmp/z bs=4096 count=1024 2>/dev/null && sha256sum /tmp/z
for i in 1 2 3; do (exit $i); echo "child $?"; done
poweroff -f
"""


@needs_linux
def test_linux_runs_a_shell_and_powers_off(report_of: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "typed").write_text("\n" * 64 + COMMANDS)
    options = ("linux.yaml", "--data", DATA, "--max-time", "60 s", "--set", "soc.uart.input=file:typed")

    report = report_of("run", *options, "--uart", "file:seen")

    assert report["exit"]["code"] == 0
    text = (tmp_path / "seen").read_text(errors="replace").replace("\r\n", "\n")
    for line in (
        r"Machine model: Ganglion: linux",
        r"riscv-timer: Timer interrupt in S-mode is available via sstc extension",
        r"riscv-plic: plic@c000000: mapped 95 interrupts with 1 handlers for 2 contexts\.",
        r"Run /init as init process",
    ):
        assert re.search(rf"^\[ *[\d.]+\] {line}$", text, re.MULTILINE), line
    for line in (
        r"Linux riscv64",
        r"mmu\t\t: sv39",
        r"084c799cd551dd1d8d5c5f9a5d593b2e931f5e36122ee5c793c1d08a19839cc0  -",
        r"bb9f8df61474d25e71fa00722318cd387396ca1736605e1248821cc0de3d3af8  /tmp/z",
        r"child 1\nchild 2\nchild 3",
        r"\[ *[\d.]+\] reboot: Power down",
    ):
        assert re.search(rf"^{line}$", text, re.MULTILINE), line

    # 0.8 G instructions of an operating system do not depend on how they are run.
    again = report_of("run", *options, "--uart", "file:seen2", "--set", "soc.cpu.block_instructions=3")
    assert (tmp_path / "seen2").read_bytes() == (tmp_path / "seen").read_bytes()
    assert deterministic(again) == deterministic(report)
