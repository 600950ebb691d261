"""Reader of cost tables (docs/reference/cost-format.md) for analyses on the host; the platform has its own in C++.

Models: the actions of a table, checked by the rules of the format. Leaves out: clock, leakage and area, which formulas
of cycles and counts do not use, and scaling between nodes: callers print node and voltage beside their sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from ganglion.errors import GanglionError

SCHEMA = "ganglion.cost/1"
CLASSES = ("silicon", "layout", "synthesis", "paper", "estimate")
_KEYS = {"definition", "pj", "low", "high", "node", "voltage", "class", "source"}
FOLDER = Path(__file__).parent / "costs"


@dataclass(frozen=True)
class Cost:
    """Energy of one action in pJ with bounds (the value itself where the class is better than estimate)."""

    definition: str
    pj: float
    low: float
    high: float
    node: str
    voltage: str
    grade: str
    source: str


@dataclass(frozen=True)
class Energy:
    """Sum over actions, pJ; `by_class` holds the part that rests on each class."""

    pj: float
    low: float
    high: float
    by_class: dict[str, float]

    def share(self, grade: str) -> float:
        """Part of the sum that rests on one class, 0..1."""
        return self.by_class.get(grade, 0.0) / self.pj if self.pj else 0.0


@dataclass(frozen=True)
class CostTable:
    """Actions of one component."""

    component: str
    actions: dict[str, Cost]
    where: str

    def energy(self, counts: Mapping[str, float]) -> Energy:
        """Prices counts; an action without an entry is an error, never a silent zero."""
        totals = [0.0, 0.0, 0.0]
        by_class: dict[str, float] = {}
        for name, count in sorted(counts.items()):
            if name not in self.actions:
                raise GanglionError(f"no cost of action '{name}'", where=self.where,
                                    expected="one of " + ", ".join(sorted(self.actions)))  # fmt: skip
            cost = self.actions[name]
            for i, price in enumerate((cost.pj, cost.low, cost.high)):
                totals[i] += count * price
            by_class[cost.grade] = by_class.get(cost.grade, 0.0) + count * cost.pj
        return Energy(*totals, by_class)


def _number(entry: dict, key: str, where: str) -> float:
    value = entry[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise GanglionError(f"{key}: {value}", expected="a number, not negative", where=where)
    return float(value)


def _action(entry: object, where: str) -> Cost:
    if not isinstance(entry, dict):
        raise GanglionError(f"{entry!r}", expected="a map of definition, pj, node, voltage, class, source", where=where)
    unknown = set(entry) - _KEYS
    missing = _KEYS - {"low", "high"} - set(entry)
    if unknown or missing:
        found = f"unknown key '{min(unknown)}'" if unknown else f"no key '{min(missing)}'"
        raise GanglionError(found, expected=", ".join(sorted(_KEYS)), where=where)
    if entry["class"] not in CLASSES:
        raise GanglionError(f"class {entry['class']}", expected="one of " + ", ".join(CLASSES), where=where)
    bounds = {"low", "high"} & set(entry)
    if (entry["class"] == "estimate" and len(bounds) != 2) or (entry["class"] != "estimate" and bounds):
        raise GanglionError(f"class {entry['class']} with bounds {sorted(bounds)}", where=where,
                            expected="low and high for an estimate, neither otherwise")  # fmt: skip
    for key, unit in (("node", " nm"), ("voltage", " V")):
        if not str(entry[key]).endswith(unit):
            raise GanglionError(f"{key}: {entry[key]}", expected=f"a value in{unit}", where=where)
    pj = _number(entry, "pj", where)
    low, high = (_number(entry, key, where) if bounds else pj for key in ("low", "high"))
    if not low <= pj <= high:
        raise GanglionError(f"bounds {low}..{high} around {pj}", expected="low <= pj <= high", where=where)
    return Cost(entry["definition"], pj, low, high, entry["node"], entry["voltage"], entry["class"], entry["source"])


def load(path: Path) -> CostTable:
    """Reads the actions of a table; every broken rule is a GanglionError that names file, action and rule."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise GanglionError(f"not YAML ({error})", expected="a cost table", where=str(path)) from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise GanglionError("no cost table", expected=f"schema: {SCHEMA}", where=str(path))
    entries = document.get("actions") or {}
    actions = {name: _action(entry, f"{path}: action {name}") for name, entry in entries.items()}
    return CostTable(str(document.get("component", "")), actions, str(path))
