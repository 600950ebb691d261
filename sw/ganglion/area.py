"""Area, timing and power of the arrays' lane groups and of the SC-CNN core: `./dev area`, python -m ganglion.area.

Yosys maps the SystemVerilog to the OSU 0.18 um standard cells with buffers and sizes for a target period, OpenSTA reads
the netlist. Area is cell area (um2) and gate equivalents (of a NAND2X1); timing is the longest path without wires;
power is dynamic and leakage power at a clock and at an activity of 0.2 a cycle at every input, propagated.

Leaves out: wires and placement, clock tree, memories (only their ports are there), scan. Both arrays are mapped by the
same script, so what is left out is left out of both.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganglion import loadable as lo
from ganglion.sc_arithmetic import counter_value, product_cycles

LIBERTY = Path("/usr/share/qflow/tech/osu018/osu018_stdcells.lib")
NAND2_AREA = 24.0  # of the liberty's NAND2X1: a gate equivalent
CLOCK_NS = 20.0  # of the power figures; every design here meets it
ACTIVITY = 0.2
TARGET_PS = 4000  # what mapping aims at: fast, not smallest
SURROUNDINGS = "set_driving_cell BUFX4\nset_load 0.03\n"  # of every input and output


@dataclass(frozen=True)
class Design:
    """A top module and what it is made of."""

    name: str
    top: str
    sources: tuple[Path, ...]
    parameters: tuple[tuple[str, int], ...] = ()
    flatten: bool = True
    macs: int = 16  # lanes


@dataclass(frozen=True)
class Figures:
    area: float
    flip_flops: int
    path_ns: float
    power_mw: float

    @property
    def gates(self) -> float:
        return self.area / NAND2_AREA


class ToolError(Exception):
    """A tool failed; the text is the end of what it said."""


def _run(command: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise ToolError(f"{command[0]} is missing: ./dev area installs it (Debian packages yosys, opensta)") from error
    if done.returncode != 0:
        raise ToolError(f"{' '.join(command)}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def synthesise(design: Design, folder: Path) -> Figures:
    """Maps `design` in `folder` and measures it."""
    script = [f"read_verilog -sv -DGANGLION_NO_MEMORIES {' '.join(str(source) for source in design.sources)}"]
    script += [f"chparam -set {name} {value} {design.top}" for name, value in design.parameters]
    script += [f"synth -top {design.top} {'-flatten' if design.flatten else ''}"]
    script += [f"dfflibmap -liberty {LIBERTY}"]
    script += [f"abc -liberty {LIBERTY} -constr abc.constr -D {TARGET_PS}", "opt_clean"]
    if not design.flatten:
        script += ["flatten", "opt_clean"]  # for the figures: mapped module by module, counted as one
    script += [f"tee -o area.txt stat -liberty {LIBERTY}", "rename -top measured", "write_verilog -noattr netlist.v"]
    (folder / "abc.constr").write_text(SURROUNDINGS)
    (folder / "map.ys").write_text("\n".join(script) + "\n")
    _run(["yosys", "-q", "-s", "map.ys"], folder)
    report = (folder / "area.txt").read_text()
    area = float(re.findall(r"Chip area for (?:top )?module[^:]*: ([0-9.]+)", report)[-1])
    flip_flops = sum(int(n) for n in re.findall(r"DFF\w+\s+(\d+)", report))

    commands = [f"read_liberty {LIBERTY}", "read_verilog netlist.v", "link_design measured"]
    commands += [f"create_clock -name clk -period {CLOCK_NS} clk", "report_worst_slack"]
    commands += [f"set_power_activity -input -activity {ACTIVITY}", "report_power", "exit"]
    (folder / "sta.tcl").write_text("\n".join(commands) + "\n")
    said = _run(["sta", "-exit", "-no_splash", "sta.tcl"], folder)
    if "worst slack" not in said:
        raise ToolError(f"sta: {said[-2000:]}")
    slack = float(re.findall(r"worst slack (\S+)", said)[-1])
    power = float(re.findall(r"^Total\s+\S+\s+\S+\s+\S+\s+(\S+)", said, re.M)[-1])
    return Figures(area, flip_flops, CLOCK_NS - slack, power * 1e3)


def lane_groups(root: Path) -> list[Design]:
    sc, mac = root / "ip/sc_cnn/rtl", root / "ip/mac_array/rtl"
    sc_sources = (sc / "sc_lane.sv", sc / "sc_mvm.sv")
    mac_sources = (mac / "mac_lane.sv", mac / "mac_mvm.sv")
    designs = [
        Design(f"SC, b = {b}", "sc_mvm", sc_sources, (("BIT_PARALLEL", b), ("LANES", 16), ("ACC_MAX", 16)))
        for b in (1, 4, 8, 16)
    ]
    designs += [
        Design(f"binary, {bits}-bit accumulator", "mac_mvm", mac_sources, (("LANES", 16), ("ACC_BITS", bits)))
        for bits in (20, 32)
    ]
    return designs


def mean_cycles(layers: list[lo.Layer], bits: int, weight_bits: int, parallel_bits: int, mvms: int) -> float:
    """Cycles an MVM spends on a weight of the convolutions, weighted by products; mvms meet at every weight."""
    cycles = products = 0
    for layer in layers:
        counts = counter_value(bits, layer.weights.reshape(layer.out_c, -1), weight_bits)
        cost = product_cycles(counts, parallel_bits, bool(layer.zero_skip))
        pixels = layer.out_h * layer.out_w
        for first in range(0, layer.out_c, mvms):
            group = cost[first : first + mvms]
            cycles += pixels * len(group) * int(np.asarray(group).max(axis=0).sum())
            products += pixels * group.size
    return cycles / products


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ganglion.area", description="Area of the arrays by Yosys and OpenSTA.")
    parser.add_argument("--root", type=Path, default=Path(), help="the repository")
    parser.add_argument("--build", type=Path, required=True, help="build tree (the core's sources: rtl/sc_cnn.f)")
    parser.add_argument("--core", action="store_true", help="the whole SC-CNN core, too: some minutes")
    parser.add_argument("--loadable", type=Path, action="append", default=[], help="network whose weights count")
    parser.add_argument(
        "--weight-bits", type=int, nargs="*", default=[6, 5], help="other precisions n_w of the weights"
    )
    options = parser.parse_args(arguments)
    designs = lane_groups(options.root.resolve())
    if options.core:
        sources = tuple(Path(line) for line in (options.build / "rtl/sc_cnn.f").read_text().split())
        designs.append(Design("SC-CNN core, 16 x 16, b = 8", "sc_cnn", sources, flatten=False, macs=256))
    try:
        figures = {}
        for design in designs:
            print(f"mapping {design.name} ...", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix="ganglion-area-") as folder:
                figures[design] = synthesise(design, Path(folder))
    except ToolError as error:
        print(f"ganglion.area: {error}", file=sys.stderr)
        return 2
    print("| design | um2 | gates | flip-flops | gates a lane | longest path ns | mW at 50 MHz |")
    print("|---|---|---|---|---|---|---|")
    for design, f in figures.items():
        print(
            f"| {design.name} | {f.area:.0f} | {f.gates:.0f} | {f.flip_flops} | {f.gates / design.macs:.0f} "
            f"| {f.path_ns:.2f} | {f.power_mw:.2f} |"
        )
    binary = {d.name: f for d, f in figures.items() if d.top == "mac_mvm"}
    for path in options.loadable:
        network = lo.load(path)
        layers = [
            layer for layer in network.layers if layer.kind == lo.KIND_CONV2D and layer.target == lo.TARGET_SC_CNN
        ]
        if not layers:
            print(f"ganglion.area: {path}: no convolution for the SC-CNN core", file=sys.stderr)
            return 2
        print(f"\n{path.name}: products an area, lane group against binary lane group at the same clock\n")
        print("| b | n_w | cycles a product, one MVM | 16 MVMs that meet |", *(f"against {n} |" for n in binary))
        print("|---|---|---|---|" + "---|" * len(binary))
        for design, f in figures.items():
            if design.top != "sc_mvm":
                continue
            b = dict(design.parameters)["BIT_PARALLEL"]
            for n_w in (network.operand_bits, *options.weight_bits):
                alone, together = (mean_cycles(layers, network.operand_bits, n_w, b, mvms) for mvms in (1, 16))
                ratios = [f"{g.area / f.area / alone:.2f} / {g.area / f.area / together:.2f}" for g in binary.values()]
                print(f"| {b} | {n_w} | {alone:.2f} | {together:.2f} | {' | '.join(ratios)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
