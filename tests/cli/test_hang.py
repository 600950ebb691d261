"""The hang doctor: firmware that gets no further is ended with the place, what it waits for and a probable cause."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from assembly import assemble
from conftest import SHARE, Ganglion

ReportOf = Callable[..., dict[str, Any]]

EXIT = "  li t3, 0x100000\n  li t4, 0x5555\n  sw t4, 0(t3)\n1: j 1b\n"
SC_CNN = 0x24000000
PLIC = 0x0C000000


def hang(ganglion: Ganglion, elf: Path, *more: str, scenario: str = "demo.yaml") -> str:
    """Message of a run that hangs; the default is a second, the tests need not wait for it."""
    scenario_arguments = [] if scenario == "virt.yaml" else bare(elf.parent)
    outcome = ganglion("run", *scenario_arguments, "--elf", elf, "--hang-after", "20 ms", *more, timeout=60)
    assert outcome.code in (4, 5), outcome
    return f"exit {outcome.code}: {outcome.err}"


def bare(folder: Path) -> list[str]:
    """A SoC with an accelerator and no data sets."""
    file = folder / "block.yaml"
    block = f"sc_cnn: {{type: sc_cnn, address: {SC_CNN:#x}, interrupt: 64}}"
    file.write_text(f"extends: {SHARE}/scenarios/virt.yaml\nname: block\nsoc:\n  {block}\n")
    return [str(file)]


def register(name: str) -> int:
    """Offset of a common register of an accelerator, from its published table."""
    return {"CTRL": 0x0C, "STATUS": 0x10, "IRQ_ENABLE": 0x14, "IRQ_STATUS": 0x18}[name]


def test_endless_loop(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble(
        "  call work\n .type work, @function\nwork:\n  nop\nforever: j forever\n .size work, .-work\n", tmp_path
    )

    message = hang(ganglion, elf, scenario="virt.yaml")

    assert message.startswith("exit 5: ganglion: hang: no progress for 20.000 ms"), message
    assert "work+0x" in message or "forever" in message
    assert "in a loop of 1 instruction," in message
    assert "#1 " in message and "_start" in message
    assert "probable cause: an endless loop" in message


def test_a_loop_of_several_instructions_shows_its_ends(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble("again:\n  addi t0, zero, 1\n  addi t0, t0, -1\n  beqz t0, again\n", tmp_path)

    message = hang(ganglion, elf, scenario="virt.yaml")

    assert "in a loop of 3 instructions, 0x80000000 to 0x8000000" in message, message


def test_a_handler_that_returns_to_the_fault(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble("  la t0, handler\n  csrw mtvec, t0\n  lw t1, 0(zero)\n  .align 2\nhandler: mret\n", tmp_path)

    message = hang(ganglion, elf, scenario="virt.yaml")

    assert message.startswith("exit 5: ganglion: hang: no progress"), message
    assert "probable cause: the same exceptions again and again" in message
    assert "load access fault at pc 0x8000000" in message


@pytest.mark.parametrize(
    ("program", "cause"),
    [
        ("  csrw mie, zero\n", "mie is 0: no interrupt is enabled"),
        ("  li t0, 0x80\n  csrw mie, t0\n", "the timer interrupt is enabled, but mtimecmp was never set"),
        ("  li t0, 0x800\n  csrw mie, t0\n", "no enabled interrupt (machine external) has a source"),
    ],
)
def test_sleep_from_which_nothing_wakes(ganglion: Ganglion, tmp_path: Path, program: str, cause: str) -> None:
    elf = assemble(program + "sleeper: wfi\n  j sleeper\n", tmp_path)

    message = hang(ganglion, elf, scenario="virt.yaml")

    assert message.startswith("exit 4: "), message
    assert "waiting for an interrupt (wfi)" in message
    assert "sleeper" in message
    assert f"probable cause: {cause}" in message, message


# A START with a configuration that is refused ends at once, with IRQ_STATUS.ERROR.
ENABLE = f"  li t4, {PLIC + 0x2008:#x}\n  sw t1, 0(t4)\n"
FAIL_JOB = f"""
  li s0, {SC_CNN:#x}
  li t1, 7
  sw t1, {register("IRQ_ENABLE")}(s0)
  li t1, 1
  sw t1, {register("CTRL")}(s0)
"""


@pytest.mark.parametrize(
    ("plic", "cause"),
    [
        ("", "sc_cnn irq 64 is pending but not enabled in PLIC context 0"),
        (ENABLE, "priority in the PLIC is 0"),
        ("  sw t1, 0x100(t0)\n", "sc_cnn irq 64 is pending but not enabled in PLIC context 0"),
        ("  sw t1, 0x100(t0)\n" + ENABLE + "  sw t1, 0(t2)\n", "is not above the threshold 1 of PLIC context 0"),
        ("  sw t1, 0x100(t0)\n" + ENABLE, "mie bit 11 (machine external interrupt) is 0"),
        (
            "  sw t1, 0x100(t0)\n" + ENABLE + "  lw t3, 4(t2)\n",
            "sc_cnn irq 64 was claimed at the PLIC and never completed",
        ),
    ],
)
def test_interrupt_that_does_not_get_through_the_plic(
    ganglion: Ganglion, tmp_path: Path, plic: str, cause: str
) -> None:
    controller = f"  li t0, {PLIC:#x}\n  li t2, {PLIC + 0x200000:#x}\n  li t1, 1\n" + plic
    settle = "  li t5, 100\n3: addi t5, t5, -1\n  bnez t5, 3b\n"
    elf = assemble(FAIL_JOB + settle + controller + "sleeper: wfi\n  j sleeper\n", tmp_path)

    message = hang(ganglion, elf)

    assert "waiting for an interrupt (wfi)" in message, message
    assert f"{cause}" in message, message
    assert "last bus transactions:" in message
    assert "cpu writes 4 bytes, sc_cnn.CTRL at 0x2400000c" in message


def test_finished_accelerator_that_keeps_its_interrupt_to_itself(ganglion: Ganglion, tmp_path: Path) -> None:
    source = FAIL_JOB.replace("li t1, 7", "li t1, 0") + "  li t0, 0x800\n  csrw mie, t0\nsleeper: wfi\n  j sleeper\n"
    elf = assemble(source, tmp_path)

    message = hang(ganglion, elf)

    assert "sc_cnn: held after a failed job" in message, message
    # A code of the block's own by the name that its RDL gives it; the log's line, too.
    assert "sc_cnn stopped its queue after job 1 failed with OVERLAP" in message
    assert re.search(r"sc_cnn: job 1 failed: .*\(OVERLAP\)", message)


def test_poll_of_a_status_that_never_comes(ganglion: Ganglion, tmp_path: Path) -> None:
    source = f"  li s0, {SC_CNN:#x}\npoll:\n  lw t0, {register('IRQ_STATUS')}(s0)\n  andi t0, t0, 1\n  beqz t0, poll\n"
    elf = assemble(source + EXIT, tmp_path)

    message = hang(ganglion, elf)

    assert message.startswith("exit 5: ganglion: hang"), message
    assert "the loop polls sc_cnn.IRQ_STATUS at 0x24000018, but no START was written to sc_cnn" in message
    assert "cpu reads 4 bytes, sc_cnn.IRQ_STATUS at 0x24000018, 32 times" in message


UART = 0x10000000


def test_poll_of_a_uart_without_input_names_the_setting(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble(f"  li s0, {UART:#x}\npoll:\n  lbu t0, 5(s0)\n  andi t0, t0, 1\n  beqz t0, poll\n", tmp_path)

    message = hang(ganglion, elf, scenario="virt.yaml")

    expected = "probable cause: the loop polls uart+0x5 at 0x10000005, and no character can arrive at uart: --set"
    assert f"{expected} soc.uart.input=stdin" in message, message


def test_sleep_until_a_uart_without_input_names_the_setting(ganglion: Ganglion, tmp_path: Path) -> None:
    source = f"  li s0, {UART:#x}\n  li t0, 1\n  sb t0, 1(s0)\n  li t0, 0x800\n  csrw mie, t0\n1: wfi\n  j 1b\n"
    elf = assemble(source, tmp_path)

    message = hang(ganglion, elf, scenario="virt.yaml")

    assert "waits for the UART's interrupt, and no character can arrive at uart: --set soc.uart.input=stdin" in message


def lower_mode(mpp: int, mideleg: int) -> str:
    """Goes on in U (0) or S mode (1)."""
    return f"""
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  li t0, {mideleg:#x}
  csrw mideleg, t0
  la t0, 1f
  csrw mepc, t0
  li t0, 0x1800
  csrc mstatus, t0
  li t0, {mpp << 11:#x}
  csrs mstatus, t0
  mret
1:
"""


SOFTWARE = 1 << 1  # bit of a supervisor software interrupt
PENDING = f"  li t0, {SOFTWARE}\n  csrs mie, t0\n  csrs mip, t0\n"
FOREVER = "forever: j forever\n"


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        (
            PENDING + lower_mode(1, SOFTWARE) + FOREVER,
            [
                "interrupts: S mode, sstatus.SIE 0; enabled in sie: supervisor software; "
                "pending in sip: supervisor software",
                "interrupts of M mode, which nothing masks here: enabled in mie: none; pending in mip: none",
                "probable cause: a supervisor software interrupt is pending and enabled in sie, but sstatus.SIE is 0",
            ],
        ),
        (
            "  li t0, 0x80\n  csrs mie, t0\n" + lower_mode(0, SOFTWARE) + FOREVER,
            [
                "interrupts: U mode, which masks none; enabled in sie: none; pending in sip: none",
                "interrupts of M mode, which nothing masks here: enabled in mie: machine timer; pending in mip: none",
                "probable cause: an endless loop that asks no device",
            ],
        ),
        (
            PENDING + FOREVER,
            [
                "interrupts: M mode, mstatus.MIE 0; enabled in mie: supervisor software; pending in mip: "
                "supervisor software",
                "a supervisor software interrupt is pending and enabled in mie, but mstatus.MIE is 0",
            ],
        ),
        (
            PENDING + f"  csrw mideleg, t0\n  csrsi mstatus, 8\n{FOREVER}",
            ["but mideleg gives it to S mode, and the hart is in M mode"],
        ),
        (
            lower_mode(1, 0x222) + "  li t0, 0x20\n  csrw sie, t0\n1: wfi\n  j 1b\n",
            ["S mode", "the supervisor timer interrupt is enabled, but stimecmp was never set"],
        ),
    ],
    ids=["S mode", "U mode", "M mode", "delegated", "stimecmp"],
)
def test_interrupts_are_shown_as_the_harts_mode_has_them(
    ganglion: Ganglion, tmp_path: Path, program: str, lines: list[str]
) -> None:
    message = hang(ganglion, assemble(program, tmp_path), scenario="virt.yaml")

    for line in lines:
        assert line in message, message


INTERRUPTED = """
  la t0, handler
  csrw mtvec, t0
  li s0, 0x2000000
  li t1, 1
  sw t1, 0(s0)
  li t0, 8
  csrs mie, t0
  csrs mstatus, t0
again: j again
  .align 2
handler:
"""


def test_an_interrupt_that_its_handler_does_not_clear(ganglion: Ganglion, tmp_path: Path) -> None:
    message = hang(ganglion, assemble(INTERRUPTED + "  nop\n  mret\n", tmp_path), scenario="virt.yaml")

    assert message.startswith("exit 5: ganglion: hang: no progress"), message
    assert "the machine software interrupt comes again at once whenever its handler returns, " in message
    assert "the handler does not clear its source" in message


def test_a_loop_that_waits_for_an_interrupt_routine_is_no_hang(report_of: ReportOf, tmp_path: Path) -> None:
    """Every 2 ms an interrupt counts in memory; the loop that asks for a flag sees nothing for 100 ms."""
    source = """
  la t0, handler
  csrw mtvec, t0
  li s0, 0x2004000
  la s1, counter
  li s2, 20000
  sd s2, 0(s0)
  li t0, 0x80
  csrs mie, t0
  csrsi mstatus, 8
again:
  lw t0, 4(s1)
  beqz t0, again
"""
    handler = """
  .align 2
handler:
  csrw mscratch, t0
  li t0, 20000
  add s2, s2, t0
  sd s2, 0(s0)
  lw t0, 0(s1)
  addi t0, t0, 1
  sw t0, 0(s1)
  addi t0, t0, -50
  bnez t0, 3f
  li t0, 1
  sw t0, 4(s1)
3:
  csrr t0, mscratch
  mret
  .data
  .align 3
counter: .word 0, 0
"""
    elf = assemble(source + EXIT + handler, tmp_path)

    report = report_of("run", "--elf", elf, "--hang-after", "20 ms")

    assert report["exit"]["code"] == 0
    assert report["sim"]["time_ps"] > 95e9


def test_sleep_with_a_timer_and_long_computations_are_no_hang(report_of: ReportOf, tmp_path: Path) -> None:
    sleep = """
  li t0, 0x80
  csrs mie, t0
  li t0, 0x2004000
  li t1, 1000000
  sd t1, 0(t0)
  wfi
"""
    count = "  li t0, 20000000\n4: addi t0, t0, -1\n  bnez t0, 4b\n"
    elf = assemble(sleep + count + EXIT, tmp_path)

    report = report_of("run", "--elf", elf, "--hang-after", "20 ms")

    assert report["exit"]["code"] == 0
    assert report["sim"]["time_ps"] > 150e9


def test_zero_means_never_and_the_default_is_a_second(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble("1: j 1b\n", tmp_path)

    never = ganglion("run", "--elf", elf, "--hang-after", "0 s", "--max-time", "1200 ms")
    default = ganglion("run", "--elf", elf, "--max-time", "1200 ms")

    assert "limit of simulated time" in never.err, never
    assert "hang: no progress for 1.000 s" in default.err, default


@pytest.mark.parametrize(("option", "value"), [("--max-time", "5 ms"), ("--max-instructions", "1000000")])
def test_limits_say_what_the_hart_was_doing(ganglion: Ganglion, tmp_path: Path, option: str, value: str) -> None:
    source = f"  li s0, {SC_CNN:#x}\npoll:\n  lw t0, {register('IRQ_STATUS')}(s0)\n  beqz t0, poll\n"
    elf = assemble(source + EXIT, tmp_path)

    outcome = ganglion("run", *bare(tmp_path), "--elf", elf, option, value, "--report", "r.json")

    assert outcome.code == 5, outcome
    reason = json.loads((tmp_path / "r.json").read_text())["exit"]["reason"]
    assert "poll" in reason
    assert "probable cause: the loop polls sc_cnn.IRQ_STATUS" in reason
    assert "last bus transactions" not in reason


def test_a_limit_does_not_call_a_computation_endless(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble("work:\n  addi s0, s0, 1\n  bnez s0, work\n" + EXIT, tmp_path)

    outcome = ganglion("run", "--elf", elf, "--max-time", "5 ms")

    assert "limit of simulated time" in outcome.err, outcome
    assert "in a loop of 2 instructions" in outcome.err
    assert "probable cause" not in outcome.err
