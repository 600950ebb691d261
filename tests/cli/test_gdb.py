"""GDB drives the hart: gdb-multiarch in batch mode, and clients that behave badly."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from assembly import assemble
from conftest import ROOT, deterministic
from gdb_client import DATA, EXIT, TABLE, Run, needs_gdb


def session_of_the_guide() -> list[str]:
    text = (ROOT / "docs/how-to/debug.md").read_text()
    found = re.search(r"```gdb\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1].splitlines()


@needs_gdb
def test_the_session_of_the_guide_leaves_the_run_as_it_is(
    debug: Callable[..., Run], elf: Callable[[str], Path], report_of: Callable[..., dict[str, object]]
) -> None:
    hello = elf("hello")
    alone = report_of("run", "--elf", hello)

    run = debug("--elf", hello)
    out = run.gdb(session_of_the_guide(), hello)
    code, uart, _ = run.end()

    assert code == 0, out
    assert re.search(r"^pc +0x1000", out, re.MULTILINE), out
    assert re.search(r"Hardware watchpoint 2: devices\.uart", out), out
    assert re.search(r"Old value = 0\s+New value = 268435456\n", out), out
    assert re.search(r"^#1 .*start\.c:\d+", out, re.MULTILINE), out
    assert re.search(r"Breakpoint 1, main \(\) at .*hello\.c:\d+", out), out
    assert re.search(r"^#0 +main \(\) at .*hello\.c:\d+", out, re.MULTILINE), out
    assert re.search(r"^mtvec +0x8", out, re.MULTILINE), out
    assert re.search(r"=> 0x8[0-9a-f]+ <main", out), out
    assert "of simulated time, cycle " in out
    assert re.search(r"Breakpoint \d+, gn_cycles", out), out
    assert re.search(r"gn_cycles \(\) at [^\n]*\n[^\n]*\nmain \(\) at ", out), out
    assert re.search(r"^total +[0-9.]+ uJ", out, re.MULTILINE), out
    assert re.search(r"^cpu +hart +0 +[1-9]", out, re.MULTILINE), out
    assert "monitor reset" in out
    assert "exited normally" in out, out
    assert "bye" in uart
    assert deterministic(run.report()) == deterministic(alone)


@needs_gdb
def test_watchpoints_stop_behind_the_access_and_cost_no_simulated_time(
    debug: Callable[..., Run], tmp_path: Path, report_of: Callable[..., dict[str, object]]
) -> None:
    program = assemble(TABLE + EXIT + DATA, tmp_path)
    alone = report_of("run", "--elf", program)
    entry = "(unsigned long*)((char*)&table+24)"

    run = debug("--elf", program)
    out = run.gdb(
        ["target remote :0", f"watch *{entry}", f"rwatch *(unsigned int*){entry}", "continue", "x/i $pc"]
        + ["continue", "x/i $pc"] * 3
        + ["delete", "stepi", "stepi", "continue"],
        program,
    )
    code, _, _ = run.end()

    assert code == 0, out
    # GDB stands behind the access: it takes the watchpoint away, steps and compares.
    # The loop's store of 3, the AMO that adds 100, the misaligned store over its low bytes, and the load.
    assert re.search(r"Old value = 0\s+New value = 3\n", out), out
    assert re.search(r"Old value = 3\s+New value = 103\n", out), out
    assert out.count("=> ") == 4, out
    assert re.search(r"Value = ", out), out
    assert "exited normally" in out, out
    assert deterministic(run.report()) == deterministic(alone)


@needs_gdb
def test_a_trap_without_handler_is_a_stop_and_then_exit_4(debug: Callable[..., Run], tmp_path: Path) -> None:
    for source, signal in (("li t0, 0x40000000\nbad: lw t1, 0(t0)\n", "SIGSEGV"), ("nop\nbad: .word 0\n", "SIGILL")):
        program = assemble(source + EXIT, tmp_path)

        run = debug("--elf", program)
        out = run.gdb(["target remote :0", "continue", "info symbol $pc", "continue"], program)
        code, _, err = run.end()

        assert f"signal {signal}" in out, out
        assert re.search(r"^bad in section", out, re.MULTILINE), out
        assert "exited with code 04" in out, out
        assert code == 4
        assert "unhandled trap" in err


@needs_gdb
def test_poked_registers_memory_and_pc_take_effect(debug: Callable[..., Run], tmp_path: Path) -> None:
    loop = "li a0, 1\nforever: bnez a0, forever\nld a1, value\nnop\nspot:" + EXIT
    program = assemble(loop + ".data\n.balign 8\nvalue: .dword 5\n", tmp_path)

    run = debug("--elf", program)
    out = run.gdb(
        [
            *("target remote :0", "break forever", "continue", "delete", "stepi", "set $a0 = 0"),
            *("set *(long*)&value = 77", "set $mscratch = 0x1234", "p/x $mscratch", "break spot", "continue"),
            *("p $a1", "delete", "continue"),
        ],
        program,
    )
    code, _, _ = run.end()

    assert code == 0, out
    assert "= 0x1234" in out, out
    assert "= 77" in out, out


@needs_gdb
def test_rv32_is_described_as_such(debug: Callable[..., Run], tmp_path: Path) -> None:
    program = assemble("li a0, -1\nspot:" + EXIT, tmp_path, bits=32)

    run = debug("--elf", program, "--isa", "rv32imac")
    commands = ["target remote :0", "show architecture", "break spot", "continue", "p/x $a0", "p/x $misa", "continue"]
    out = run.gdb(commands, program)
    code, _, _ = run.end()

    assert code == 0, out
    assert "riscv:rv32" in out, out
    assert "= 0xffffffff\n" in out, out


@needs_gdb
def test_reset_starts_the_soc_again(debug: Callable[..., Run], tmp_path: Path) -> None:
    program = assemble("li a0, 1\nspot:" + EXIT, tmp_path)

    run = debug("--elf", program)
    commands = ["target remote :0", "break spot", "continue", "monitor reset", "maintenance flush register-cache"]
    out = run.gdb([*commands, "p/x $pc", "continue", "p $a0", "delete", "continue"], program)
    code, _, _ = run.end()

    assert code == 0, out
    assert "= 0x1000\n" in out, out
    assert out.count("Breakpoint 1, ") == 2, out
    assert run.report()["sim"]["resets"] == 1  # type: ignore[index]


PAGED = """
  la t0, root
  li t1, 0xcf
  sd t1, 0(t0)
  li t1, (0x80000000 >> 2) | 0xcf
  sd t1, 8(t0)
  sd t1, 16(t0)
  srli t0, t0, 12
  li t1, 8 << 60
  or t0, t0, t1
  csrw satp, t0
  li t0, -1
  csrw pmpaddr0, t0
  csrwi pmpcfg0, 0x1f
  li t0, 0x800
  csrs mstatus, t0
  la t0, paged
  csrw mepc, t0
  mret
