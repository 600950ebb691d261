"""Self-checking programs in the manner of riscv-tests: a store to `tohost` ends the run or prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from assembly import assemble
from conftest import Ganglion, deterministic

ReportOf = Callable[..., dict[str, Any]]

# gp holds the result, as in riscv-tests: no addresses relative to it.
NO_GP = "  .option norelax\n"
TOHOST = """
  .data
  .globl tohost
  .align 6
tohost: .dword 0
  .align 6
after: .dword 0
  .text
"""
# As riscv-tests' write_tohost: two words, the upper one last, for ever.
TWO_WORDS = """
  la t5, tohost
1:
  sw gp, 0(t5)
  sw zero, 4(t5)
  j 1b
"""
ONE_STORE = "  la t5, tohost\n  sd gp, 0(t5)\n2: j 2b\n"


@pytest.mark.parametrize(("bits", "isa"), [(64, "rv64gc"), (64, "rv64imac"), (32, "rv32imac"), (32, "rv32gc")])
@pytest.mark.parametrize(("gp", "code", "failed"), [(1, 0, 0), (2 * 13 + 1, 4, 13)])
def test_two_words_end_the_run(
    report_of: ReportOf, tmp_path: Path, bits: int, isa: str, gp: int, code: int, failed: int
) -> None:
    elf = assemble(NO_GP + f"  li gp, {gp}\n" + TWO_WORDS + TOHOST, tmp_path, bits=bits)

    report = report_of("run", "--elf", elf, "--isa", isa, expect=code)

    assert report["firmware"]["exit_code"] == failed
    assert report["exit"]["code"] == code
    assert str(failed) in report["exit"]["reason"] if failed else "success" in report["exit"]["reason"]
    # The first pass ends it, at once.
    assert report["sim"]["instructions"] < 20


@pytest.mark.parametrize(("gp", "code", "failed"), [(1, 0, 0), (2 * 7 + 1, 4, 7)])
def test_one_store_of_64_bits_ends_the_run(
    report_of: ReportOf, tmp_path: Path, gp: int, code: int, failed: int
) -> None:
    elf = assemble(NO_GP + f"  li gp, {gp}\n" + ONE_STORE + TOHOST, tmp_path)

    report = report_of("run", "--elf", elf, "--isa", "rv64gc", expect=code)

    assert report["firmware"]["exit_code"] == failed


@pytest.mark.parametrize("bits", [64, 32])
def test_the_lower_word_twice_ends_the_run(report_of: ReportOf, tmp_path: Path, bits: int) -> None:
    """Programs that know no upper word store the lower one for ever."""
    loop = "  li gp, 11\n  la t5, tohost\n1: sw gp, 0(t5)\n  j 1b\n"
    elf = assemble(NO_GP + loop + TOHOST, tmp_path, bits=bits)

    report = report_of("run", "--elf", elf, "--isa", f"rv{bits}imac", expect=4)

    assert report["firmware"]["exit_code"] == 5
    assert report["sim"]["instructions"] < 20


@pytest.mark.parametrize("bits", [64, 32])
def test_the_lower_word_once_does_nothing(ganglion: Ganglion, tmp_path: Path, bits: int) -> None:
    # The upper one may still come: printing in two words is not taken for an end.
    once = "  li gp, 1\n  la t5, tohost\n  sw gp, 0(t5)\n1: j 1b\n"
    prints = ""
    for character in b"hi\n":
        prints += f"  li t0, {character}\n  la t5, tohost\n  sw t0, 0(t5)\n  li t0, 0x01010000\n  sw t0, 4(t5)\n"
    elf = assemble(NO_GP + prints + once + TOHOST, tmp_path, bits=bits)

    outcome = ganglion("run", "--elf", elf, "--isa", f"rv{bits}imac", "--max-instructions", "1000")

    assert outcome.code == 5, outcome
    assert outcome.out == "hi\n"


def test_console_prints_and_clears_tohost(ganglion: Ganglion, tmp_path: Path) -> None:
    # Ends with the number of the character after which tohost was not 0.
    text = "hi\n"
    source = "  la t5, tohost\n  li s0, 0x0101000000000000\n  li gp, 3\n"
    for number, character in enumerate(text, start=1):
        source += f"  ori t0, s0, {ord(character)}\n  sd t0, 0(t5)\n  ld t1, 0(t5)\n  bnez t1, fail\n"
        source += f"  li gp, {2 * (number + 1) + 1}\n"
    elf = assemble(NO_GP + source + "  li gp, 1\nfail:\n" + ONE_STORE + TOHOST, tmp_path)

    outcome = ganglion("run", "--elf", elf, "--isa", "rv64gc")

    assert outcome.code == 0, outcome
    assert outcome.out == text


def test_data_on_the_page_of_tohost_is_plain_memory(report_of: ReportOf, tmp_path: Path) -> None:
    # Code before, data behind, a value across the border that is not tohost's; DMI or not gives the same.
    source = """
  la t0, after
  li t1, 1000
  li gp, 1
1:
  ld t2, 0(t0)
  addi t2, t2, 3
  sd t2, 0(t0)
  addi t1, t1, -1
  bnez t1, 1b
  li t3, 3000
  beq t2, t3, 2f
  li gp, 5
2:
"""
    elf = assemble(NO_GP + source + TWO_WORDS + TOHOST, tmp_path)

    report = report_of("run", "--elf", elf)

    assert report["firmware"]["exit_code"] == 0
    assert deterministic(report) == deterministic(report_of("run", "--elf", elf, "--set", "soc.cpu.dmi=false"))
    assert deterministic(report) == deterministic(report_of("run", "--elf", elf, "--set", "soc.cpu.quantum=2 us"))


def test_a_request_that_is_not_known_is_named(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble(NO_GP + "  li gp, 0x80001000\n" + ONE_STORE + TOHOST, tmp_path)

    outcome = ganglion("run", "--elf", elf)

    assert outcome.code == 4, outcome
    assert "0x80001000 to tohost" in outcome.err


@pytest.mark.parametrize(
    ("place", "message"),
    [(".globl tohost\n.set tohost, 0x80001004\n", "aligned"), (".globl tohost\n.set tohost, 0x40\n", "no memory")],
)
def test_a_tohost_in_the_wrong_place_is_refused(ganglion: Ganglion, tmp_path: Path, place: str, message: str) -> None:
    elf = assemble("1: j 1b\n" + place, tmp_path)

    outcome = ganglion("run", "--elf", elf)

    assert outcome.code == 2, outcome
    assert message in outcome.err


def test_an_isa_that_is_not_known_lists_those_that_are(ganglion: Ganglion, tmp_path: Path) -> None:
    elf = assemble("1: j 1b\n", tmp_path)

    outcome = ganglion("run", "--elf", elf, "--isa", "rv64gcx")

    assert outcome.code == 2, outcome
    assert "--isa rv64gcx" in outcome.err
    assert "rv64gc," in outcome.err
    assert "rv32imac" in outcome.err
