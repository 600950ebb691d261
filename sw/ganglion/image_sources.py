"""Labelled image sets as real numbers: scikit-learn digits, MNIST idx files, CIFAR-10 binary files.

Every loader gives `Images` with float64 maps [n, c, h, w] in 0..1 (before a network's mean and standard deviation) and
names the file, the finding and the rule when something is wrong. Files lie under `--data DIR` or GANGLION_DATA.
"""

from __future__ import annotations

import gzip
import lzma
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganglion import median_predictor
from ganglion.errors import GanglionError

HELD_BACK_MODULUS = 5  # digits: images with index % 5 == 4 are held back from training and calibration
DIGITS_PIXEL_MAX = 16.0  # scikit-learn's pixels are counts 0..16


@dataclass(frozen=True)
class Images:
    """Images [n, c, h, w] as float64 and labels [n]."""

    name: str
    images: npt.NDArray[np.float64]
    labels: npt.NDArray[np.uint8]
    classes: int = 10

    def first(self, count: int | None) -> Images:
        """The first `count` images (at least one; fewer when there are no more), or all."""
        if count is not None and count < 1:
            raise GanglionError(f"{count} images of {self.name}", expected="at least 1")
        return Images(self.name, self.images[:count], self.labels[:count], self.classes)


def data_folder(argument: Path | None) -> Path:
    """The folder given by --data, else by GANGLION_DATA."""
    chosen = argument or (Path(os.environ["GANGLION_DATA"]) if os.environ.get("GANGLION_DATA") else None)
    if chosen is None:
        raise GanglionError("no data folder given", expected="a folder with the data set", remedy="--data DIR or "
                            "GANGLION_DATA=DIR")  # fmt: skip
    if not chosen.is_dir():
        raise GanglionError("no such folder", expected="a folder with the data set", where=str(chosen))
    return chosen


def optional_data_folder(argument: Path | None) -> Path | None:
    """The folder given by --data or GANGLION_DATA, None when neither is."""
    return data_folder(argument) if argument or os.environ.get("GANGLION_DATA") else None


def load_digits(part: str) -> Images:
    """scikit-learn's digits (UCI, 1,797 images of 8x8): part `train` or `heldback`, split by index."""
    from sklearn.datasets import load_digits as sklearn_digits

    everything = sklearn_digits()
    held_back = np.arange(len(everything.target)) % HELD_BACK_MODULUS == HELD_BACK_MODULUS - 1
    chosen = held_back if part == "heldback" else ~held_back
    images = everything.images[chosen][:, None] / DIGITS_PIXEL_MAX
    return Images(f"digits-{part}", images, everything.target[chosen].astype(np.uint8))


def _read(folder: Path, names: tuple[str, ...]) -> tuple[Path, bytes]:
    """First of `names` that exists, decompressed by its suffix."""
    for name in names:
        path = folder / name
        if not path.is_file():
            continue
        raw = path.read_bytes()
        try:
            if path.suffix == ".gz":
                return path, gzip.decompress(raw)
            return path, lzma.decompress(raw) if path.suffix == ".xz" else raw
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
            raise GanglionError(f"cannot be decompressed ({error})", expected="a complete file",
                                remedy="copy it again and compare its checksum", where=str(path)) from None  # fmt: skip
    raise GanglionError("no such file", expected="one of " + ", ".join(names), remedy="see --data", where=str(folder))


def read_idx(path: Path, data: bytes, dimensions: int) -> npt.NDArray[np.uint8]:
    """An idx file of unsigned bytes with that many dimensions."""
    magic = 0x0800 | dimensions
    header = 4 + 4 * dimensions
    found = struct.unpack_from(">I", data)[0] if len(data) >= 4 else -1
    if found != magic or len(data) < header:
        raise GanglionError(
            f"idx magic 0x{found & 0xFFFFFFFF:08x} in {len(data)} bytes",
            expected=f"0x{magic:08x}: unsigned bytes, {dimensions} dimensions",
            where=str(path),
        )
    shape = struct.unpack_from(f">{dimensions}I", data, 4)
    size = int(np.prod([int(n) for n in shape], dtype=object))
    if len(data) - header != size:
        raise GanglionError(f"{len(data) - header} bytes of data", expected=f"{size} for shape {shape}",
                            remedy="the file is truncated: copy it again", where=str(path))  # fmt: skip
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def load_mnist(part: str, folder: Path) -> Images:
    """MNIST from idx(.gz) files in `folder` or `folder`/mnist, pixels / 255: part `train` or `test`."""
    stem = {"train": "train", "test": "t10k"}[part]
    folder = folder / "mnist" if (folder / "mnist").is_dir() else folder
    arrays = []
    for what, dimensions in (("images-idx3-ubyte", 3), ("labels-idx1-ubyte", 1)):
        path, data = _read(folder, (f"{stem}-{what}", f"{stem}-{what}.gz"))
        arrays.append(read_idx(path, data, dimensions))
    if len(arrays[0]) != len(arrays[1]):
        raise GanglionError(
            f"{len(arrays[0])} images and {len(arrays[1])} labels", expected="as many", where=str(folder)
        )
    _check_labels(arrays[1], folder)
    return Images(f"mnist-{part}", arrays[0][:, None] / 255.0, arrays[1])


