"""--profile: cycles and energy by call stack add up to the report, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from assembly import assemble
from conftest import SHARE, Ganglion, deterministic

ReportOf = Callable[..., dict[str, Any]]
Profile = dict[str, int]

EXIT = "  li t3, 0x100000\n  li t4, 0x5555\n  sw t4, 0(t3)\n1: j 1b\n"


def read(file: Path) -> Profile:
    lines = [line.rsplit(" ", 1) for line in file.read_text().splitlines()]
    profile = {stack: int(value) for stack, value in lines}
    assert len(profile) == len(lines), "a stack stands twice"
    return profile


def profile_of(report_of: ReportOf, tmp_path: Path, *arguments: object) -> tuple[dict[str, Any], Profile, Profile]:
    plain = report_of("run", *arguments)
    report = report_of("run", *arguments, "--profile", tmp_path / "p")
    assert deterministic(plain) == deterministic(report)
    return report, read(tmp_path / "p.cycles.folded"), read(tmp_path / "p.energy.folded")


def check_sums(report: dict[str, Any], cycles: Profile, energy: Profile) -> None:
    """The books: busy cycles of the hart and of each accelerator; energy to the femtojoule."""
    busy = {name: component["cycles_busy"] for name, component in report["components"].items()}
    hart = 0
    blocks: dict[str, int] = {}
    for stack, value in cycles.items():
        frame = stack.rsplit(";", 1)[-1].strip("[]")
        if frame in busy:
            blocks[frame] = blocks.get(frame, 0) + value
        elif frame != "wfi":
            hart += value
    assert hart == busy["cpu"]
    for name, value in blocks.items():
        assert value == busy[name], name
    assert sum(energy.values()) == round(report["energy"]["total_pj"] * 1000)
    static = sum(
        round(component["energy_by_action"].get(key, 0) * 1000)
        for component in report["components"].values()
        for key in ("clock", "leakage")
    )
    assert sum(value for stack, value in energy.items() if stack.startswith("[static];")) == static


@pytest.mark.parametrize("firmware", ["hello", "selftest"])
def test_sums_are_those_of_the_report(
    report_of: ReportOf, elf: Callable[[str], Path], tmp_path: Path, firmware: str
) -> None:
    report, cycles, energy = profile_of(report_of, tmp_path, "--elf", elf(firmware))

    check_sums(report, cycles, energy)
    assert any("main;" in stack for stack in cycles)


@pytest.mark.skipif(not (SHARE / "loadables/digits_sc.gnl").exists(), reason="the demo is not built")
def test_a_job_is_a_frame_under_the_function_that_started_it(report_of: ReportOf, tmp_path: Path) -> None:
    report, cycles, energy = profile_of(report_of, tmp_path, "demo.yaml")

    check_sums(report, cycles, energy)
    jobs = [stack for stack in cycles if stack.endswith(";[sc_cnn]")]
    assert jobs
    assert all(stack.endswith("gn_network_classify;begin_layer;start;[sc_cnn]") for stack in jobs)
    spent = report["components"]["sc_cnn"]["energy_by_action"]
    own = sum(round(pj * 1000) for key, pj in spent.items() if key not in ("clock", "leakage"))
    # Its DMA costs memory and bus energy on top.
    assert sum(energy[stack] for stack in jobs) > own


CALLS = (
    """
  li sp, 0x80400000
  call main
"""
    + EXIT
    + """
  .macro function name
  .type \\name, @function
\\name:
  .endm
  .macro end name
  .size \\name, .-\\name
  .endm

  function main
  addi sp, sp, -16
  sd ra, 8(sp)
  li a0, 3
  call recursive
  call tail_caller
  jal t0, millicode
  call outer
  ld ra, 8(sp)
  addi sp, sp, 16
  ret
  end main

  function recursive
  beqz a0, 2f
  addi sp, sp, -16
  sd ra, 8(sp)
  addi a0, a0, -1
  call recursive
  ld ra, 8(sp)
  addi sp, sp, 16
2: ret
  end recursive

  function tail_caller
  nop
  j tail_called
  end tail_caller

  function tail_called
  ret
  end tail_called

  function millicode
  nop
  jr t0
  end millicode

  # setjmp and longjmp: inner leaves both frames at once.
  function outer
  addi sp, sp, -16
  sd ra, 8(sp)
  mv s0, ra
  mv s1, sp
  call middle
  end outer

  function middle
  addi sp, sp, -16
  sd ra, 8(sp)
  call inner
  end middle

  function inner
  mv ra, s0
  addi sp, s1, 16
  ret
  end inner
