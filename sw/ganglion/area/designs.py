"""What is synthesised, and the figures that come out of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ganglion.area import activity, elaboration, mapping, sta
from ganglion.area.elaboration import Design
from ganglion.area.tools import NAND2_AREA, check_library
from ganglion.errors import GanglionError
from ganglion.loadable import write_whole

SC_RTL, MAC_RTL = Path("ip/sc_cnn/rtl"), Path("ip/mac_array/rtl")
LANES = 16
SMALL = (4, 2)  # lanes of the smaller groups: differences between groups are lanes alone
PARALLEL_BITS = (1, 2, 4, 8, 16, 32)
ACCUMULATORS = (20, 32, 48)
ACC_OF = {"sc_mvm": "ACC_MAX", "mac_mvm": "ACC_BITS"}  # parameter of a lane group: width of its accumulators


@dataclass(frozen=True)
class Part:
    """A module of a design: how often, and its own cells each."""

    name: str
    number: int
    area: float
    flip_flops: int
    power_mw: float


@dataclass(frozen=True)
class Figures:
    """A design as it came out; what it was made of is in `parts`."""

    name: str
    top: str
    parameters: dict[str, int]
    lanes: int
    path_ns: float
    path_end: str
    memory_bits: int
    parts: list[Part]
    settled_pj: float | None = None  # a cycle at real operands (`activity`), without glitches
    glitching_pj: float | None = None  # with those of equal delays

    @property
    def area(self) -> float:
        """um2, without memories."""
        return sum(part.number * part.area for part in self.parts)

    @property
    def gates(self) -> float:
        """NAND2 equivalents."""
        return self.area / NAND2_AREA

    @property
    def flip_flops(self) -> int:
        """In all modules."""
        return sum(part.number * part.flip_flops for part in self.parts)

    @property
    def power_mw(self) -> float:
        """Of all modules, at the clock and activity of `sta`."""
        return sum(part.number * part.power_mw for part in self.parts)


def sc_group(parallel_bits: int, lanes: int = LANES) -> Design:
    """Lanes of the SC-CNN core that share a weight."""
    parameters = (("BIT_PARALLEL", parallel_bits), ("LANES", lanes), ("ACC_MAX", 16))
    sources = (SC_RTL / "sc_lane.sv", SC_RTL / "sc_mvm.sv")
    return Design(f"SC, b = {parallel_bits}", "sc_mvm", sources, parameters, lanes)


def mac_group(accumulator: int, lanes: int = LANES) -> Design:
    """Lanes of the MAC array that share a weight."""
    parameters = (("LANES", lanes), ("ACC_BITS", accumulator))
    sources = (MAC_RTL / "mac_lane.sv", MAC_RTL / "mac_mvm.sv")
    return Design(f"binary, {accumulator}-bit accumulator", "mac_mvm", sources, parameters, lanes)


def sources_of(build: Path, block: str, root: Path) -> tuple[Path, ...]:
    """The block's RTL as the build lists it."""
    listed = build / "rtl" / f"{block}.f"
    if not listed.is_file():
        raise GanglionError("no list of sources", expected="a configured build tree", remedy="./dev area",
                            where=str(listed))  # fmt: skip
    return tuple(Path(line).resolve().relative_to(root) for line in listed.read_text().split())


def sc_core(build: Path, root: Path) -> Design:
    """The whole block with its default parameters."""
    return Design("SC-CNN core, 16 x 16, b = 8", "sc_cnn", sources_of(build, "sc_cnn", root), lanes=256)


def mac_core(build: Path, root: Path, mvms: int, lanes: int = LANES) -> Design:
    """The whole MAC array of another size."""
    parameters = (("LANES", lanes), ("MVMS", mvms))
    name = f"MAC array, {mvms} x {lanes}, 32-bit accumulators"
    return Design(name, "mac_array", sources_of(build, "mac_array", root), parameters, mvms * lanes)


def synthesise(
    design: Design,
    root: Path,
    cache: Path,
    told: Callable[[str], None] = lambda _: None,
    operands: Callable[[int], activity.Taps] | None = None,
) -> Figures:
    """Maps and times one design; of a small lane group also the energy at `operands`, which are given by lanes."""
    check_library()
    modules = elaboration.elaborate(design, root)
    mapped = mapping.map_design(modules, design.top, cache, told)
    number = elaboration.counts(modules, design.top)
    path, end = sta.longest_path("\n".join(part.netlist for part in mapped.values()), design.top)
    parts = [
        Part(m.name, number[m.name], m.area, m.flip_flops, sta.power(m.name, m.netlist) if m.area else 0.0)
        for m in mapped.values()
    ]
    parts.sort(key=lambda part: -part.number * part.area)
    bits = elaboration.memory_bits(modules, design.top)
    found = Figures(design.name, design.top, dict(design.parameters), design.lanes, path, end, bits, parts)
    if operands is None or design.lanes not in SMALL:
        return found
    b, width = found.parameters.get("BIT_PARALLEL", 0), found.parameters[ACC_OF[design.top]]
    netlist, taps = mapped[design.top].netlist, operands(design.lanes)
    made_by = [netlist.encode(), taps.weights.tobytes(), taps.activations.tobytes(), *activity.sources()]
    kept = cache / f"energy-{hashlib.sha256(b'|'.join(made_by)).hexdigest()[:24]}.json"
    if not kept.is_file():
        energy = activity.group_energy(netlist, design.top, taps, width, b)
        write_whole(kept, json.dumps([round(energy.settled, 3), round(energy.glitching, 3)]).encode())
    settled, glitching = json.loads(kept.read_text())
    return replace(found, settled_pj=settled, glitching_pj=glitching)
