"""Software for S mode as it is packaged: OpenSBI with our payload, and U-Boot on top of it."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Ganglion, deterministic

OPENSBI = Path("/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf")
UBOOT = Path("/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin")
QEMU = shutil.which("qemu-system-riscv64")
needs_opensbi = pytest.mark.skipif(not OPENSBI.exists(), reason="apt-get install opensbi")
needs_uboot = pytest.mark.skipif(not (OPENSBI.exists() and UBOOT.exists()), reason="apt-get install u-boot-qemu")
needs_qemu = pytest.mark.skipif(QEMU is None, reason="apt-get install qemu-system-misc")

PAYLOAD = """\
payload: S mode on hart 0, SBI 1.0, implementation 1
a device tree is passed on: ok
there is a timer: ok
there is a shutdown: ok
the timer interrupts: ok
the PLIC interrupts: ok
Sv39 translates: ok
the exception is the page fault asked for: ok
a page fault is taken in S mode: ok
payload: shutting down
"""


def lines(text: str) -> str:
    """What a terminal shows: UARTs end lines with carriage return and line feed."""
    return text.replace("\r\n", "\n")


@needs_opensbi
def test_opensbi_starts_a_payload_in_s_mode(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "opensbi.yaml")

    assert outcome.code == 0, outcome
    text = lines(outcome.out)
    assert "\nOpenSBI v1" in text
    for line in (
        "Platform Name             : Ganglion: opensbi",
        "Platform IPI Device       : aclint-mswi",
        "Platform Timer Device     : aclint-mtimer @ 10000000Hz",
        "Platform Console Device   : uart8250",
        "Platform Shutdown Device  : sifive_test",
        "Boot HART Base ISA        : rv64imac",
        "Boot HART PMP Count       : 16",
        "Boot HART MIDELEG         : 0x0000000000000222",
    ):
        assert f"{line}\n" in text
    assert text.endswith(PAYLOAD)


@needs_opensbi
def test_what_must_not_matter_does_not(report_of: Callable[..., dict[str, Any]]) -> None:
    expected = deterministic(report_of("run", "opensbi.yaml"))

    for setting in ("soc.cpu.dmi=false", "soc.cpu.block_instructions=1", "soc.cpu.quantum=1 us"):
        assert deterministic(report_of("run", "opensbi.yaml", "--set", setting)) == expected, setting


@needs_opensbi
def test_without_s_mode_no_payload_is_started(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "opensbi.yaml", "--set", "soc.cpu.supervisor=false", "--max-time", "1 s")

    assert outcome.code == 5, outcome
    assert "payload" not in outcome.out


@needs_opensbi
@needs_qemu
def test_the_payload_does_the_same_on_qemu(elf: Callable[[str], Path]) -> None:
    assert QEMU is not None
    done = subprocess.run(
        [QEMU, "-M", "virt", "-nographic", "-no-reboot", "-bios", OPENSBI, "-kernel", elf("sbi_payload")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert lines(done.stdout).endswith(PAYLOAD)


@needs_uboot
def test_uboot_takes_commands_at_its_prompt(ganglion: Ganglion, tmp_path: Path) -> None:
    # Each program that sets up the UART clears its receiver: blank lines are what that may take.
    typed = "\n" * 64 + "version\nmw.q 83000000 123456789abcdef\ncrc32 83000000 8\npoweroff\n"
    (tmp_path / "typed").write_text(typed)
    sum_of_word = zlib.crc32((0x123456789ABCDEF).to_bytes(8, "little"))

    serial = ("--set", "soc.uart.input=file:typed", "--uart", "file:seen")
    outcome = ganglion("run", "uboot.yaml", *serial, "--max-time", "2 s")

    assert outcome.code == 0, outcome
    text = lines((tmp_path / "seen").read_text())
    assert "\nOpenSBI v1" in text
    assert "\nU-Boot 20" in text
    assert "\nModel: Ganglion: uboot\n" in text
    assert "\nDRAM:  64 MiB\n" in text
    assert "=> version\nU-Boot 20" in text
    assert f"=> crc32 83000000 8\ncrc32 for 83000000 ... 83000007 ==> {sum_of_word:08x}\n" in text
    assert text.endswith("=> poweroff\npoweroff ...\n")


@needs_uboot
def test_uboot_left_alone_reaches_its_prompt(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "uboot.yaml", "--max-time", "2.5 s")

    assert outcome.code == 5, outcome
    assert lines(outcome.out).endswith("\n=> ")
