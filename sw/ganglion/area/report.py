"""Figures as JSON, which is committed, and as the Markdown tables of the documentation, which are made from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ganglion.area.designs import SMALL, Figures, Part
from ganglion.area.sta import ACTIVITY, CLOCK_NS
from ganglion.area.throughput import Weights, equal_array
from ganglion.errors import GanglionError

SCHEMA = "ganglion.area/1"
PATH = Path("ip/sc_cnn/area.json")  # committed
README = Path("ip/sc_cnn/README.md")
ACCUMULATORS = (20, 32)
CORE_BITS = (8, 16)  # b of the whole cores that are compared


@dataclass(frozen=True)
class Results:
    """Everything a run found."""

    designs: list[Figures]
    weights: list[Weights]

    def of(self, top: str, **parameters: int) -> Figures:
        """The design with this top module and at least these parameters."""
        for design in self.designs:
            if design.top == top and all(design.parameters.get(key) == value for key, value in parameters.items()):
                return design
        raise GanglionError(f"no {top} {parameters}", expected="a design of ./dev area --core --write")

    def has(self, top: str, **parameters: int) -> bool:
        """Whether `of` finds one."""
        return any(d.top == top and parameters.items() <= d.parameters.items() for d in self.designs)


def to_json(results: Results) -> str:
    """Rounded to what the tables need."""
    designs = []
    for design in results.designs:
        entry = asdict(design)
        entry["path_ns"] = round(design.path_ns, 2)
        entry["parts"] = [
            [p.name, p.number, round(p.area, 1), p.flip_flops, round(p.power_mw, 4)] for p in design.parts
        ]
        designs.append(json.dumps(entry))
    weights = []
    for row in results.weights:
        cycles = {b: [round(mean, 4) for mean in means] for b, means in row.cycles.items()}
        weights.append(json.dumps({**asdict(row), "cycles": cycles}))
    return (
        f'{{"schema": "{SCHEMA}",\n "designs": [\n  ' + ",\n  ".join(designs) + '\n ],\n "weights": [\n  '
        + ",\n  ".join(weights) + "\n ]}\n"
    )  # fmt: skip


def from_json(text: str, where: str) -> Results:
    """The committed figures."""
    found = json.loads(text)
    if found.get("schema") != SCHEMA:
        raise GanglionError(f"schema {found.get('schema')!r}", expected=SCHEMA, where=where)
    designs = [Figures(**{**entry, "parts": [Part(*part) for part in entry["parts"]]}) for entry in found["designs"]]
    weights = [
        Weights(**{**row, "cycles": {int(b): tuple(means) for b, means in row["cycles"].items()}})
        for row in found["weights"]
    ]
    return Results(designs, weights)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Markdown."""
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "\n".join("|" + "|".join(line) + "|" if line[0] == "---" else f"| {' | '.join(line)} |" for line in lines)


def designs_table(results: Results) -> str:
    """Every design with its own lanes."""
    rows = [
        (d.name, f"{d.area:.0f}", f"{d.gates:.0f}", f"{d.flip_flops}", f"{d.gates / d.lanes:.0f}", f"{d.path_ns:.2f}",
         f"{d.power_mw:.1f}", f"{d.memory_bits // 1024}" if d.memory_bits else "-")
        for d in results.designs
        if d.lanes not in SMALL
    ]  # fmt: skip
    head = ("design", "um2", "gates", "flip-flops", "gates a lane", "longest path ns",
            f"mW at {1000 / CLOCK_NS:.0f} MHz", "memories left out, Kibit")  # fmt: skip
    return table(head, rows)


def parts_table(design: Figures) -> str:
    """A design's modules, each without those in it."""
    rows = [
        (p.name, f"{p.number}", f"{p.area / 24:.0f}", f"{p.number * p.area / 24:.0f}", f"{p.number * p.flip_flops}",
         f"{100 * p.number * p.area / design.area:.1f}")
        for p in design.parts
    ]  # fmt: skip
    return table(("module, its own cells", "number", "gates each", "gates", "flip-flops", "% of the area"), rows)


