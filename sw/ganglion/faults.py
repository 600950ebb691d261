"""`ganglion-faults`: accuracy against the rate of bit flips, the same network on the SC-CNN core and on the MAC array.

Every point is a run of firmware on the platform, faults in one site of each design. Writes CSV, Markdown and a plot.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import yaml

from ganglion import dataset, image_sources, loadable
from ganglion.deepcam.platform_run import run_report
from ganglion.deepcam.subject import Subject, correct, subjects
from ganglion.errors import EXIT_OK, GanglionError, run_command
from ganglion.loadable import write_whole
from ganglion.lower import Options, lower

SCHEMA = "ganglion.fault-study/1"
STUDY = Path(__file__).resolve().parents[2] / "scenarios" / "papers" / "sc_cnn" / "faults.yaml"
DESIGNS = {"sc_cnn": "SC-CNN", "mac_array": "MAC array"}
NONE = "none"


@dataclass(frozen=True)
class Study:
    """What is varied; `sites` holds the site of each design by its name."""

    scenario: str
    images: int
    seeds: tuple[int, ...]
    rates: tuple[float, ...]
    sites: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Point:
    """Right predictions of one network on one design, and the bits that were flipped."""

    network: str
    design: str
    site: str
    rate: float
    seed: int
    images: int
    correct: int
    flips: int

    @property
    def share(self) -> float:
        """Correct, %."""
        return 100 * self.correct / self.images

    @property
    def line(self) -> str:
        """Name of the curve it lies on."""
        return f"{DESIGNS[self.design]}, {self.site}"


def _list(document: dict, key: str, kinds: tuple[type, ...], low: float, high: float, where: str) -> tuple:
    values = document[key]
    good = isinstance(values, list) and values and all(type(v) in kinds and low <= v <= high for v in values)
    if not good:
        raise GanglionError(f"{key}: {values}", expected=f"a list of numbers, {low:g}..{high:g}", where=where)
    return tuple(values)


def read(path: Path) -> Study:
    """The study's file; what is unknown, missing or out of range is a GanglionError."""
    where = str(path)
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise GanglionError(f"not YAML ({error})", expected=f"schema: {SCHEMA}", where=where) from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise GanglionError("no study of faults", expected=f"schema: {SCHEMA}", where=where)
    keys = {"schema", *(f.name for f in fields(Study))}
    if set(document) != keys:
        odd = min(set(document) ^ keys)
        raise GanglionError(f"{'unknown' if odd in document else 'no'} key '{odd}'", expected=", ".join(sorted(keys)),
                            where=where)  # fmt: skip
    images = document["images"]
    if type(images) is not int or images < 1:
        raise GanglionError(f"images: {images}", expected="a whole number, at least 1", where=where)
    sites = document["sites"]
    for entry in sites if isinstance(sites, list) else [sites]:
        if not isinstance(entry, dict) or set(entry) != set(DESIGNS):
            raise GanglionError(f"sites: {entry}", expected=f"a list of {{{', '.join(DESIGNS)}}}", where=where)
    seeds = _list(document, "seeds", (int,), 0, 2**31, where)
    rates = _list(document, "rates", (int, float), 0, 1, where)
    return Study(str(document["scenario"]), images, seeds, tuple(float(r) for r in rates), tuple(sites))


def run(
    study: Study, files: dict[str, Path], labels: object, name: str, sites: dict[str, str], rate: float, seed: int
) -> Iterator[Point]:
    """One run of the platform: a point for each design with a site."""
    settings: dict[str, object] = {f"images.{key}.file": path for key, path in files.items()}
    for design, site in sites.items():
        settings |= {f"soc.{design}.faults.{key}": value for key, value in
                     (("site", site), ("rate", rate), ("seed", seed))}  # fmt: skip
    report = run_report(study.scenario, settings)
    for design, site in sites.items():
        if site == NONE:
            continue
        predictions = report["result"]["sets"][design]["predictions"]
        flips = report["components"][design]["actions"].get("injected_fault", 0)
        yield Point(name, design, site, rate, seed, len(predictions), correct(predictions, labels), flips)


def measure(study: Study, found: Subject) -> Iterator[Point]:
    """All points of one network; a rate of 0, which draws nothing, once for each design."""
    images = found.slice(study.images)
    with tempfile.TemporaryDirectory() as folder:
        files = {"dataset": Path(folder) / "images.gnd"}
        dataset.save(images, files["dataset"])
        for design in DESIGNS:
            files[f"loadable-{design}"] = Path(folder) / f"{design}.gnl"
            network = lower(found.calibrated.quantised, Options(design), found.calibrated.images)
            loadable.save(network, files[f"loadable-{design}"])
        name = found.network.name
        ideal = dict.fromkeys(DESIGNS, "buffer")
        for point in run(study, files, images.labels, name, ideal, 0.0, study.seeds[0]):
            yield Point(name, point.design, NONE, 0.0, point.seed, point.images, point.correct, point.flips)
        for sites in study.sites:
            for rate in study.rates:
                for seed in study.seeds:
                    yield from run(study, files, images.labels, name, sites, rate, seed)


