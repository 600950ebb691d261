"""Small programs for the platform, assembled where they are needed."""

from __future__ import annotations

import subprocess
from pathlib import Path


def assemble(source: str, folder: Path, *, bits: int = 64, extensions: str = "imac") -> Path:
    """An ELF linked at 0x80000000 that starts with `source`."""
    file = folder / "program.S"
    file.write_text(".globl _start\n_start:\n" + source)
    elf = folder / "program.elf"
    machine = [f"-march=rv{bits}{extensions}_zicsr_zifencei", "-mabi=" + ("lp64" if bits == 64 else "ilp32")]
    link = [
        "-nostdlib",
        "-nostartfiles",
        "-g",
        "-Wl,-nmagic",
        "-Wl,-Ttext=0x80000000",
        "-Wl,--no-warn-rwx-segments",
    ]
    subprocess.run(["riscv64-unknown-elf-gcc", *machine, *link, file, "-o", elf], check=True)
    return elf
