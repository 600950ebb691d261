"""Modules to standard cells: Yosys, a process a module, several at a time; results are kept in the build tree.

ABC's script is ours: its own for this case (`abc -constr -D`) first proves nodes equal (`ifraig`, `scorr`), which does
not end on the requantiser's 32 x 31 bit product: that was why the whole core never came out. Without them a lane
group's area changes by under 1 %.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from ganglion.area.elaboration import MEMORY, Module
from ganglion.area.netlist import plain_assignments
from ganglion.area.tools import LIBERTY, call

TARGET_PS = 4000  # what mapping aims at: fast, not smallest
SURROUNDINGS = "set_driving_cell BUFX4\nset_load 0.03\n"  # of every input and output
ABC = "+strash;dc2;strash;&get,-n;&dch,-f;&nf;&put;buffer;upsize,{D};dnsize,{D};stime,-p"
# Mapped as one with everything in them: many small parts, whose boundaries would cost more than they show.
FLAT = frozenset({"sc_mvm", "mac_mvm"})


@dataclass(frozen=True)
class Mapped:
    """A module's own cells, without those of its instances (with them where it is in FLAT)."""

    name: str
    area: float  # um2
    flip_flops: int
    netlist: str  # as Yosys wrote it but for single-bit assignments


def below(modules: dict[str, Module], name: str) -> list[str]:
    """`name` and all modules under it, each once."""
    found = [name]
    for module in found:
        found += [child for child in modules[module].instances if child not in found]
    return found


def to_map(modules: dict[str, Module], top: str) -> list[str]:
    """Modules that get a netlist: neither memories nor parts of a flat one."""
    found = [top]
    for name in found:
        if modules[name].kind not in FLAT:
            found += [c for c in modules[name].instances if c not in found and modules[c].kind != MEMORY]
    return found


def source_of(modules: dict[str, Module], name: str) -> str:
    """RTLIL of a module with its instances as black boxes, or whole when it is flat."""
    if modules[name].kind in FLAT:
        return "\n".join(modules[m].text for m in below(modules, name))
    return "\n".join([modules[name].text, *(modules[child].ports for child in modules[name].instances)])


def script(name: str, flat: bool) -> str:
    """Of Yosys; module.il in, netlist.v and area.txt out."""
    return "\n".join([
        "read_rtlil module.il",
        f"synth {'-flatten ' if flat else ''}-top {name}",
        "opt_clean -purge",
        f"dfflibmap -liberty {LIBERTY}",
        f"abc -liberty {LIBERTY} -constr abc.constr -D {TARGET_PS} -script {ABC}",
        "opt_clean -purge",
        f"tee -o area.txt stat -liberty {LIBERTY}",
        "write_verilog -noattr netlist.v",
        "",
    ])  # fmt: skip


def read_stat(report: str) -> tuple[float, int]:
    """Area and flip-flops of Yosys' `stat`; a module of wires alone has none."""
    area = re.findall(r"Chip area for (?:top )?module[^:]*: ([0-9.]+)", report)
    return float(area[-1]) if area else 0.0, sum(int(n) for n in re.findall(r"^ +DFF\w+ +(\d+)$", report, re.M))


def map_module(modules: dict[str, Module], name: str, cache: Path) -> Mapped:
    """Maps one module, or takes what was mapped from the same text by the same script and library."""
    flat = modules[name].kind in FLAT
    source, commands = source_of(modules, name), script(name, flat)
    made_by = [source, commands, SURROUNDINGS, LIBERTY.read_text()]
    key = hashlib.sha256("\0".join(made_by).encode()).hexdigest()[:24]
    kept = cache / f"{name}-{key}.json"
    if kept.is_file():
        return Mapped(**json.loads(kept.read_text()))
    with tempfile.TemporaryDirectory(prefix="ganglion-area-") as temporary:
        folder = Path(temporary)
        (folder / "module.il").write_text(source)
        (folder / "abc.constr").write_text(SURROUNDINGS)
        (folder / "map.ys").write_text(commands)
        call(["yosys", "-q", "-s", "map.ys"], folder, f"module {name}")
        area, flip_flops = read_stat((folder / "area.txt").read_text())
        netlist = plain_assignments((folder / "netlist.v").read_text())
        mapped = Mapped(name, area, flip_flops, netlist)
    cache.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(asdict(mapped)))
    partial.replace(kept)
    return mapped


def map_design(
    modules: dict[str, Module], top: str, cache: Path, told: Callable[[str], None] = lambda _: None
) -> dict[str, Mapped]:
    """Netlists of a design's modules, the largest sources first; `told` hears of every one that is done."""
    names = sorted(to_map(modules, top), key=lambda name: -len(modules[name].text))

    def one(name: str) -> Mapped:
        mapped = map_module(modules, name, cache)
        told(name)
        return mapped

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return dict(zip(names, pool.map(one, names), strict=True))
