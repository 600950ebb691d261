"""What studies of accuracy share: their file, CSV of their points, mean and spread over seeds, panels of curves."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import yaml

from ganglion.errors import GanglionError


def read_document(path: Path, schema: str, what: str, needed: Collection[str], optional: Collection[str] = ()) -> dict:
    """The YAML map at `path` with just these keys beside its `schema`; anything else is a GanglionError."""
    where = str(path)
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise GanglionError(f"not YAML ({error})", expected=f"schema: {schema}", where=where) from None
    if not isinstance(document, dict) or document.get("schema") != schema:
        raise GanglionError(f"no {what}", expected=f"schema: {schema}", where=where)
    known = {"schema", *needed, *optional}
    unknown, missing = set(map(str, document)) - known, set(needed) - set(document)
    if unknown or missing:
        raise GanglionError(f"unknown key '{min(unknown)}'" if unknown else f"no key '{min(missing)}'",
                            expected=", ".join(sorted(known - {"schema"})), where=where)  # fmt: skip
    return document


def numbers(
    value: object, what: str, low: float, high: float, where: str, kinds: tuple[type, ...] = (int,)
) -> tuple[Any, ...]:
    """A list, not empty, of numbers of these types within low..high."""
    good = isinstance(value, list) and value and all(type(v) in kinds and low <= v <= high for v in value)
    if not good:
        noun = "whole numbers" if kinds == (int,) else "numbers"
        raise GanglionError(f"{what}: {value}", expected=f"a list of {noun}, {low}..{high}", where=where)
    return tuple(value)


def to_csv(points: Sequence[object], kind: type) -> str:
    """One line a point, a column a field of the data class `kind`; figures to six digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(f.name for f in fields(kind))
    for point in points:
        writer.writerow(f"{v:.6g}" if isinstance(v, float) else v for v in astuple(point))
    return text.getvalue()


def mean(shares: Sequence[float]) -> float:
    """Of the seeds."""
    return sum(shares) / len(shares)


def cell(shares: Sequence[float]) -> str:
    """Mean over the seeds for a table, lowest and highest in brackets where they differ."""
    spread = f" ({min(shares):.1f} to {max(shares):.1f})" if min(shares) != max(shares) else ""
    return f"{mean(shares):.1f}{spread}"


def pyplot() -> Any:
    """matplotlib without a screen; slow to load, so only where something is drawn."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as loaded

    return loaded


def draw_curve(panel: Any, shares: Mapping[float, Sequence[float]], style: str, **options: object) -> None:
    """Mean over the seeds at each x, bars from lowest to highest."""
    means = [mean(found) for found in shares.values()]
    # The mean of equal shares may lie beyond them by rounding, and a bar may not be negative.
    bars = [[max(0.0, m - min(f)) for m, f in zip(means, shares.values(), strict=True)],
            [max(0.0, max(f) - m) for m, f in zip(means, shares.values(), strict=True)]]  # fmt: skip
    panel.errorbar(list(shares), means, bars, fmt=style, ms=4, lw=1.2, capsize=3, **options)


def finish_panel(panel: Any, xlabel: str, guessing: float = 10) -> None:
    """What every panel of shares has: its axes, a grid, and a line where guessing lies."""
    panel.set(xlabel=xlabel, ylim=(0, 102))
    panel.axhline(guessing, color="gray", lw=0.8, ls=":")
    panel.grid(alpha=0.3)


def save(figure: Any, path: Path, dpi: int = 110) -> None:
    """Writes the figure, without a stamp that would make it differ, and forgets it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=dpi, metadata={"Software": None})
    pyplot().close(figure)
