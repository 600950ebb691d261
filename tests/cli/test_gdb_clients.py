"""Clients of the GDB stub that interrupt, disturb or kill; ports that cannot be had."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from assembly import assemble
from conftest import BINARY, SHARE, deterministic
from gdb_client import DATA, EXIT, TABLE, Run, ask, frame

SPIN = "li s0, 0x80100000\n1: lw t0, 0(s0)\nbeqz t0, 1b\n" + EXIT


def test_control_c_stops_a_spinning_hart_and_another_client_may_come(debug: Callable[..., Run], tmp_path: Path) -> None:
    run = debug("--elf", assemble(SPIN, tmp_path))

    with run.client() as first:
        assert ask(first, "?").startswith("T05")
        first.sendall(frame("c"))
        time.sleep(0.1)
        assert ask_interrupt(first).startswith("T02")
        assert ask(first, "Z0,80000004,2") == "OK"
        first.sendall(frame("c"))  # and goes away without a word
    time.sleep(0.2)
    with run.client() as second:
        assert ask(second, "?").startswith("T05")
        assert ask(second, "M80100000,4:01000000") == "OK"
        assert ask(second, "D") == "OK"

    assert run.end()[0] == 0


def ask_interrupt(connection: socket.socket) -> str:
    connection.sendall(b"\x03")
    received = b""
    while not re.search(rb"\$T[^#]*#..", received):
        part = connection.recv(4096)
        assert part, f"closed after {received!r}"
        received += part
    connection.sendall(b"+")
    found = re.search(rb"\$(T[^#]*)#", received)
    assert found
    return found[1].decode()


def test_a_client_of_garbage_does_not_stop_the_simulation(
    debug: Callable[..., Run], tmp_path: Path, report_of: Callable[..., dict[str, object]]
) -> None:
    program = assemble(TABLE + EXIT + DATA, tmp_path)
    alone = report_of("run", "--elf", program)

    run = debug("--elf", program)
    with run.client() as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n\x00\xff$$$$#00$m#$zz#zz" + frame("mffffffffffffffff,ffffffffffffffff"))
        client.sendall(
            frame("Z0,zz") + frame("G00") + frame("P999999999=00") + frame("vCont;zz") + b"$" + b"A" * 100_000
        )
    code, _, err = run.end()

    assert code == 0, err
    assert deterministic(run.report()) == deterministic(alone)


def test_kill_ends_the_run(debug: Callable[..., Run], tmp_path: Path) -> None:
    run = debug("--elf", assemble(SPIN, tmp_path))
    with run.client() as client:
        assert ask(client, "?").startswith("T05")
        client.sendall(frame("k"))
        code, _, err = run.end()

    assert code == 130
    assert "ended by the debugger" in err


@pytest.mark.parametrize("port", ["70000", "-1", "gdb"])
def test_a_port_that_is_none_is_a_mistake_of_usage(tmp_path: Path, port: str) -> None:
    done = subprocess.run(
        [str(BINARY), "run", "--elf", str(assemble(EXIT, tmp_path)), "--gdb", port],
        cwd=tmp_path,
        env=os.environ | {"GANGLION_SHARE": str(SHARE)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert done.returncode == 2, done
    assert port in done.stderr


def test_a_port_that_is_taken_is_said(debug: Callable[..., Run], tmp_path: Path) -> None:
    program = assemble(EXIT, tmp_path)
    first = debug("--elf", program)

    done = subprocess.run(
        [str(BINARY), "run", "--elf", str(program), "--gdb", str(first.port)],
        cwd=tmp_path,
        env=os.environ | {"GANGLION_SHARE": str(SHARE)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert done.returncode == 2, done
    assert "in use" in done.stderr


# The first GiB and memory are themselves; memory is a second time at 0x40000000.
