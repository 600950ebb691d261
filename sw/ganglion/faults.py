"""`ganglion-faults`: accuracy against the rate of bit flips, the same network on the SC-CNN core and on the MAC array.

Every point is a run of firmware on the platform, faults in one site of each design. Writes CSV, Markdown and a plot.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ganglion import dataset, image_sources, loadable, studies
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
class Sites:
    """Site of each design by its name, and parameters of a design that are not the scenario's ("NAME.parameter")."""

    of: dict[str, str]
    set: dict[str, object]

    def variant(self, design: str) -> str:
        """What `set` makes of the design: "accumulator_bits 20"; "" when it is the scenario's."""
        own = {key.partition(".")[2]: value for key, value in self.set.items() if key.partition(".")[0] == design}
        return ", ".join(f"{name} {value}" for name, value in own.items())


@dataclass(frozen=True)
class Study:
    """What is varied."""

    scenario: str
    images: int
    seeds: tuple[int, ...]
    rates: tuple[float, ...]
    sites: tuple[Sites, ...]


@dataclass(frozen=True)
class Point:
    """Right predictions of one network on one design, and the bits that were flipped."""

    network: str
    design: str
    variant: str
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
    def name(self) -> str:
        """The design and what is special about it."""
        return DESIGNS[self.design] + (f" ({self.variant})" if self.variant else "")

    @property
    def line(self) -> str:
        """Name of the curve it lies on."""
        return f"{self.name}, {self.site}"


def _sites(entry: object, where: str) -> Sites:
    settings = entry.get("set", {}) if isinstance(entry, dict) else None
    good = isinstance(settings, dict) and set(entry) - {"set"} == set(DESIGNS)
    if not good or any(str(key).partition(".")[0] not in DESIGNS for key in settings):
        raise GanglionError(f"sites: {entry}", where=where,
                            expected=f"a list of {{{', '.join(DESIGNS)}}}, with set: {{NAME.parameter: value}} or "
                            "without")  # fmt: skip
    return Sites({design: str(entry[design]) for design in DESIGNS}, settings)


def read(path: Path) -> Study:
    """The study's file; what is unknown, missing or out of range is a GanglionError."""
    where = str(path)
    document = studies.read_document(path, SCHEMA, "study of faults", {f.name for f in fields(Study)})
    images = studies.numbers([document["images"]], "images", 1, 1 << 20, where)[0]
    seeds = studies.numbers(document["seeds"], "seeds", 0, 2**31, where)
    rates = studies.numbers(document["rates"], "rates", 0, 1, where, (int, float))
    sites = document["sites"]
    entries = sites if isinstance(sites, list) and sites else [sites]
    return Study(str(document["scenario"]), images, seeds, tuple(float(r) for r in rates),
                 tuple(_sites(entry, where) for entry in entries))  # fmt: skip


def run(
    study: Study, files: dict[str, Path], labels: Any, name: str, sites: Sites, rate: float, seed: int
) -> Iterator[Point]:
    """One run of the platform: a point for each design with a site."""
    settings: dict[str, object] = {f"images.{key}.file": path for key, path in files.items()}
    settings |= {f"soc.{key}": value for key, value in sites.set.items()}
    for design, site in sites.of.items():
        settings |= {f"soc.{design}.faults.{key}": value for key, value in
                     (("site", site), ("rate", rate), ("seed", seed))}  # fmt: skip
    report = run_report(study.scenario, settings)
    for design, site in sites.of.items():
        if site == NONE:
            continue
        predictions = report["result"]["sets"][design]["predictions"]
        flips = report["components"][design]["actions"].get("injected_fault", 0)
        yield Point(name, design, sites.variant(design), site, rate, seed, len(predictions),
                    correct(predictions, labels), flips)  # fmt: skip


