"""--trace-isa: a line an instruction, exact, and nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from assembly import assemble
from conftest import Ganglion, deterministic

ReportOf = Callable[..., dict[str, Any]]

EXIT = "  li t3, 0x100000\n  li t4, 0x5555\n  sw t4, 0(t3)\n1: j 1b\n"
PROGRAM = (
    """
  la t0, handler
  csrw mtvec, t0
  li t1, 0x80300000
  li a3, 0x2000
  csrs mstatus, a3
  li a0, -2
  sw a0, 4(t1)
  lw t2, 4(t1)
  lbu s1, 4(t1)
  amoadd.w s2, t2, (t1)
  lr.w s3, (t1)
  sc.w s4, t2, (t1)
  fcvt.d.l fa0, t2
  fsd fa0, 16(t1)
  fcvt.l.d s5, fa0
  ecall
  lw a1, 64(zero)
  call f
"""
    + EXIT
    + """
  .type f, @function
f:
  c.li a5, 7
  ret
  .size f, .-f
  .align 2
  .type handler, @function
handler:
  csrr t5, mepc
  addi t5, t5, 4
  csrw mepc, t5
  mret
  .size handler, .-handler
"""
)


def trace_of(ganglion: Ganglion, elf: Path, tmp_path: Path, *more: str, isa: str = "rv64gc") -> list[str]:
    file = tmp_path / "trace.txt"
    outcome = ganglion("run", "--elf", elf, "--isa", isa, "--trace-isa", file, *more)
    assert outcome.code == 0, outcome
    return file.read_text().splitlines()


def only(lines: list[str], text: str) -> str:
    found = [line for line in lines if text in line]
    assert len(found) == 1, (text, found)
    return found[0]


def test_lines_say_what_each_instruction_did(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble(PROGRAM, tmp_path, extensions="imafdc")

    lines = trace_of(ganglion, elf, tmp_path)

    # Written by hand from the program, independently of the hart.
    for text, effects in {
        "csrrw zero, mtvec, t0": r"mtvec=0x800000[0-9a-f]{2} ",
        "csrrs zero, mstatus, a3": "mstatus=0x[0-9a-f]*2000 ",
        "sw a0, 4(t1)": r"\[0x80300004\]=0xfffffffe ",
        "lw t2, 4(t1)": r"t2=0xfffffffffffffffe \[0x80300004\] ",
        "lbu s1, 4(t1)": r"s1=0xfe \[0x80300004\] ",
        "amoadd.w s2, t2, (t1)": r"s2=0x0 \[0x80300000\] ",
        "lr.w s3, (t1)": r"s3=0xfffffffffffffffe \[0x80300000\] ",
        "sc.w s4, t2, (t1)": r"s4=0x0 \[0x80300000\] ",
        "fcvt.d.l fa0, t2": " fa0=0xc000000000000000 ",
        "fsd fa0, 16(t1)": r"\[0x80300010\]=0xc000000000000000 ",
        "fcvt.l.d s5, fa0": " s5=0xfffffffffffffffe ",
    }.items():
        assert re.search(effects, only(lines, text)), only(lines, text)
    line = only(lines, "addi a5, zero, 7")
    assert re.fullmatch(r" +\d+ M 0x800000[0-9a-f]{2} 479d     addi a5, zero, 7 +a5=0x7  <f>", line), line


def test_traps_are_lines_and_their_instructions_write_nothing(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble(PROGRAM, tmp_path, extensions="imafdc")

    lines = trace_of(ganglion, elf, tmp_path)

    traps = [i for i, line in enumerate(lines) if " ! " in line]
    assert len(traps) == 2
    call, load = traps
    assert "environment call from M mode, cause 11, at 0x80000" in lines[call]
    assert " ecall " in lines[call - 1]
    assert "<handler>" in lines[call + 1]
    assert "load access fault, cause 5" in lines[load]
    assert "lw a1, 64(zero)" in lines[load - 1]
    assert "a1=" not in lines[load - 1]


@pytest.mark.parametrize("firmware", ["selftest", "hello"])
def test_a_line_for_each_instruction_and_the_same_report(
    report_of: ReportOf, elf: Callable[[str], Path], tmp_path: Path, firmware: str
) -> None:
    file = tmp_path / "trace.txt"
    plain = report_of("run", "--elf", elf(firmware))

    traced = report_of("run", "--elf", elf(firmware), "--trace-isa", file)

    assert deterministic(plain) == deterministic(traced)
    lines = file.read_text().splitlines()
    cycles = [int(line.split(maxsplit=1)[0]) for line in lines]
    assert cycles == sorted(cycles)
    instructions = [line for line in lines if " ! " not in line]
    exceptions = sum(" ! " in line and "cause interrupt" not in line for line in lines)
    assert len(instructions) == plain["sim"]["instructions"] + exceptions
    if firmware == "selftest":
        assert "machine timer interrupt, cause interrupt 7" in "\n".join(lines)


def test_filter_by_function_and_by_address(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble(PROGRAM, tmp_path, extensions="imafdc")
    everything = trace_of(ganglion, elf, tmp_path)

    functions = trace_of(ganglion, elf, tmp_path, "--trace-isa-filter", "f,handler")
    addresses = trace_of(ganglion, elf, tmp_path, "--trace-isa-filter", "0x1000-0x1004")

    assert functions == [line for line in everything if re.search(r"<(f|handler)(\+0x[0-9a-f]+)?>", line)]
    assert len(functions) == 2 + 2 * 4
    assert addresses == everything[:2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--trace-isa", "/nowhere/t.txt"), ["--trace-isa", "written"]),
        (("--trace-isa", "t.txt", "--trace-isa-filter", "handlr"), ['"handlr"', '"handler"']),
        (("--trace-isa", "t.txt", "--trace-isa-filter", "0x80-0x20"), ["0x80-0x20", "lower"]),
        (("--trace-isa", "t.txt", "--trace-isa-filter", "0x80-"), ["0x80-"]),
        (("--trace-isa-filter", "f"), ["--trace-isa FILE"]),
    ],
)
def test_mistakes_are_explained(
    ganglion: Ganglion, tmp_path: Path, arguments: tuple[str, ...], words: list[str]
) -> None:
    elf = assemble(PROGRAM, tmp_path, extensions="imafdc")

    outcome = ganglion("run", "--elf", elf, "--isa", "rv64gc", *arguments)

    assert outcome.code == 2, outcome
    for word in words:
        assert word in outcome.err, outcome


def test_a_reset_is_a_line_and_32_bits_stay_32_bits(ganglion: Ganglion, tmp_path: Path) -> None:
    source = "  li t0, 0x80300000\n  lw t1, 0(t0)\n  li t2, -1\n  sw t2, 0(t0)\n  bnez t1, 2f\n"
    source += "  li t3, 0x100000\n  li t4, 0x7777\n  sw t4, 0(t3)\n3: j 3b\n2:\n" + EXIT
    elf = assemble(source, tmp_path, bits=32)

    lines = trace_of(ganglion, elf, tmp_path, isa="rv32imac")

    assert sum(" ! reset" in line for line in lines) == 1
    assert sum("t2=0xffffffff " in line for line in lines) == 2