"""
)


def test_stacks_follow_calls_tail_calls_recursion_and_jumps_out(report_of: ReportOf, tmp_path: Path) -> None:
    elf = assemble(CALLS, tmp_path)

    report, cycles, energy = profile_of(report_of, tmp_path, "--elf", elf, "--set", "soc.cpu.timing=ideal")

    check_sums(report, cycles, energy)
    below_main = {stack.removeprefix("_start;"): value for stack, value in cycles.items() if "main" in stack}
    # One cycle an instruction, none for memory of its own; counted by hand from the program.
    instructions = {stack: value for stack, value in below_main.items() if "outer" not in stack}
    assert set(below_main) == {
        "main",
        "main;recursive",
        "main;recursive;recursive",
        "main;recursive;recursive;recursive",
        "main;recursive;recursive;recursive;recursive",
        "main;tail_caller",
        "main;tail_called",
        "main;millicode",
        "main;outer",
        "main;outer;middle",
        "main;outer;middle;inner",
    }, instructions
    assert below_main["main;tail_caller"] >= 2
    assert below_main["main;recursive;recursive;recursive;recursive"] == 2
    assert below_main["main;millicode"] == 2


THREADS = (
    """
  .option norelax
  la t0, handler
  csrw mtvec, t0
  li sp, 0x80410000
  li s0, 0
  li s1, 0x80420000
  la s2, other
  call first
"""
    + EXIT
    + """
  .macro function name
  .type \\name, @function
\\name:
  .endm
  .macro end name
  .size \\name, .-\\name
  .endm
  function first
  addi sp, sp, -16
  sd ra, 8(sp)
  call switcher
  nop
  call switcher
  ld ra, 8(sp)
  addi sp, sp, 16
  ret
  end first
  function switcher
  ecall
  ret
  end switcher
  function other
  nop
  call switcher
  nop
  call switcher
  end other
  # Swaps stack pointer, PC and ra with those of the other thread.
  .align 2
  function handler
  csrr t1, mepc
  addi t1, t1, 4
  csrw mepc, s2
  mv s2, t1
  mv t1, sp
  mv sp, s1
  mv s1, t1
  mv t1, ra
  mv ra, s3
  mv s3, t1
  mret
  end handler
"""
)


def test_a_trap_that_switches_threads_switches_stacks(report_of: ReportOf, tmp_path: Path) -> None:
    elf = assemble(THREADS, tmp_path)

    report, cycles, energy = profile_of(report_of, tmp_path, "--elf", elf)

    check_sums(report, cycles, energy)
    call = "[environment call from M mode]"
    assert set(cycles) - {"[no symbol]", "_start"} == {
        "_start;first",
        "_start;first;switcher",
        f"_start;first;switcher;{call}",
        f"_start;first;switcher;{call};handler",
        "other",
        "other;switcher",
        f"other;switcher;{call}",
        f"other;switcher;{call};handler",
    }


def test_sleep_is_a_frame_and_resets_go_on_counting(report_of: ReportOf, tmp_path: Path) -> None:
    source = """
  li t0, 0x80300000
  lw t1, 0(t0)
  addi t2, t1, 1
  sw t2, 0(t0)
  bnez t1, 2f
  li t3, 0x100000
  li t4, 0x7777
  sw t4, 0(t3)
1: j 1b
2:
  li t0, 0x80
  csrs mie, t0
  li t0, 0x2004000
  li t1, 1000
  sd t1, 0(t0)
  wfi
"""
    elf = assemble(source + EXIT, tmp_path)

    report, cycles, energy = profile_of(report_of, tmp_path, "--elf", elf)

    check_sums(report, cycles, energy)
    assert report["sim"]["resets"] == 1
    # 100 us at 400 MHz, less what the program took before.
    assert 39_000 < cycles["_start;[wfi]"] < 40_000


def test_table_and_files(ganglion: Ganglion, elf: Callable[[str], Path], tmp_path: Path) -> None:
    outcome = ganglion("run", "--elf", elf("hello"), "--profile", "p")

    assert outcome.code == 0, outcome
    assert "function" in outcome.err
    assert "vfprintf" in outcome.err
    assert (tmp_path / "p.cycles.folded").exists()
    assert (tmp_path / "p.energy.folded").exists()
    assert ganglion("run", "--elf", elf("hello"), "--profile", "/nowhere/p").code == 2