def load_cifar10(part: str, folder: Path, most: int | None = None) -> Images:
    """CIFAR-10 in `folder` or `folder`/cifar10, RGB / 255: part `train` or `test`; files only as far as `most` needs.

    Files: binary version, plain (.bin), .bin.xz, or .bin.med.xz (`ganglion.median_predictor`).
    """
    folder = folder / "cifar10" if (folder / "cifar10").is_dir() else folder
    names = [f"data_batch_{i}" for i in range(1, 6)] if part == "train" else ["test_batch"]
    records: list[npt.NDArray[np.uint8]] = []
    for name in names:
        if most is not None and sum(map(len, records)) >= most:
            break
        path, data = _read(folder, (f"{name}.bin", f"{name}.bin.xz", f"{name}.bin.med.xz"))
        if not data or len(data) % median_predictor.RECORD:
            rule = f"a whole number of {median_predictor.RECORD}-byte records"
            raise GanglionError(f"{len(data)} bytes", expected=rule, remedy="the file is truncated: copy it again",
                                where=str(path))  # fmt: skip
        if path.name.endswith(".med.xz"):
            data = median_predictor.decode(data)
        records.append(np.frombuffer(data, np.uint8).reshape(-1, median_predictor.RECORD))
    joined = np.concatenate(records)[:most]
    _check_labels(joined[:, 0], folder)
    return Images(f"cifar10-{part}", joined[:, 1:].reshape(-1, 3, 32, 32) / 255.0, joined[:, 0].copy())


def _check_labels(labels: npt.NDArray[np.uint8], where: Path) -> None:
    if labels.size and labels.max() > 9:
        raise GanglionError(f"label {labels.max()}", expected="labels 0..9", where=str(where))


def load(name: str, folder: Path | None, most: int | None = None) -> Images:
    """Loads `digits-train`, `digits-heldback`, `mnist-train`, `mnist-test`, `cifar10-train` or `cifar10-test`.

    `most`: how many images the caller needs at most, None for all; there may be fewer.
    """
    family, _, part = name.partition("-")
    parts = {"digits": ("train", "heldback"), "mnist": ("train", "test"), "cifar10": ("train", "test")}
    if part not in parts.get(family, ()):
        known = ", ".join(f"{f}-{p}" for f, ps in parts.items() for p in ps)
        raise GanglionError(f"data set '{name}'", expected=f"one of {known}")
    if family == "cifar10":
        return load_cifar10(part, data_folder(folder), most)
    return (load_digits(part) if family == "digits" else load_mnist(part, data_folder(folder))).first(most)


def parts_of(metadata: Mapping[str, str], where: Path) -> tuple[str, str]:
    """Training and test part of the data set that the metadata of the network at `where` names (`ganglion.dataset`)."""
    family = metadata.get("ganglion.dataset")
    if family is None:
        raise GanglionError("the network names no data set", expected="metadata ganglion.dataset: digits, mnist or "
                            "cifar10", remedy="set it in the ONNX file's metadata_props", where=str(where))  # fmt: skip
    return f"{family}-train", "digits-heldback" if family == "digits" else f"{family}-test"


def select(argument: str, folder: Path | None) -> Images:
    """`NAME` or `NAME:COUNT`: all images of a source, or exactly that many of its first ones."""
    name, colon, count = argument.partition(":")
    if colon and not count.isdecimal():
        raise GanglionError(f"'{argument}'", expected="NAME or NAME:COUNT, such as digits-heldback:100")
    images = load(name, folder, int(count) if colon else None)
    if colon and int(count) > len(images.labels):
        raise GanglionError(f"{count} images of {name}", expected=f"1..{len(images.labels)}, as many as there are")
    return images.first(int(count) if colon else None)
