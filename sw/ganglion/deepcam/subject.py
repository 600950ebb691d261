"""Networks with their data sets, calibrated once and compiled for the array in many ways: digits and LeNet-5."""

from __future__ import annotations

import runpy
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganglion import compile as compiler
from ganglion import dataset, image_sources, loadable, onnx_import
from ganglion.calibrate import SOURCE_IMAGES, Calibrated, calibrate
from ganglion.deepcam.placement import HashOptions, ImageSet
from ganglion.image_sources import Images
from ganglion.lower import Options
from ganglion.network import Network

NETWORKS = Path(__file__).resolve().parents[2] / "networks"
BITS = 8


@dataclass(frozen=True)
class Subject:
    """A network, how it was quantised, labelled training images for choices, and its test images as the file has them.

    What `ganglion compile` makes with its defaults, without reading the training images again for every variant.
    """

    network: Network
    calibrated: Calibrated
    validation: ImageSet
    test: Images

    def compiled(self, hashes: HashOptions | None) -> loadable.Loadable:
        """On the array with these hashes, or on the hart (None)."""
        options = Options("cpu" if hashes is None else "deepcam")
        return compiler.compile_network(self.calibrated, options, hashes or HashOptions(), self.validation)

    def slice(self, count: int | None = None) -> dataset.DatasetSlice:
        """The first `count` test images (None: all), quantised."""
        chosen = self.test.first(count)
        return dataset.make_slice(chosen.name, self.network.prepare(chosen.images), chosen.labels,
                                  self.calibrated.quantised.input_scale, BITS, chosen.classes)  # fmt: skip


def prepare(path: Path, data: Path | None) -> Subject:
    """Quantises the network at `path` with the training part of the data set it names."""
    network = onnx_import.load_network(path)
    training_part, test_part = image_sources.parts_of(network.metadata, path)
    training = image_sources.load(training_part, data, SOURCE_IMAGES)
    calibrated = calibrate(network, training, BITS)
    test = image_sources.load(test_part, data)
    return Subject(network, calibrated, compiler.validation_of(network, training, calibrated), test)


def lenet5(data: Path) -> Subject:
    """LeNet-5 on MNIST, from the weights in the data folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lenet5.onnx"
        runpy.run_path(str(NETWORKS / "lenet5.py"))["main"](["--data", str(data), "-o", str(path)])
        return prepare(path, data)


def subjects(data: Path | None) -> Iterator[Subject]:
    """Digits, and with a data folder LeNet-5 on MNIST."""
    yield prepare(NETWORKS / "digits.onnx", None)
    if data is not None:
        yield lenet5(data)


def correct(predictions: np.ndarray, labels: np.ndarray) -> int:
    """Right predictions."""
    return int((predictions == labels[: len(predictions)]).sum())