def weights_table(results: Results) -> str:
    """Cycles and accuracy, and products an area of lane groups against binary ones at the same clock."""
    head = ["network", "n_w", "correct %", "b", "cycles a product, one MVM", "16 MVMs that meet"]
    head += [f"products an area against {bits} bits" for bits in ACCUMULATORS]
    rows = []
    for row in results.weights:
        for b, (alone, together) in row.cycles.items():
            area = results.of("sc_mvm", BIT_PARALLEL=b, LANES=16).area
            ratios = [results.of("mac_mvm", ACC_BITS=bits, LANES=16).area / area for bits in ACCUMULATORS]
            rows.append((row.network, f"{row.weight_bits}", f"{row.share:.1f}", f"{b}", f"{alone:.2f}",
                         f"{together:.2f}", *(f"{r / alone:.2f} / {r / together:.2f}" for r in ratios)))  # fmt: skip
    return table(head, rows)


def with_section(document: str, name: str, text: str, where: str) -> str:
    """`document` with what stands between the marks of section `name` replaced."""
    mark = re.compile(rf"(<!-- area:{name} -->\n).*?(\n<!-- /area:{name} -->)", re.S)
    if not mark.search(document):
        raise GanglionError(f"no marks of section {name}", where=where,
                            expected=f"<!-- area:{name} --> and <!-- /area:{name} -->")  # fmt: skip
    return mark.sub(lambda m: m.group(1) + "\n" + text + "\n" + m.group(2), document)


def core_of(results: Results, parallel_bits: int) -> float:
    """um2 of the whole core with other MVMs in the same array: the other modules do not depend on b."""
    core = results.of("sc_cnn")
    theirs, other = (
        results.of("sc_mvm", BIT_PARALLEL=8, LANES=16),
        results.of("sc_mvm", BIT_PARALLEL=parallel_bits, LANES=16),
    )
    return core.area + 16 * (other.area - theirs.area)


def sections(results: Results) -> dict[str, str]:
    """The README's tables by the names of their marks."""
    found = {
        "designs": designs_table(results),
        "weights": weights_table(results),
    }
    if results.has("sc_cnn"):
        found["core"] = parts_table(results.of("sc_cnn"))
        found["equal"] = equal_table(results)
    return found


def array_sizes(weights: list[Weights]) -> list[tuple[int, int]]:
    """MVMs and lanes of the binary arrays that `equal_table` shows, the largest first."""
    equal = [equal_array(256, row.cycles[b][1]) for row in weights for b in CORE_BITS]
    return sorted({(16, 16), *((e.mvms, e.lanes) for e in equal)}, reverse=True)


def binary_core(results: Results, mvms: int, lanes: int) -> tuple[float, str]:
    """um2 of a whole binary array, and where the figure is from."""
    if results.has("mac_array", MVMS=mvms, LANES=lanes):
        return results.of("mac_array", MVMS=mvms, LANES=lanes).area, "synthesised"
    core = results.of("sc_cnn")
    shell = core.area - 16 * results.of("sc_mvm", BIT_PARALLEL=8, LANES=16).area
    return shell + mvms * lanes / 16 * results.of("mac_mvm", ACC_BITS=32, LANES=16).area, "sum"


def equal_table(results: Results) -> str:
    """Whole core against whole binary array: of equal peak, and of equal throughput for each set of weights."""
    head = ("network", "n_w", "correct %", "b", "products a cycle of the core", "binary lanes (mismatch %)",
            "gates, core", "gates, binary", "from", "products an area, equal peak", "equal throughput")  # fmt: skip
    rows = []
    peak, _ = binary_core(results, 16, 16)
    for row in results.weights:
        for b in CORE_BITS:
            together = row.cycles[b][1]
            equal = equal_array(256, together)
            area, origin = binary_core(results, equal.mvms, equal.lanes)
            ours = core_of(results, b)
            rows.append((row.network, f"{row.weight_bits}", f"{row.share:.1f}", f"{b}", f"{equal.wanted:.1f}",
                         f"{equal.mvms} x {equal.lanes} ({100 * equal.mismatch:+.0f})", f"{ours / 24:.0f}",
                         f"{area / 24:.0f}", origin, f"{peak / ours / together:.2f}",
                         f"{equal.wanted / equal.products * area / ours:.2f}"))  # fmt: skip
    return table(head, rows)


def text_of(results: Results) -> str:
    """All tables."""
    titles = {
        "designs": f"Designs, power at an activity of {ACTIVITY} on every net",
        "core": "The whole SC-CNN core by modules",
        "weights": "Lane groups: products an area over those of a binary lane group at the same clock "
        "(an MVM alone / with the barrier of 16)",
        "equal": "Whole core against whole binary array",
    }
    return "\n\n".join(f"{titles[name]}\n\n{text}" for name, text in sections(results).items())
