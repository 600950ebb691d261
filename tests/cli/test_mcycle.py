"""`mcycle` as firmware reads it: it passes while memory and accelerators make the hart wait, as the report says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from assembly import assemble
from conftest import SHARE

ReportOf = Callable[..., dict[str, Any]]

CYCLE_PS = 2500  # of the hart, 400 MHz
SC_CNN = 0x24000000
PLIC = 0x0C000000
DATA = 0x80200000
# The run's exit code is what a0 holds, 16 bits.
EXIT = """
  li t3, 0x100000
  li t4, 0x3333
  slli a0, a0, 16
  or t4, t4, a0
  sw t4, 0(t3)
9: j 9b
"""
LOADS = 100


def cycles(report: dict[str, Any], cause: str) -> int:
    """Of the hart over the whole run, by cause."""
    ps = report["components"]["cpu"]["time_by_cause"][cause]
    assert ps % CYCLE_PS == 0
    return int(ps) // CYCLE_PS


def measured(report_of: ReportOf, folder: Path, body: str, *more: object) -> tuple[int, dict[str, Any]]:
    """Difference of two readings of mcycle around `body`, and the report."""
    source = f"  li s0, {DATA:#x}\n  csrr s1, mcycle\n{body}\n  csrr a0, mcycle\n  sub a0, a0, s1\n"
    report = report_of("run", *more, "--elf", assemble(source + EXIT, folder), expect=4)
    return report["firmware"]["exit_code"], report


@pytest.mark.parametrize("latency", [1, 7, 40])
def test_loads_from_slow_memory_cost_cycles(report_of: ReportOf, tmp_path: Path, latency: int) -> None:
    loads = f"  .rept {LOADS}\n  lw t0, 0(s0)\n  .endr"
    fast = ("--set", "soc.memory.read_latency=0 ps")

    without, quick = measured(report_of, tmp_path, loads, *fast)
    slow, waited = measured(report_of, tmp_path, loads, "--set", f"soc.memory.read_latency={latency * CYCLE_PS} ps")

    assert slow - without == LOADS * latency
    # The report books the same cycles to the same cause.
    assert cycles(waited, "memory") - cycles(quick, "memory") == LOADS * latency
    assert (waited["sim"]["time_ps"] - quick["sim"]["time_ps"]) == LOADS * latency * CYCLE_PS


def test_sleep_while_an_accelerator_works_passes_cycles(report_of: ReportOf, tmp_path: Path) -> None:
    scenario = tmp_path / "block.yaml"
    block = f"sc_cnn: {{type: sc_cnn, address: {SC_CNN:#x}, interrupt: 64}}"
    scenario.write_text(f"extends: {SHARE}/scenarios/virt.yaml\nname: block\nsoc:\n  {block}\n")
    registers = {
        0x120: DATA,  # IN
        0x128: DATA + 0x4000,  # WEIGHTS
        0x130: DATA + 0x8000,  # BIAS
        0x138: DATA + 0x8100,  # MULT
        0x140: DATA + 0x8200,  # SHIFT
        0x148: DATA + 0x8300,  # OUT
        0x150: 1,  # KIND: fully connected
        0x154: 4096,  # IN_C
        0x194: 127,  # OUT_MAX
        0x14: 7,  # IRQ_ENABLE
    }
    setup = f"  li s2, {SC_CNN:#x}\n  li t1, 1\n  li t0, {DATA + 0x8200:#x}\n  sw t1, 0(t0)\n"
    for offset, value in registers.items():
        setup += f"  li t0, {value:#x}\n  sw t0, {offset:#x}(s2)\n"
    setup += f"  li t0, {PLIC:#x}\n  sw t1, 0x100(t0)\n  li t0, {PLIC + 0x2008:#x}\n  sw t1, 0(t0)\n"
    setup += "  li t0, 0x800\n  csrw mie, t0\n"
    # START; the second reading of mcycle is the first thing after the interrupt wakes the hart.
    body = setup + "  csrr s1, mcycle\n  sw t1, 0x0c(s2)\n  wfi"

    passed, report = measured(report_of, tmp_path, body, scenario)

    block_report = report["components"]["sc_cnn"]
    assert block_report["jobs"] == 1
    busy, asleep = block_report["cycles_busy"], cycles(report, "idle")
    assert busy > 1000
    assert busy <= passed <= busy + 32, "START and waking up"
    assert passed - 32 <= asleep <= passed


def test_it_counts_all_the_time_there_was(report_of: ReportOf, tmp_path: Path) -> None:
    work = f"  .rept {LOADS}\n  lw t0, 0(s0)\n  mul t0, t0, t0\n  .endr\n  li t1, 0x10000000\n  lbu t2, 5(t1)"
    elf = assemble(f"  li s0, {DATA:#x}\n{work}\n  csrr a0, mcycle\n" + EXIT, tmp_path)

    report = report_of("run", "--elf", elf, expect=4)

    total = report["sim"]["time_ps"] // CYCLE_PS
    assert total - 32 <= report["firmware"]["exit_code"] <= total
    causes = ("issue", "memory", "bus", "stall", "idle", "compute", "arbitration")
    assert sum(cycles(report, cause) for cause in causes) == total
