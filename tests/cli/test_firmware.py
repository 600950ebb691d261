"""Firmware on the platform: what works, and every way in which it can fail."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import BINARY, SHARE, Ganglion

Elf = Callable[[str], Path]
ReportOf = Callable[..., dict[str, Any]]


def test_hello_prints_and_ends_well(ganglion: Ganglion, elf: Elf) -> None:
    outcome = ganglion("run", "--elf", elf("hello"))

    assert outcome.code == 0, outcome
    assert "ello" in outcome.out


def test_selftest_passes_on_the_platform(ganglion: Ganglion, elf: Elf) -> None:
    outcome = ganglion("run", "--elf", elf("selftest"))

    assert outcome.code == 0, outcome
    assert "FAILED" not in outcome.out


def test_uart_goes_to_a_file(ganglion: Ganglion, elf: Elf, tmp_path: Path) -> None:
    outcome = ganglion("run", "--elf", elf("hello"), "--uart", "file:uart.txt")

    assert outcome.code == 0, outcome
    assert outcome.out == ""
    assert "ello" in (tmp_path / "uart.txt").read_text()


def test_exit_code_of_firmware_is_in_the_report(report_of: ReportOf, elf: Elf) -> None:
    report = report_of("run", "--elf", elf("fault_exit_code"), expect=4)

    assert report["firmware"]["exit_code"] == 42
    assert report["exit"]["code"] == 4
    assert "42" in report["exit"]["reason"]
    assert "exception" not in report["exit"]["reason"]


def test_wild_jump_names_target_and_source(ganglion: Ganglion, elf: Elf) -> None:
    outcome = ganglion("run", "--elf", elf("fault_wild_jump"))

    assert outcome.code == 4, outcome
    assert "0x40000000" in outcome.err
    assert "instruction access fault" in outcome.err
    assert "jump_into_the_wild" in outcome.err, "the source of the jump, by symbol"
    assert "fault_wild_jump.c" in outcome.err


def test_illegal_instruction_without_handler_names_pc_and_symbol(ganglion: Ganglion, elf: Elf) -> None:
    outcome = ganglion("run", "--elf", elf("fault_illegal_instruction"))

    assert outcome.code == 4, outcome
    assert "illegal instruction" in outcome.err
    assert "0x80" in outcome.err
    assert "execute_illegal_instruction" in outcome.err


def test_unmapped_load_reaches_the_firmwares_handler(ganglion: Ganglion, elf: Elf) -> None:
    outcome = ganglion("run", "--elf", elf("fault_unmapped_load"))

    assert outcome.code == 4, outcome
    assert "load access fault" in outcome.out
    assert "load access fault at pc 0x80" in outcome.err
    assert "fault_unmapped_load.c" in outcome.err, "the platform adds the symbol that the handler cannot know"
    assert re.search(r"the last exception before: load access fault at pc .*, tval 0x40000000000$", outcome.err, re.M)
    # The way to the fault, not the handler's.
    *_, last = re.findall(r"^    0x[0-9a-f]+ (\w+)\+\S+ \(\S+\): ", outcome.err.split("last instructions:")[1], re.M)
    assert last == re.search(r"load access fault at pc 0x[0-9a-f]+ (\w+)", outcome.err)[1], outcome


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [
        ("--max-time", "2 ms", "simulated time"),
        ("--max-instructions", "100000", "instruction"),
        ("--max-wall", "300 ms", "host time"),
    ],
)
def test_endless_loop_ends_at_a_limit(ganglion: Ganglion, elf: Elf, option: str, value: str, word: str) -> None:
    outcome = ganglion("run", "--elf", elf("fault_endless_loop"), option, value)

    assert outcome.code == 5, outcome
    assert word in outcome.err
    assert "spin_forever" in outcome.err
    assert "0x80" in outcome.err


def test_limit_of_simulated_time_is_exact(report_of: ReportOf, elf: Elf) -> None:
    report = report_of("run", "--elf", elf("fault_endless_loop"), "--max-time", "2 ms", expect=5)

    assert report["sim"]["time_ps"] == 2_000_000_000
    assert all(report["energy"]["conservation"][check] for check in ("issued_booked", "regions", "time"))


def test_limit_of_instructions_ends_at_the_first_checking_transfer_at_or_after_it(
    report_of: ReportOf, elf: Elf
) -> None:
    report = report_of(
        "run",
        "--elf",
        elf("fault_endless_loop"),
        "--max-instructions",
        "123456",
        expect=5,
    )

    loop = 16  # more instructions than one pass of the firmware's loop, which ends in a checking transfer
    assert 123456 <= report["sim"]["instructions"] < 123456 + loop


def test_interrupted_run_writes_its_report(elf: Elf, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    process = subprocess.Popen(
        [BINARY, "run", "--elf", elf("fault_endless_loop"), "--report", report],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"GANGLION_SHARE": str(SHARE)},
    )
    time.sleep(2)

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "spin_forever" in err
    assert '"code": 130' in report.read_text()


@pytest.mark.parametrize("name", ["truncated", "text", "empty", "x86", "header"])
def test_what_is_no_firmware_is_refused(ganglion: Ganglion, elf: Elf, tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.elf"
    whole = elf("hello").read_bytes()
    content = {
        "truncated": whole[: len(whole) // 2],
        "text": b"#!/bin/sh\necho hello\n",
        "empty": b"",
        "x86": Path("/bin/true").read_bytes(),
        "header": whole[:20],
    }
    file.write_bytes(content[name])

    outcome = ganglion("run", "--elf", file)

    assert outcome.code == 2, outcome
    assert str(file) in outcome.err


def test_64_bit_firmware_on_a_32_bit_hart_is_refused(ganglion: Ganglion, elf: Elf) -> None:
    outcome = ganglion("run", "--elf", elf("hello"), "--isa", "rv32imac")

    assert outcome.code == 2, outcome
    assert "rv32imac" in outcome.err


def test_memory_too_small_for_the_firmware_is_refused(ganglion: Ganglion, elf: Elf) -> None:
    outcome = ganglion("run", "--elf", elf("hello"), "--set", "soc.memory.size=8 KiB")

    assert outcome.code == 2, outcome
    assert "firmware" in outcome.err


def test_unhandled_and_handled_traps_show_the_call_stack(ganglion: Ganglion, elf: Callable[[str], Path]) -> None:
    # By call frame information: nothing of this firmware keeps a frame pointer.
    unhandled = ganglion("run", "--elf", elf("fault_illegal_instruction"))
    wild = ganglion("run", "--elf", elf("fault_wild_jump"))
    handled = ganglion("run", "--elf", elf("fault_unmapped_load"))

    for outcome in (unhandled, wild, handled):
        stack = re.findall(r"^    #\d+ +0x[0-9a-f]+ ?(\S*)", outcome.err, re.MULTILINE)
        names = [place.split("+")[0] for place in stack]
        assert names[-3:-1] == ["main", "gn_start"] or names[-2:] == ["main", "gn_start"], outcome
        assert re.search(r"main\+0x[0-9a-f]+ \(fault_\w+\.c:\d+\)", outcome.err), outcome
    assert "execute_illegal_instruction" in re.findall(r"^    #0 .*", unhandled.err, re.MULTILINE)[0]
    assert re.search(r"^    #0 +0x40000000$", wild.err, re.MULTILINE), wild
    # The profile's own stack says the same.
    profiled = ganglion("run", "--elf", elf("fault_illegal_instruction"), "--profile", "p")
    shown = re.findall(r"^    #\d.*", unhandled.err, re.MULTILINE)
    assert re.findall(r"^    #\d.*", profiled.err, re.MULTILINE)[: len(shown) - 1] == shown[:-1]