def to_csv(points: list[Point]) -> str:
    """One line a network, design, site, rate and seed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(f.name for f in fields(Point))
    writer.writerows(astuple(point) for point in points)
    return text.getvalue()


def curves(points: list[Point], network: str) -> dict[str, dict[float, list[Point]]]:
    """Points of all seeds by curve and rate."""
    found: dict[str, dict[float, list[Point]]] = {}
    for point in points:
        if point.network == network and point.site != NONE:
            found.setdefault(point.line, {}).setdefault(point.rate, []).append(point)
    return found


def _cell(points: list[Point]) -> str:
    shares = [p.share for p in points]
    spread = f" ({min(shares):.1f} to {max(shares):.1f})" if min(shares) != max(shares) else ""
    return f"{sum(shares) / len(shares):.1f}{spread}"


def to_markdown(points: list[Point]) -> str:
    """A table a network: mean over the seeds, lowest and highest in brackets; flips an image at the highest rate."""
    seeds = len({p.seed for p in points})
    lines = ["# Accuracy against the rate of bit flips", "",
             f"Generated by `ganglion-faults`: firmware on the platform, correct in %, mean of {seeds} seeds (lowest "
             "to highest). Rate: probability that a bit of the site flips in one event."]  # fmt: skip
    for network in dict.fromkeys(p.network for p in points):
        found = curves(points, network)
        rates = sorted({p.rate for p in points if p.network == network and p.site != NONE})
        ideal = [p for p in points if p.network == network and p.site == NONE]
        lines += ["", f"## {network}, {ideal[0].images} images", "",
                  "Without faults: " + ", ".join(f"{DESIGNS[p.design]} {p.share:.1f} %" for p in ideal) + ".", "",
                  "| design, site | " + " | ".join(f"{r:g}" for r in rates) + f" | flips an image at {rates[-1]:g} |",
                  "|---|" + "---|" * (len(rates) + 1)]  # fmt: skip
        for name, by_rate in found.items():
            last = by_rate[rates[-1]]
            flips = sum(p.flips for p in last) / sum(p.images for p in last)
            lines.append(f"| {name} | " + " | ".join(_cell(by_rate[r]) for r in rates) + f" | {flips:,.0f} |")
    return "\n".join(lines) + "\n"


def plot(points: list[Point], path: Path) -> None:
    """A panel a network: mean over seeds with bars from lowest to highest; solid the core, dashed the array."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    networks = list(dict.fromkeys(p.network for p in points))
    figure, panels = pyplot.subplots(
        1, len(networks), figsize=(7 * len(networks), 4.8), layout="constrained", sharey=True, squeeze=False
    )
    sites = list(dict.fromkeys(p.site for p in points if p.site != NONE))
    for panel, network in zip(panels.flat, networks, strict=True):
        for name, by_rate in curves(points, network).items():
            first = next(iter(by_rate.values()))[0]
            means = [sum(p.share for p in found) / len(found) for found in by_rate.values()]
            bars = [[m - min(p.share for p in f) for m, f in zip(means, by_rate.values(), strict=True)],
                    [max(p.share for p in f) - m for m, f in zip(means, by_rate.values(), strict=True)]]  # fmt: skip
            core = first.design == "sc_cnn"
            panel.errorbar(list(by_rate), means, bars, fmt="o-" if core else "s--", ms=4, lw=1.3, capsize=2,
                           color=f"C{sites.index(first.site)}", label=name)  # fmt: skip
        images = next(p.images for p in points if p.network == network)
        panel.set_xscale("log")
        panel.set(title=f"{network}, {images} images", xlabel="probability that a bit flips in an event", ylim=(0, 102))
        panel.axhline(10, color="gray", lw=0.8, ls=":")
        panel.grid(alpha=0.3)
    panels[0][0].set_ylabel("correct, % (dotted: guessing)")
    panels[0][0].legend(fontsize=8, loc="lower left")
    figure.suptitle("Bit flips in the SC-CNN core and in the binary MAC array, firmware on the platform")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="ganglion-faults", description="Accuracy against the rate of bit flips.")
    p.add_argument(
        "study", type=Path, nargs="?", default=STUDY, metavar="STUDY.yaml", help="default: the paper's claim"
    )
    p.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="faults.csv, faults.md, faults.png")
    p.add_argument("--images", type=int, help="of each test set, instead of the study's")
    p.add_argument("--data", type=Path, metavar="DIR", help="data folder: LeNet-5 too (default: GANGLION_DATA)")
    args = p.parse_args(argv)
    study = read(args.study)
    if args.images is not None:
        if args.images < 1:
            raise GanglionError(f"--images {args.images}", expected="at least 1")
        study = Study(study.scenario, args.images, study.seeds, study.rates, study.sites)
    points: list[Point] = []
    for found in subjects(image_sources.optional_data_folder(args.data)):
        for point in measure(study, found):
            points.append(point)
            print(f"{point.network:<10} {point.line:<28} {point.rate:<8g} seed {point.seed}: {point.share:5.1f} % of "
                  f"{point.images}, {point.flips} flips", flush=True)  # fmt: skip
    write_whole(args.output / "faults.csv", to_csv(points).encode())
    write_whole(args.output / "faults.md", to_markdown(points).encode())
    plot(points, args.output / "faults.png")
    return EXIT_OK


def command() -> int:
    """Entry point."""
    return run_command(main)


if __name__ == "__main__":
    sys.exit(command())
