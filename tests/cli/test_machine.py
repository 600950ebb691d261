"""What the SoC does for firmware, on programs of a few instructions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from assembly import assemble
from conftest import Ganglion, deterministic

ReportOf = Callable[..., dict[str, Any]]

EXIT = """
  li t3, 0x100000
  li t4, 0x5555
  sw t4, 0(t3)
1: wfi
  j 1b
"""
# Counts its boots in memory that no segment of the ELF covers.
COUNT_BOOTS = """
  li t0, 0x80300000
  lw t1, 0(t0)
  addi t1, t1, 1
  sw t1, 0(t0)
"""
RESET = """
  li t3, 0x100000
  li t4, 0x7777
  sw t4, 0(t3)
1: j 1b
"""


def test_reset_request_boots_again_and_memory_keeps_its_contents(report_of: ReportOf, tmp_path: Path) -> None:
    elf = assemble(
        COUNT_BOOTS + "li t2, 3\n bgeu t1, t2, done\n" + RESET + "done:\n" + EXIT,
        tmp_path,
    )

    report = report_of("run", "--elf", elf)

    assert report["sim"]["resets"] == 2
    assert report["exit"]["code"] == 0
    assert all(report["energy"]["conservation"][check] for check in ("issued_booked", "regions", "time"))
    assert deterministic(report) == deterministic(report_of("run", "--elf", elf, "--set", "soc.cpu.dmi=false"))


@pytest.mark.parametrize(("option", "value"), [("--max-instructions", "10000"), ("--max-time", "1 ms")])
def test_endless_resets_end_at_a_limit(ganglion: Ganglion, tmp_path: Path, option: str, value: str) -> None:
    elf = assemble(RESET, tmp_path)

    outcome = ganglion("run", "--elf", elf, option, value)

    assert outcome.code == 5, outcome


def test_waiting_for_an_interrupt_that_cannot_come_is_explained(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble("sleeper: wfi\n j sleeper\n", tmp_path)

    outcome = ganglion("run", "--elf", elf)

    assert outcome.code == 4, outcome
    assert "no event is pending" in outcome.err
    assert "sleeper" in outcome.err
    assert "wfi" in outcome.err


def test_32_bit_firmware_boots_on_a_32_bit_hart(report_of: ReportOf, tmp_path: Path) -> None:
    elf = assemble(EXIT, tmp_path, bits=32)

    report = report_of("run", "--elf", elf, "--isa", "rv32imac")

    assert report["exit"]["code"] == 0


def test_registers_at_reset_name_hart_and_device_tree(report_of: ReportOf, tmp_path: Path) -> None:
    # Exit code = 1 unless a0 = 0 and a1 points to 0xd00dfeed, big endian.
    source = """
  bnez a0, wrong
  lwu t0, 0(a1)
  li t1, 0xedfe0dd0
  bne t0, t1, wrong
"""
    elf = assemble(
        source + EXIT + "wrong:\n li t3, 0x100000\n li t4, 0x13333\n sw t4, 0(t3)\n2: j 2b\n",
        tmp_path,
    )

    assert report_of("run", "--elf", elf)["exit"]["code"] == 0


def test_image_lies_where_the_scenario_says(ganglion: Ganglion, tmp_path: Path) -> None:
    (tmp_path / "word.bin").write_bytes((0x12345678).to_bytes(4, "little"))
    source = "li t0, 0x80800000\n lwu t1, 0(t0)\n li t2, 0x12345678\n bne t1, t2, 3f\n" + EXIT + "3: j 3b\n"
    elf = assemble(source, tmp_path)

    outcome = ganglion(
        "run", "--elf", elf, "--max-time", "1 ms",
        "--set", "images.word.file=word.bin", "--set", "images.word.address=0x80800000",
    )  # fmt: skip

    assert outcome.code == 0, outcome


def test_a_call_stack_needs_no_more_than_eh_frame(ganglion: Ganglion, tmp_path: Path) -> None:
    """What the assembler makes of .cfi directives, without .debug_frame; ra is gone by the time of the fault."""

    def function(name: str, frame: int, body: str) -> str:
        return f"""
  .type {name}, @function
{name}:
  .cfi_startproc
  addi sp, sp, -{frame}
  .cfi_def_cfa_offset {frame}
  sd ra, {frame - 8}(sp)
  .cfi_offset ra, -8
{body}
  .cfi_endproc
  .size {name}, .-{name}
"""

    inner = function("inner", 48, "  li ra, 0\n  .word 0")
    outer = function("outer", 16, "  call inner")
    elf = assemble("  li sp, 0x80400000\n  call outer\n" + outer + inner, tmp_path)

    outcome = ganglion("run", "--elf", elf)

    assert outcome.code == 4, outcome
    stack = outcome.err.split("call stack:")[1].splitlines()[1:4]
    assert [line.split()[2].split("+")[0] for line in stack] == ["inner", "outer", "_start"], outcome
