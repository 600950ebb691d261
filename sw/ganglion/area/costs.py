"""Entries of the cost tables that are ratios of our syntheses times the one published 40 nm synthesis of a binary MAC.

One lane of the core over one of the binary array with 20-bit accumulators, both mapped by the same script to the same
0.18 um cells, times UnarySim's binary MAC (8 x 8 bits, 20-bit accumulator, TSMC 40 nm, 1.1 V, 400 MHz). A lane is a
twelfth of a group of 16 lanes less one of 4, what the lanes share is the rest. Energies are at the activity of real
operands; bounds are that without glitches and with those of equal delays, where the ratios differ much.

Assumed: ratios carry over from 0.18 um and its cells to 40 nm within TRANSFER either way, which nobody has measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from ganglion.area.designs import ACCUMULATORS, LANES, PARALLEL_BITS, SMALL
from ganglion.area.report import Results

MAC_UM2 = 598.88
MAC_PJ = 0.662
PRODUCT_PJ = 0.411  # of them, as UnarySim's adder leaves it: our syntheses do not tell multiplier and accumulator apart
TRANSFER = 0.2
TABLES = {"sc_cnn": Path("ip/sc_cnn/cost.yaml"), "mac_array": Path("ip/mac_array/cost.yaml")}
UNARY_SIM = "UnarySim's binary MAC"


@dataclass(frozen=True)
class Entry:
    """A value with bounds, in the unit of its place."""

    value: float
    low: float
    high: float
    source: str


@dataclass(frozen=True)
class Split:
    """Of a lane, and of what a group's lanes share."""

    lane: float
    shared: float


def area_split(results: Results, top: str, **parameters: int) -> Split:
    """um2."""
    large, small = (results.of(top, LANES=lanes, **parameters).area for lanes in (LANES, SMALL[0]))
    lane = (large - small) / (LANES - SMALL[0])
    return Split(lane, large - LANES * lane)


def energy_split(results: Results, top: str, **parameters: int) -> tuple[Split, Split]:
    """pJ a cycle, settled and glitching."""
    large, small = (results.of(top, LANES=lanes, **parameters) for lanes in SMALL)
    found = []
    for kind in ("settled_pj", "glitching_pj"):
        lane = (getattr(large, kind) - getattr(small, kind)) / (SMALL[0] - SMALL[1])
        found.append(Split(lane, getattr(large, kind) - SMALL[0] * lane))
    return found[0], found[1]


def _area(ratio: float, what: str) -> Entry:
    value = ratio * MAC_UM2
    source = f"ratio {ratio:.3f} of {what} (./dev area, ip/sc_cnn/area.json) times {MAC_UM2} um2 of {UNARY_SIM}"
    return Entry(value, value * (1 - TRANSFER), value * (1 + TRANSFER), source)


def _energy(ratios: tuple[float, float], what: str, less: float = 0.0) -> Entry:
    low, high = sorted(ratios)
    source = (
        f"ratio {low:.3f} to {high:.3f} of {what}, real operands (./dev area, ip/sc_cnn/area.json), times {MAC_PJ} pJ "
    )
    source += f"of {UNARY_SIM}; value in the middle"
    value, least, most = (low + high) / 2 * MAC_PJ, low * (1 - TRANSFER) * MAC_PJ, high * (1 + TRANSFER) * MAC_PJ
    return Entry(value - less, max(least - less, 0.0), most - less, source)


def derive(results: Results) -> dict[str, dict[tuple[str, str], Entry]]:
    """By table, section and key."""
    mac = {bits: area_split(results, "mac_mvm", ACC_BITS=bits) for bits in ACCUMULATORS}
    unit = mac[20].lane
    sc, binary = "a lane of the SC-CNN core to a binary one", "a part of a binary lane to the whole"
    core: dict[tuple[str, str], Entry] = {}
    energy = {bits: energy_split(results, "mac_mvm", ACC_BITS=bits) for bits in ACCUMULATORS}
    units = tuple(split.lane for split in energy[20])
    for b in PARALLEL_BITS:
        split = area_split(results, "sc_mvm", BIT_PARALLEL=b)
        core["area", f"lane_b{b}"] = _area(split.lane / unit, sc)
        if b == 8:
            core["area", "mvm_control"] = _area(split.shared / unit, "what 16 lanes share to a binary lane")
        splits = energy_split(results, "sc_mvm", BIT_PARALLEL=b)
        ratios = [split.lane / u for split, u in zip(splits, units, strict=True)]
        core["actions", f"lane_cycle_b{b}"] = _energy((ratios[0], ratios[1]), sc)
        if b == 8:
            shared = [split.shared / u for split, u in zip(splits, units, strict=True)]
            core["actions", "counter_cycle"] = _energy((shared[0], shared[1]), "what lanes share to a binary lane")
    array: dict[tuple[str, str], Entry] = {}
    bit = (mac[48].lane - mac[20].lane) / 28
    multiplier = mac[20].lane - 20 * bit
    array["area", "multiplier_8"] = _area(multiplier / unit, binary)
    for width in ACCUMULATORS:
        array["area", f"accumulator_{width}"] = _area((mac[width].lane - multiplier) / unit, binary)
        if width > 20:
            wide = f"a lane of {width}-bit accumulators to one of 20, less product_8"
            ratios = [split.lane / u for split, u in zip(energy[width], units, strict=True)]
            array["actions", f"accumulate_{width}"] = _energy((ratios[0], ratios[1]), wide, PRODUCT_PJ)
    array["area", "mvm_control"] = _area(mac[20].shared / unit, "what 16 binary lanes share to a lane")
    return {"sc_cnn": core, "mac_array": array}


def differences(derived: dict[tuple[str, str], Entry], table: dict) -> list[str]:
    """Where a cost table does not say what was derived; numbers to three digits."""
    found = []
    for (section, key), entry in derived.items():
        stated = table[section][key]
        value = stated["um2" if section == "area" else "pj"]
        wanted = [float(f"{x:.3g}") for x in (entry.value, entry.low, entry.high)]
        if [value, stated["low"], stated["high"]] != wanted or stated["source"] != entry.source:
            found.append(
                f"{section}.{key}: {value} ({stated['low']} to {stated['high']}), expected {wanted}, {entry.source}"
            )
    return found


def rewritten(derived: dict[tuple[str, str], Entry], text: str) -> str:
    """A cost table with the derived numbers and sources in place of its own; everything else stays."""
    lines, section, key = [], "", ""
    for line in text.splitlines():
        name = line.strip().split(":")[0]
        if line and not line.startswith((" ", "#")):
            section, key = name, ""
        elif line.startswith("  ") and not line.startswith("   ") and line.rstrip().endswith(":"):
            key = name
        entry = derived.get((section, key))
        values = {"pj": "value", "um2": "value", "low": "low", "high": "high"}
        if entry is not None and name in values and line.startswith("    "):
            line = f"    {name}: {float(f'{getattr(entry, values[name]):.3g}'):g}"
        elif entry is not None and name == "source":
            line = f'    source: "{entry.source}"'
        lines.append(line)
    return "\n".join(lines) + "\n"


def read(path: Path) -> dict:
    """A cost table."""
    return yaml.safe_load(path.read_text())