def measure(study: Study, found: Subject) -> Iterator[Point]:
    """All points of one network; a rate of 0, which draws nothing, once for each design and variant of it."""
    images = found.slice(study.images)
    with tempfile.TemporaryDirectory() as folder:
        files = {"dataset": Path(folder) / "images.gnd"}
        dataset.save(images, files["dataset"])
        for design in DESIGNS:
            files[f"loadable-{design}"] = Path(folder) / f"{design}.gnl"
            network = lower(found.calibrated.quantised, Options(design), found.calibrated.images)
            loadable.save(network, files[f"loadable-{design}"])
        name = found.network.name
        known: set[tuple[str, str]] = set()
        for sites in study.sites:
            ideal = Sites({d: NONE if (d, sites.variant(d)) in known else "buffer" for d in DESIGNS}, sites.set)
            if set(ideal.of.values()) != {NONE}:
                for point in run(study, files, images.labels, name, ideal, 0.0, study.seeds[0]):
                    known.add((point.design, point.variant))
                    yield replace(point, site=NONE)
            for rate in study.rates:
                for seed in study.seeds:
                    yield from run(study, files, images.labels, name, sites, rate, seed)


def curves(points: list[Point], network: str) -> dict[str, dict[float, list[Point]]]:
    """Points of all seeds by curve and rate."""
    found: dict[str, dict[float, list[Point]]] = {}
    for point in points:
        if point.network == network and point.site != NONE:
            found.setdefault(point.line, {}).setdefault(point.rate, []).append(point)
    return found


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
        lines += ["", f"## {network}, {ideal[0].images:,} images", "",
                  "Without faults: " + ", ".join(f"{p.name} {p.share:.1f} %" for p in ideal) + ".", "",
                  "| design, site | " + " | ".join(f"{r:g}" for r in rates) + f" | flips an image at {rates[-1]:g} |",
                  "|---|" + "---|" * (len(rates) + 1)]  # fmt: skip
        for name, by_rate in found.items():
            last = by_rate[rates[-1]]
            flips = sum(p.flips for p in last) / sum(p.images for p in last)
            cells = [studies.cell([p.share for p in by_rate[r]]) for r in rates]
            lines.append(f"| {name} | " + " | ".join(cells) + f" | {flips:,.0f} |")
    return "\n".join(lines) + "\n"


def plot(points: list[Point], path: Path) -> None:
    """A panel a network: mean over seeds with bars from lowest to highest; solid the core, dashed the array, dotted
    the array otherwise built.
    """
    networks = list(dict.fromkeys(p.network for p in points))
    figure, panels = studies.pyplot().subplots(
        1, len(networks), figsize=(6 * len(networks) + 2.5, 4.8), layout="constrained", sharey=True, squeeze=False
    )
    sites = list(dict.fromkeys(p.site for p in points if p.site != NONE))
    variants = list(dict.fromkeys(p.variant for p in points if p.variant))
    for panel, network in zip(panels.flat, networks, strict=True):
        for name, by_rate in curves(points, network).items():
            first = next(iter(by_rate.values()))[0]
            style = "o-" if first.design == "sc_cnn" else "s--"
            if first.variant:
                style = "^vDP"[variants.index(first.variant) % 4] + ":"
            shares = {rate: [p.share for p in found] for rate, found in by_rate.items()}
            studies.draw_curve(panel, shares, style, color=f"C{sites.index(first.site)}", label=name)
        images = next(p.images for p in points if p.network == network)
        panel.set_xscale("log")
        panel.set_title(f"{network}, {images:,} images")
        studies.finish_panel(panel, "probability that a bit flips in an event")
    panels[0][0].set_ylabel("correct, % (dotted: guessing)")
    figure.legend(*panels[0][0].get_legend_handles_labels(), fontsize=8, loc="outside right upper")
    figure.suptitle("Bit flips in the SC-CNN core and in the binary MAC array, firmware on the platform")
    studies.save(figure, path)


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
        study = replace(study, images=args.images)
    points: list[Point] = []
    for found in subjects(image_sources.optional_data_folder(args.data)):
        for point in measure(study, found):
            points.append(point)
            print(f"{point.network:<10} {point.line:<28} {point.rate:<8g} seed {point.seed}: {point.share:5.1f} % of "
                  f"{point.images}, {point.flips} flips", flush=True)  # fmt: skip
    write_whole(args.output / "faults.csv", studies.to_csv(points, Point).encode())
    write_whole(args.output / "faults.md", to_markdown(points).encode())
    plot(points, args.output / "faults.png")
    return EXIT_OK


def command() -> int:
    """Entry point."""
    return run_command(main)


if __name__ == "__main__":
    sys.exit(command())
