"""Longest path of a mapped design, power of a mapped module, by OpenSTA.

Memories are black boxes: paths through them are left out. Power is of one module at a time with one activity of every
net; a design's is the sum of its modules'. The OpenSTA of this age propagates activities wrongly (a NAND of two active
inputs stands still), with a segmentation fault for the whole core, and takes none for single pins; so the power at real
activities is put together from its energies of single instances (`activity`).
"""

from __future__ import annotations

import math
import re
import tempfile
from pathlib import Path

from ganglion.area.tools import LIBERTY, call, complaint
from ganglion.errors import GanglionError

CLOCK_NS = 20.0  # of the power figures; every design meets it
ACTIVITY = 0.2  # a cycle, of every net


def read_path(said: str) -> tuple[float, str]:
    """Length of the longest path, ns, and the instance where it ends."""
    slack = re.findall(r"^worst slack (\S+)", said, re.M)
    end = re.findall(r"^Endpoint: (\S+)", said, re.M)
    if not slack or not end:
        raise GanglionError(f"OpenSTA said {said.strip()[-500:]!r}", expected="a worst slack and where it is",
                            remedy="a design with flip-flops on clock clk")  # fmt: skip
    return CLOCK_NS - float(slack[-1]), end[-1]


def read_power(said: str) -> float:
    """Total, mW."""
    total = re.findall(r"^Total\s+\S+\s+\S+\s+\S+\s+(\S+)", said, re.M)
    if not total or math.isnan(float(total[-1])):
        raise GanglionError(f"OpenSTA said {said.strip()[-500:]!r}", expected="a total power")
    return float(total[-1]) * 1e3


def longest_path(netlist: str, top: str) -> tuple[float, str]:
    """Of a whole design, between flip-flops."""
    said = _sta(netlist, top, ["create_clock -name clk -period {period} clk", "report_worst_slack", "report_checks"])
    return read_path(said)


def _clock(netlist: str) -> str:
    """A virtual one for a module without."""
    has_port = re.search(r"^  input clk;", netlist, re.M)
    return "create_clock -name clk -period {period}" + (" clk" if has_port else "")


def power(name: str, netlist: str) -> float:
    """mW of a module's own cells at CLOCK_NS when every net has an activity of ACTIVITY."""
    everywhere = f"set_power_activity -global -activity {ACTIVITY} -duty 0.5"
    return read_power(_sta(netlist, name, [_clock(netlist), everywhere, "report_power"]))


def energies(name: str, netlist: str) -> dict[str, tuple[float, float]]:
    """pJ of every instance of a flat netlist: a cycle without a change of its output, and a change more."""
    commands = [_clock(netlist)]
    for activity in (0, 1):
        commands.append(f"set_power_activity -global -activity {activity} -duty 0.5")
        commands.append("report_power -digits 6 -instances [get_cells *]")
    found: dict[str, list[float]] = {}
    for total, instance in re.findall(r"^ +\S+ +\S+ +\S+ +(\S+) (\S+)$", _sta(netlist, name, commands), re.M):
        if re.fullmatch(r"[0-9.e+-]+", total):
            found.setdefault(instance, []).append(float(total) * CLOCK_NS * 1e3)
    return {instance: (still, moving - still) for instance, (still, moving) in found.items()}


def _sta(netlist: str, top: str, commands: list[str]) -> str:
    with tempfile.TemporaryDirectory(prefix="ganglion-area-") as temporary:
        folder = Path(temporary)
        (folder / "netlist.v").write_text(netlist)
        lines = [f"read_liberty {LIBERTY}", "read_verilog netlist.v", f"link_design {top}", *commands, "exit"]
        (folder / "sta.tcl").write_text("\n".join(lines).format(period=CLOCK_NS) + "\n")
        said = call(["sta", "-exit", "-no_splash", "sta.tcl"], folder, top)
    # It goes on after a netlist that it could not read, and times what is left of it.
    if re.search(r"^Error: netlist", said, re.M):
        raise GanglionError(complaint(said), expected="a netlist that OpenSTA reads", where=top)
    return said
