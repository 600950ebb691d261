"""`ganglion-arrays`: SC-CNN core and MAC array on one network, by a run of `scenarios/mac_array.yaml`, as Markdown.

Times and energies are of the array itself within its own region of the run, an image; energies with the bounds that the
estimates of both cost tables leave.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

from ganglion.deepcam.platform_run import run_report
from ganglion.errors import EXIT_OK, GanglionError, run_command

ARRAYS = ("sc_cnn", "mac_array")
PARTS = {
    "lanes": ("lane_cycle_", "counter_cycle", "product_", "tree_add", "accumulate_"),
    "on-chip memories": ("input_read", "weight_read", "buffer_write", "output_write", "output_read", "dma_beat"),
    "post-processing": ("requantise", "pool_compare"),
    "clock and leakage": ("clock", "leakage"),
}


@dataclass(frozen=True)
class Energy:
    """pJ with bounds."""

    value: float
    low: float
    high: float

    def text(self, images: int) -> str:
        """nJ an image."""
        value, low, high = (v * 1e-3 / images for v in (self.value, self.low, self.high))
        return f"{value:.1f} ({low:.1f} to {high:.1f})"


@dataclass(frozen=True)
class Column:
    """One array's figures in its region."""

    images: int
    correct: int
    compute_us: float
    transfer_us: float
    parts: dict[str, Energy]

    @property
    def total(self) -> Energy:
        """All parts together."""
        found = self.parts.values()
        return Energy(sum(e.value for e in found), sum(e.low for e in found), sum(e.high for e in found))


def column(report: dict, name: str) -> Column:
    """The figures of array `name`."""
    try:
        region = next(r for r in report["regions"] if r["name"] == name)
        time, actions = region["time_by_component"][name], region["energy_by_action"][name]
        result = report["result"]["sets"][name]
    except (KeyError, StopIteration):
        raise GanglionError(f"no component, region and result set called {name} in the report",
                            expected="a scenario such as mac_array.yaml") from None  # fmt: skip
    parts = {}
    for part, prefixes in PARTS.items():
        entries = [e for action, e in actions.items() if action.startswith(prefixes)]
        parts[part] = Energy(*(sum(e[key] for e in entries) for key in ("pj", "low_pj", "high_pj")))
    microseconds = 1e-6 / result["images"]
    return Column(result["images"], result["correct"], time["compute"] * microseconds,
                  (time["memory"] + time["arbitration"]) * microseconds, parts)  # fmt: skip


def to_markdown(columns: dict[str, Column]) -> str:
    """A row a figure, a column an array."""
    rows: list[tuple[str, ...]] = [
        ("correct", *(f"{c.correct} of {c.images}" for c in columns.values())),
        ("lanes busy, us an image", *(f"{c.compute_us:.2f}" for c in columns.values())),
        ("waiting for transfers, us an image", *(f"{c.transfer_us:.2f}" for c in columns.values())),
        *((f"{part}, nJ an image", *(c.parts[part].text(c.images) for c in columns.values())) for part in PARTS),
        ("the array, nJ an image", *(c.total.text(c.images) for c in columns.values())),
    ]
    lines = ["| | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="ganglion-arrays", description="SC-CNN core and MAC array side by side.")
    p.add_argument("scenario", nargs="?", default="mac_array.yaml", help="default: mac_array.yaml")
    p.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as `ganglion run`")
    args = p.parse_args(argv)
    settings = {}
    for word in args.set:
        key, equals, value = word.partition("=")
        if not equals:
            raise GanglionError(f"--set {word}", expected="--set KEY=VALUE")
        settings[key] = value
    report = run_report(args.scenario, settings)
    print(to_markdown({name: column(report, name) for name in ARRAYS}), end="")
    return EXIT_OK


def command() -> int:
    """Entry point."""
    return run_command(main)


if __name__ == "__main__":
    sys.exit(command())
