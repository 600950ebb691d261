"""Accuracy against device noise, measured by firmware on the platform: `ganglion-deepcam noise`.

Every point is a run of the scenario with one parameter of the array changed and one seed. The emulation of the noise
predicts the first images of every run, too, and must agree with firmware image for image, or the command fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from ganglion import studies
from ganglion.deepcam import noise, platform_run
from ganglion.deepcam.end_to_end import agreed
from ganglion.deepcam.inference import check_hash
from ganglion.deepcam.placement import HashOptions
from ganglion.deepcam.subject import Subject, correct
from ganglion.errors import GanglionError
from ganglion.loadable import Loadable, write_whole

SCHEMA = "ganglion.deepcam-noise/1"
SCENARIO = Path(__file__).resolve().parents[3] / "scenarios" / "papers" / "deepcam" / "noise.yaml"
LARGEST = {"sense_sigma": 1 << 14, "sense_step_log2": 8, "conductance_sigma": 512, "read_sigma": 1 << 20}
AXIS_TITLES = {
    "sense_sigma": ("sense amplifier: deviation of a distance, bits", lambda v: v / 16),
    "sense_step_log2": ("sense amplifier: step of a distance, bits", lambda v: 1 << v),
    "conductance_sigma": ("crossbar: deviation of a conductance, % of the cells' own", lambda v: 100 * v / 512),
    "read_sigma": ("crossbar: read noise of a column sum, LSB", float),
}


@dataclass(frozen=True)
class Study:
    """What is varied."""

    scenario: str
    images: int
    compared: int
    seeds: tuple[int, ...]
    hashes: tuple[HashOptions, ...]
    axes: dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Point:
    """Right predictions of one run."""

    network: str
    bits: int
    tile: int
    axis: str
    value: int
    seed: int
    images: int
    correct: int

    @property
    def share(self) -> float:
        """Correct, %."""
        return 100 * self.correct / self.images

    @property
    def line(self) -> str:
        """Name of the curve it lies on."""
        return f"{self.network}, {f'tiles of {self.tile}' if self.tile else 'whole vectors'}, k = {self.bits}"


def read(path: Path) -> Study:
    """The scenario file; what is unknown, missing or out of range is a GanglionError."""
    where = str(path)
    document = studies.read_document(path, SCHEMA, "study of noise", {f.name for f in fields(Study)})
    images, compared = (
        studies.numbers([document[k]], k, low, 1 << 20, where)[0] for k, low in (("images", 1), ("compared", 0))
    )
    axes = document["axes"]
    if not isinstance(axes, dict) or not axes or set(axes) - set(LARGEST):
        raise GanglionError(f"axes: {axes}", expected="some of " + ", ".join(LARGEST), where=where)
    hashes = []
    for entry in document["hashes"] if isinstance(document["hashes"], list) else []:
        if not isinstance(entry, dict) or set(entry) != {"bits", "tile"}:
            raise GanglionError(f"hash {entry}", expected="{bits: K, tile: T}", where=where)
        check_hash(entry["bits"], entry["tile"], where)
        hashes.append(HashOptions(entry["bits"], entry["tile"]))
    if not hashes:
        raise GanglionError(f"hashes: {document['hashes']}", expected="a list of {bits: K, tile: T}", where=where)
    return Study(str(document["scenario"]), images, compared,
                 studies.numbers(document["seeds"], "seeds", 0, (1 << 32) - 1, where), tuple(hashes),
                 {axis: studies.numbers(values, axis, 0, LARGEST[axis], where)
                  for axis, values in axes.items()})  # fmt: skip


def measure(study: Study, subject: Subject) -> Iterator[Point]:
    """All points of one network. Where nothing is drawn (no sigma) the first seed stands for all."""
    for options in study.hashes:
        network = subject.compiled(options)
        for axis, values in study.axes.items():
            for value in values:
                drawn = value != 0 and axis != "sense_step_log2"
                for seed in study.seeds if drawn else study.seeds[:1]:
                    yield _point(study, subject, network, options, axis, value, seed)


def _point(
    study: Study, subject: Subject, network: Loadable, options: HashOptions, axis: str, value: int, seed: int
) -> Point:
    images = subject.slice(study.images)
    settings = {f"soc.deepcam.{axis}": value, "seed": seed}
    firmware = platform_run.run_network(network, images, settings, study.scenario)
    unit = noise.NoisyArray(noise.Noise(noise.Levels(**{axis: value}), seed))
    emulated = noise.predict(network, images.images[: study.compared], unit)
    agreed(firmware, emulated, f"{subject.network.name}, {options}, {axis} {value}, seed {seed}")
    return Point(subject.network.name, options.bits, options.tile, axis, value, seed, len(images.labels),
                 correct(firmware.predictions, images.labels))  # fmt: skip


def grouped(points: list[Point], axis: str) -> dict[str, dict[int, list[float]]]:
    """Shares of all seeds by curve and value."""
    found: dict[str, dict[int, list[float]]] = {}
    for point in points:
        if point.axis == axis:
            found.setdefault(point.line, {}).setdefault(point.value, []).append(point.share)
    return found


def to_markdown(points: list[Point]) -> str:
    """A table an axis: mean over the seeds, lowest and highest in brackets."""
    images = max(point.images for point in points)
    lines = ["# DeepCAM array: accuracy against device noise", "",
             f"Generated by `ganglion-deepcam noise`: firmware on the platform, {images} test images a network, "
             "correct in %, mean over the seeds (lowest to highest). Sigmas are parameters of the model, not "
             "measurements of a device."]  # fmt: skip
    for axis in dict.fromkeys(point.axis for point in points):
        title, unit = AXIS_TITLES[axis]
        curves = grouped(points, axis)
        values = list(next(iter(curves.values())))
        lines += ["", f"## `{axis}`", "", f"| {title} | " + " | ".join(f"{unit(v):g}" for v in values) + " |",
                  "|---|" + "---|" * len(values)]  # fmt: skip
        for name, shares in curves.items():
            cells = [studies.cell(shares[value]) for value in values]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def plot(points: list[Point], path: Path) -> None:
    """A panel an axis: mean over seeds, bars from lowest to highest, dashed where the array is ideal."""
    axes_names = list(dict.fromkeys(point.axis for point in points))
    columns = min(2, len(axes_names))
    rows = -(-len(axes_names) // columns)
    figure, panels = studies.pyplot().subplots(
        rows, columns, figsize=(6.2 * columns, 4.2 * rows), layout="constrained", sharey=True, squeeze=False
    )
    for panel in panels.flat[len(axes_names) :]:
        panel.set_visible(False)
    for panel, axis in zip(panels.flat, axes_names, strict=False):
        title, unit = AXIS_TITLES[axis]
        for i, (name, shares) in enumerate(grouped(points, axis).items()):
            drawn = {unit(value): found for value, found in shares.items() if value != 0}
            studies.draw_curve(panel, drawn, "o-", color=f"C{i}", label=name)
            if 0 in shares:
                panel.axhline(shares[0][0], color=f"C{i}", lw=0.8, ls="--")
        ticks = sorted({unit(point.value) for point in points if point.axis == axis and point.value})
        panel.set_xscale("log", base=2)
        panel.set(xticks=ticks, xticklabels=[f"{tick:g}" for tick in ticks])
        studies.finish_panel(panel, title)
    for row in panels:
        row[0].set_ylabel("correct, % (dashed: ideal array; dotted: guessing)")
    panels[0][0].legend(fontsize=8, loc="lower left")
    images = max(point.images for point in points)
    figure.suptitle(
        f"DeepCAM array: accuracy against device noise, firmware on the platform, {images} images a network"
    )
    studies.save(figure, path)


def write(points: list[Point], folder: Path) -> list[Path]:
    """noise.csv, noise.md and noise.png in `folder`."""
    write_whole(folder / "noise.csv", studies.to_csv(points, Point).encode())
    write_whole(folder / "noise.md", to_markdown(points).encode())
    plot(points, folder / "noise.png")
    return [folder / f"noise.{suffix}" for suffix in ("csv", "md", "png")]