paged:
  nop
"""
PAGED_DATA = "\n.data\n.balign 4096\nroot: .zero 4096\nword: .dword 0x1122334455667788\n"


@needs_gdb
def test_memory_is_read_and_written_through_the_page_tables(debug: Callable[..., Run], tmp_path: Path) -> None:
    program = assemble(PAGED + EXIT + PAGED_DATA, tmp_path)
    alias = "*(unsigned long*)((char*)&word-0x40000000)"

    run = debug("--elf", program)
    looked_at = ["*(unsigned long*)&word", "*(unsigned long*)0xc0000000"]
    out = run.gdb(
        ["target remote :0", f"p/x {alias}", "break paged", "continue", f"p/x {alias}", f"set var {alias} = 5"]
        + [f"p/x {place}" for place in looked_at]
        + ["continue"],
        program,
    )
    code, _, _ = run.end()

    assert code == 0, out
    assert "Cannot access memory at address 0x4000" in out, out  # M mode does not translate
    assert "= 0x1122334455667788\n" in out, out
    assert "= 0x5\n" in out, out
    assert "Cannot access memory at address 0xc0000000" in out, out


# Sv39: 1 GiB pages, 0x40000000 is where 0x80000000 lies; S mode goes on at the high address.
PAGED_FLOAT = """
  li t0, 0x80200000
  li t1, 0x200000cf
  sd t1, 8(t0)
  sd t1, 16(t0)
  li t1, -1
  csrw pmpaddr0, t1
  li t1, 0x1f
  csrw pmpcfg0, t1
  li t0, 0x8000000000080200
  csrw satp, t0
  li t0, 0x2800
  csrs mstatus, t0
  la t0, supervisor
  csrw mepc, t0
  li t1, 0x3ff8000000000000
  fmv.d.x fa0, t1
  mret
supervisor:
  nop
"""


@needs_gdb
def test_float_registers_privilege_and_virtual_addresses(debug: Callable[..., Run], tmp_path: Path) -> None:
    program = assemble(PAGED_FLOAT + EXIT, tmp_path, extensions="imafdc")

    run = debug("--elf", program, "--isa", "rv64gc", "--max-time", "1 ms")
    commands = ["target remote :0", "break supervisor", "p $priv", "continue", "p $fa0.double", "p $fa0.float"]
    commands += ["set $fa1.double = 0.25", "p $fa1.double", "info registers satp", "p $priv"]
    commands += ["x/1xw 0x40000000", "x/1xw 0x80000000", "x/1xw 0xc0000000", "set $priv = 3", "p $priv", "kill"]
    out = run.gdb(commands, program)
    run.end()

    values = re.findall(r"^\$\d+ = (.*)$", out, re.MULTILINE)
    assert values[0].startswith("3"), out
    assert values[1] == "1.5", out
    assert values[3] == "0.25", out
    assert values[4].startswith("1"), out
    assert re.search(r"^satp +0x8000000000080200", out, re.MULTILINE), out
    first, second = re.findall(r"^0x[48]0000000.*:\s+(0x[0-9a-f]+)$", out, re.MULTILINE)
    assert first == second != "0x00000000", out
    assert "Cannot access memory at address 0xc0000000" in out, out


@needs_gdb
def test_trace_and_profile_go_on_beside_a_debugger(
    debug: Callable[..., Run], elf: Callable[[str], Path], tmp_path: Path, report_of: Callable[..., dict[str, object]]
) -> None:
    hello = elf("hello")
    alone = report_of("run", "--elf", hello, "--trace-isa", tmp_path / "alone.txt", "--profile", tmp_path / "alone")

    run = debug("--elf", hello, "--trace-isa", tmp_path / "gdb.txt", "--profile", tmp_path / "gdb")
    commands = ["target remote :0", "break main", "continue", "stepi", "stepi", "watch devices.uart", "delete", "next"]
    out = run.gdb([*commands, "continue"], hello)
    code, _, _ = run.end()

    assert code == 0, out
    assert deterministic(run.report()) == deterministic(alone)
    for name in ("{}.txt", "{}.cycles.folded", "{}.energy.folded"):
        assert (tmp_path / name.format("gdb")).read_text() == (tmp_path / name.format("alone")).read_text(), name
