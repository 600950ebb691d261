"""Elaborated modules of a design: text in Yosys' intermediate language (RTLIL), instances, memories.

Sources are named relative to the repository, so that a module's text, and with it the key of what was mapped
before, does not depend on where the repository lies.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ganglion.area.tools import call
from ganglion.errors import GanglionError

MEMORY = "scratchpad"  # left out; its bits are stated
DEFINES = "-DGANGLION_NO_MEMORIES"


@dataclass(frozen=True)
class Design:
    """A top module and what it is made of."""

    name: str
    top: str
    sources: tuple[Path, ...]
    parameters: tuple[tuple[str, int], ...] = ()
    lanes: int = 16


@dataclass(frozen=True)
class Module:
    """One elaborated module; `text` without positions in the source."""

    name: str
    text: str
    parameters: dict[str, int]
    instances: Counter[str] = field(hash=False)

    @property
    def kind(self) -> str:
        """Its name in the source; variants by parameters have a number behind it."""
        return self.name.split("__")[0]

    @property
    def ports(self) -> str:
        """As a black box."""
        wires = [line for line in self.text.splitlines() if re.match(r"  wire .*\b(input|output) \d+ ", line)]
        return "\n".join(["attribute \\blackbox 1", f"module \\{self.name}", *wires, "end", ""])


def parse(text: str, top: str) -> dict[str, Module]:
    """Modules of an RTLIL file by readable names; `top` keeps its own."""
    found = re.findall(r"^module (\S+)\n(.*?)^end$", re.sub(r"^ *attribute .*\n", "", text, flags=re.M), re.M | re.S)
    names: dict[str, str] = {}
    for identifier, _ in found:
        plain = re.sub(r"^\$paramod(\$[0-9a-f]+)?", "", identifier).split("\\")[1]
        taken = sum(1 for other in names.values() if other.split("__")[0] == plain)
        names[identifier] = plain if taken == 0 else f"{plain}__{taken + 1}"
    if top not in names.values():
        raise GanglionError(f"no module {top}", expected=f"one of {', '.join(sorted(names.values()))}")
    modules = {}
    for identifier, body in found:
        body = re.sub(r"^  cell (\S+) ", lambda m: f"  cell {_own(names, m.group(1))} ", body, flags=re.M)
        instances = Counter(kind[1:] for kind in re.findall(r"^  cell (\\\S+) ", body, re.M))
        parameters = {key: _number(value) for key, value in re.findall(r"^  parameter \\(\w+) (\S+)$", body, re.M)}
        name = names[identifier]
        modules[name] = Module(name, f"module \\{name}\n{_renumbered(body)}end\n", parameters, instances)
    return modules


def _renumbered(body: str) -> str:
    """Yosys' running numbers in names counted from 0 in each module: they depend on what was read before it."""
    numbers: dict[str, str] = {}
    return re.sub(r"\$(\d+)", lambda m: "$" + numbers.setdefault(m.group(1), str(len(numbers))), body)


def _own(names: dict[str, str], identifier: str) -> str:
    return f"\\{names[identifier]}" if identifier in names else identifier


def _number(text: str) -> int:
    return int(text.split("'")[1], 2) if "'" in text else int(text)


def elaborate(design: Design, root: Path) -> dict[str, Module]:
    """Modules of `design`, parameters applied, read by Yosys."""
    for source in design.sources:
        if not (root / source).is_file():
            raise GanglionError("no such source", expected="RTL of the design", where=str(source),
                                remedy="./dev area builds the generated ones first")  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="ganglion-area-") as name:
        folder = Path(name)
        sources = " ".join(os.path.relpath(root / source, root) for source in design.sources)
        # Not `hierarchy -chparam`, which gives the top one a name that another with its parameters may have.
        given = "".join(f" -set {key} {value}" for key, value in design.parameters)
        parameters = f"chparam{given} {design.top}\n" if given else ""
        (folder / "read.ys").write_text(
            f"read_verilog -sv {DEFINES} {sources}\n{parameters}hierarchy -check -top {design.top}\n"
            f"write_rtlil {folder / 'design.il'}\n"
        )
        call(["yosys", "-q", "-s", str(folder / "read.ys")], root, design.name)
        return parse((folder / "design.il").read_text(), design.top)


def counts(modules: dict[str, Module], top: str) -> Counter[str]:
    """How often every module is in the design."""
    found: Counter[str] = Counter()

    def add(name: str, times: int) -> None:
        found[name] += times
        for child, number in modules[name].instances.items():
            add(child, times * number)

    add(top, 1)
    return found


def memory_bits(modules: dict[str, Module], top: str) -> int:
    """Bits of the memories that are left out."""
    return sum(
        8 * modules[name].parameters["BYTES"] * times
        for name, times in counts(modules, top).items()
        if modules[name].kind == MEMORY
    )
