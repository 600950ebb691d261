"""`misaligned_access` of the hart: misaligned loads and stores work, or they trap; AMOs trap either way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from assembly import assemble

# Each trap appends its cause to s1; mtval must be the address in s2.
PROGRAM = """
  .option norvc
  la t0, handler
  csrw mtvec, t0
  li t0, 0x2000
  csrs mstatus, t0
  la s0, data
  li s1, 0
  addi s2, s0, 1
  lw a1, 1(s0)
  addi s2, s0, 4
  SD a1, 4(s0)
  addi s2, s0, 6
  flw fa0, 6(s0)
  addi s2, s0, 2
  amoadd.w a1, zero, (s2)
  j done
  .align 2
handler:
  csrr t0, mtval
  bne t0, s2, wrong
  csrr t0, mcause
  slli s1, s1, 4
  or s1, s1, t0
  csrr t0, mepc
  addi t0, t0, 4
  csrw mepc, t0
  mret
wrong:
  li s1, 0xbad
done:
  slli s1, s1, 16
  li t0, 0x3333
  or s1, s1, t0
  li t0, 0x100000
  sw s1, 0(t0)
1: j 1b
  .data
  .align 3
data: .dword 0, 0
"""


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize(("works", "causes"), [("true", 0x6), ("false", 0x4646)])
def test_misaligned_accesses_work_or_trap_as_set(
    report_of: Callable[..., dict[str, Any]], tmp_path: Path, bits: int, works: str, causes: int
) -> None:
    # Of RV32 the store of four bytes is misaligned two bytes further.
    store = ("sd", 4) if bits == 64 else ("sw", 6)
    source = PROGRAM.replace("addi s2, s0, 4\n  SD a1, 4", f"addi s2, s0, {store[1]}\n  {store[0]} a1, {store[1]}")
    elf = assemble(source, tmp_path, bits=bits, extensions="imafdc")

    isa = ("--isa", f"rv{bits}gc")
    report = report_of("run", "--elf", elf, *isa, "--set", f"soc.cpu.misaligned_access={works}", expect=4)

    assert report["firmware"]["exit_code"] == causes
