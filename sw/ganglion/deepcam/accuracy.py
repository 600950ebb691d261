"""Accuracy of networks on the DeepCAM array by emulation: fixed, tiled and variable hash lengths."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ganglion import image_sources, onnx_import, reference
from ganglion import loadable as lo
from ganglion.baselines import costs
from ganglion.calibrate import CALIBRATION_IMAGES, SOURCE_IMAGES, calibrate
from ganglion.dataset import quantise_images
from ganglion.deepcam import correction, counts, inference, lengths
from ganglion.errors import GanglionError
from ganglion.image_sources import Images
from ganglion.lower import Options, lower
from ganglion.network import Network, predict


@dataclass(frozen=True)
class Row:
    """One configuration: right predictions on the test images, energy of one image."""

    label: str
    plain: int | None
    corrected: int | None
    energy_uj: float | None
    seconds: float


@dataclass
class Bench:
    """A network with its quantised images: calibration, validation (both from the training part) and test."""

    network: Network
    exact: lo.Loadable
    calibration: object
    validation: object
    validation_labels: object
    test: Images
    inputs: object
    on_hart: frozenset[str] = frozenset()  # layers that stay exact

    def hashed_layers(self) -> list[lo.Layer]:
        """Layers that the array takes."""
        return [layer for layer in inference.weighted_layers(self.exact) if layer.name not in self.on_hart]

    def plan(self, bits: int | dict[str, int], tile: int) -> dict:
        """How each hashed layer is hashed, by name: `bits` for all or by name, `tile` inputs a hash (0: all)."""
        lengths = bits if isinstance(bits, dict) else {layer.name: bits for layer in self.hashed_layers()}
        return inference.plan(self.exact, lengths, tile)

    def correct(self, bits: int | dict[str, int], tile: int, corrected: bool, on_test: bool = True) -> int:
        """Right predictions with these hash lengths."""
        plan = self.plan(bits, tile)
        network = self.exact
        if corrected:
            network = correction.with_bias_correction(network, plan, self.calibration)
        images, labels = (self.inputs, self.test.labels) if on_test else (self.validation, self.validation_labels)
        return inference.Emulation(network, plan).correct(images, labels)

    def energy_uj(self, bits: int | dict[str, int], tile: int, cam: counts.CamArray) -> float:
        """Energy of one image, uJ, hashed layers only."""
        table = costs.load(lengths.COSTS)
        plan = self.plan(bits, tile)
        shapes = [lengths.shape_of(layer) for layer in self.hashed_layers()]
        return sum(lengths.layer_energy_pj(s, plan[s.name].bits, tile, cam, table) for s in shapes) * 1e-6


def prepare(path: Path, data: Path | None, images: int | None, validation: int = 500, on_hart: str = "") -> Bench:
    """Quantises the network to 8 bits with its own training images and loads `images` test images (all: None).

    `on_hart` names layers that are not hashed, `first,last`.
    """
    network = onnx_import.load_network(path)
    training_part, test_part = image_sources.parts_of(network.metadata, path)
    training = image_sources.load(training_part, data, SOURCE_IMAGES)
    test = image_sources.load(test_part, data).first(images)
    calibrated = calibrate(network, training, 8)
    exact = lower(calibrated.quantised, Options("cpu"), calibrated.images[:0])

    def quantised(source: object) -> object:
        return quantise_images(network.prepare(source), exact.input_scale, 8)

    chosen = slice(CALIBRATION_IMAGES, CALIBRATION_IMAGES + validation)
    kept = frozenset(name for name in on_hart.split(",") if name)
    unknown = sorted(kept - {layer.name for layer in inference.weighted_layers(exact)})
    if unknown:
        names = ", ".join(layer.name for layer in inference.weighted_layers(exact))
        raise GanglionError(f"--on-hart: layer '{unknown[0]}'", expected=f"some of {names}")
    return Bench(network, exact, calibrated.images, quantised(training.images[chosen]), training.labels[chosen], test,
                 quantised(test.images), kept)  # fmt: skip


def rows(bench: Bench, tiles: list[int], bits: list[int], delta: float, cam: counts.CamArray) -> Iterator[Row]:
    """Float and exact integers first, then every tile size with every length and, with validation images, lengths
    searched by layer.
    """
    labels = bench.test.labels
    start = time.perf_counter()
    yield Row("float", int((predict(bench.network, bench.test.images) == labels).sum()), None, None,
              time.perf_counter() - start)  # fmt: skip
    start = time.perf_counter()
    exact = int((reference.predict(bench.exact, bench.inputs) == labels).sum())
    yield Row("exact int8", exact, None, None, time.perf_counter() - start)
    shapes = [lengths.shape_of(layer) for layer in bench.hashed_layers()]
    for tile in tiles:
        name = f"tiles of {tile}" if tile else "whole vectors"
        for length in bits:
            start = time.perf_counter()
            plain, corrected = (bench.correct(length, tile, c) for c in (False, True))
            yield Row(f"{name}, k = {length}", plain, corrected, bench.energy_uj(length, tile, cam),
                      time.perf_counter() - start)  # fmt: skip
        if not len(bench.validation_labels):
            continue
        start = time.perf_counter()
        found = lengths.search(
            shapes, lambda plan, tile=tile: bench.correct(plan, tile, True, on_test=False),
            len(bench.validation_labels), delta, tile, cam,
        )  # fmt: skip
        chosen = "/".join(str(n) for n in found.lengths.values())
        plain, corrected = (bench.correct(found.lengths, tile, c) for c in (False, True))
        yield Row(f"{name}, variable {chosen}", plain, corrected, bench.energy_uj(found.lengths, tile, cam),
                  time.perf_counter() - start)  # fmt: skip


HEADER = (
    "| configuration | correct % | with bias correction % | energy, uJ an image | seconds |",
    "|---|---|---|---|---|",
)


def line(row: Row, images: int) -> str:
    """One row as Markdown."""
    shares = ("" if n is None else f"{100 * n / images:.2f}" for n in (row.plain, row.corrected))
    energy = "" if row.energy_uj is None else f"{row.energy_uj:.4g}"
    return f"| {row.label} | {' | '.join(shares)} | {energy} | {row.seconds:.1f} |"


def angle_table(bench: Bench, bits: int, tile: int, images: int = 20) -> list[str]:
    """Angle errors by layer as Markdown, on the first test images."""
    emulation = inference.Emulation(bench.exact, bench.plan(bits, tile))
    found = [
        "| layer | n | k | mean angle, rad | mean error | rms error | binomial law | norm product, rms % | "
        "sums, error over spread % |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for a in inference.angle_errors(emulation, bench.inputs[:images]):
        found.append(
            f"| {a.name} | {a.taps} | {a.bits} | {a.mean_angle:.4f} | {a.mean_error:+.4f} | {a.rms_error:.4f} | "
            f"{a.expected_rms:.4f} | {100 * a.norm_error:.2f} | {100 * a.sum_error:.0f} |"
        )
    return found
