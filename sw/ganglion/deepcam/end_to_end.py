"""Accuracy end to end: firmware on the virtual platform beside the NumPy emulation on the whole test set.

For every network: float, int8 on the hart, then hashes of every length on whole vectors and on tiles, and lengths
searched by layer. Firmware runs the first images; its predictions must be those of the emulation, image for image, or
the command fails. The emulation alone runs all test images.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ganglion import loadable, network, reference
from ganglion.deepcam import platform_run
from ganglion.deepcam.array import HASH_LENGTHS
from ganglion.deepcam.placement import HashOptions
from ganglion.deepcam.subject import Subject, correct
from ganglion.errors import GanglionError

SCENARIO = "deepcam.yaml"


@dataclass(frozen=True)
class Row:
    """Right predictions of `images` by firmware and of `test_images` by emulation; figures are those of one image."""

    network: str
    hashes: str
    images: int
    firmware: int | None
    test_images: int
    emulation: int
    searches: float
    time_us: float
    array_uj: float
    soc_uj: float


def configurations(tiles: list[int], delta: float) -> list[tuple[str, HashOptions]]:
    """Labels and options of every variant on the array."""
    found = []
    for tile in tiles:
        name = f"tiles of {tile}" if tile else "whole vectors"
        found += [(f"{name}, k = {bits}", HashOptions(bits, tile)) for bits in HASH_LENGTHS]
        found.append((f"{name}, variable", HashOptions(None, tile, delta=delta)))
    return found


def agreed(firmware: platform_run.Measured, emulated: list[int], where: str) -> None:
    """Firmware predicts what the emulation predicts, image for image."""
    for i, (got, expected) in enumerate(zip(firmware.predictions, emulated, strict=False)):
        if got != expected:
            raise GanglionError(f"image {i}: firmware says {got}, the emulation {expected}", where=where,
                                expected="the same prediction for every image")  # fmt: skip


def measure(subject: Subject, images: int, tiles: list[int], delta: float) -> Iterator[Row]:
    """Rows of one network, in the order of the table."""
    labels, whole = subject.test.labels, subject.slice()
    name = subject.network.name
    found = correct(network.predict(subject.network, subject.test.images), labels)
    yield Row(name, "float", 0, None, len(labels), found, 0, 0, 0, 0)
    count = min(images, len(labels))
    for label, options in [("int8, on the hart", None), *configurations(tiles, delta)]:
        compiled = subject.compiled(options)
        if options is not None and options.bits is None:
            label += " " + "/".join(str(layer.hash.bits) for layer in compiled.layers if layer.hash)
        yield one(name, label, subject, compiled, count, whole.images)


def one(name: str, label: str, subject: Subject, compiled: loadable.Loadable, count: int, inputs: object) -> Row:
    """A loadable on both sides."""
    emulated = reference.predict(compiled, inputs)
    firmware = platform_run.run_network(compiled, subject.slice(count), {}, SCENARIO)
    agreed(firmware, emulated, f"{name}, {label}")
    labels = subject.test.labels
    return Row(name, label, count, correct(firmware.predictions, labels), len(labels), correct(emulated, labels),
               firmware.searches, firmware.time_us, firmware.array_uj, firmware.soc_uj)  # fmt: skip


HEADER = (
    "| network | hashes | firmware: correct | emulation, whole test set: correct | searches | time, us | array, uJ | "
    "SoC, uJ |",
    "|---|---|---|---|---|---|---|---|",
)


def line(row: Row) -> str:
    """One row as Markdown; searches, time and energies are those of one image."""
    shares = [
        "" if right is None else f"{100 * right / images:.2f} % of {images:,}"
        for right, images in ((row.firmware, row.images), (row.emulation, row.test_images))
    ]
    figures = ("", "", "", "")
    if row.firmware is not None:
        figures = (f"{row.searches:.0f}", f"{row.time_us:.2f}", f"{row.array_uj:.3f}", f"{row.soc_uj:.3f}")
    return f"| {row.network} | {row.hashes} | " + " | ".join((*shares, *figures)) + " |"
