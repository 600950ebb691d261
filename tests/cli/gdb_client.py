"""GDB's side of a run: gdb-multiarch in batch mode, and bare clients of the remote protocol."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from conftest import BINARY, SHARE

GDB = shutil.which("gdb-multiarch")
needs_gdb = pytest.mark.skipif(GDB is None, reason="gdb-multiarch is not installed: apt-get install gdb-multiarch")
TIMEOUT_S = 100


class Run:
    """A `ganglion run --gdb 0` that waits for its client."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        self.report_file = folder / "gdb-report.json"
        self.process = subprocess.Popen(
            [str(BINARY), "run", *map(str, arguments), "--gdb", "0", "--report", str(self.report_file)],
            cwd=folder,
            env={k: v for k, v in os.environ.items() if k != "GANGLION_DATA"} | {"GANGLION_SHARE": str(SHARE)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        assert found, line + self.process.stderr.read()
        self.port = int(found[1])

    def gdb(self, commands: list[str], elf: Path | None) -> str:
        """Output of a batch session; `target remote` goes to this run's port."""
        assert GDB is not None
        arguments = [GDB, "-nx", "-batch"]
        for command in commands:
            arguments += ["-ex", re.sub(r"^target remote .*", f"target remote 127.0.0.1:{self.port}", command)]
        done = subprocess.run(
            arguments + ([str(elf)] if elf else []),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
        return done.stdout

    def client(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.settimeout(20)
        return connection

    def end(self) -> tuple[int, str, str]:
        """Exit code and outputs of the run, which must end by itself."""
        out, err = self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode, out, err

    def report(self) -> dict[str, object]:
        report: dict[str, object] = json.loads(self.report_file.read_text())
        return report


def frame(payload: str) -> bytes:
    return b"$%s#%02x" % (payload.encode(), sum(payload.encode()) & 0xFF)


def ask(connection: socket.socket, payload: str) -> str:
    """Answer to a packet; acknowledgements are taken on the way."""
    connection.sendall(frame(payload))
    received = b""
    while not re.search(rb"\$[^#]*#..", received):
        part = connection.recv(4096)
        assert part, f"closed after {received!r}"
        received += part
    connection.sendall(b"+")
    found = re.search(rb"\$([^#]*)#", received)
    assert found
    return found[1].decode()


EXIT = """
  li t3, 0x100000
  li t4, 0x5555
  sw t4, 0(t3)
1: wfi
  j 1b
"""
# Fills, changes and reads a table: plain, atomic and misaligned accesses.
TABLE = """
  la s0, table
  li s1, 0
1: slli t0, s1, 3
  add t0, t0, s0
  sd s1, 0(t0)
  addi s1, s1, 1
  li t1, 8
  bne s1, t1, 1b
changed:
  li t2, 100
  addi t0, s0, 24
  amoadd.d t3, t2, (t0)
  sw t2, 21(s0)
  ld a5, 24(s0)
after:
  nop
"""
DATA = "\n.data\n.balign 64\ntable: .zero 64\n"
