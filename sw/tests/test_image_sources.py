"""Loaders of labelled images on small files of the real formats, and what they say about broken ones."""

from __future__ import annotations

import gzip
import lzma
import struct
from pathlib import Path

import numpy as np
import pytest

from ganglion import image_sources
from ganglion.errors import GanglionError

RNG = np.random.default_rng(17)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">{1 + array.ndim}I", 0x0800 | array.ndim, *array.shape) + array.tobytes()


def write_mnist(folder, images: np.ndarray, labels: np.ndarray, compressed: bool) -> None:
    for name, array in (("t10k-images-idx3-ubyte", images), ("t10k-labels-idx1-ubyte", labels)):
        data = idx(array)
        (folder / (name + ".gz" * compressed)).write_bytes(gzip.compress(data) if compressed else data)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("subfolder", ["", "mnist"])
def test_mnist_idx_files(tmp_path, compressed, subfolder):
    images, labels = RNG.integers(0, 256, (4, 28, 28), np.uint8), np.array([3, 1, 4, 1], np.uint8)
    (tmp_path / subfolder).mkdir(exist_ok=True)
    write_mnist(tmp_path / subfolder, images, labels, compressed)

    got = image_sources.load("mnist-test", tmp_path)

    np.testing.assert_allclose(got.images[:, 0], images / 255)
    assert got.labels.tolist() == labels.tolist()
    assert got.first(2).images.shape == (2, 1, 28, 28)


@pytest.mark.parametrize("compressed", [False, True])
def test_cifar10_binary_files(tmp_path, compressed):
    records = RNG.integers(0, 256, (3, 3073), np.uint8)
    records[:, 0] = (9, 0, 5)
    data = records.tobytes()
    name = "test_batch.bin.xz" if compressed else "test_batch.bin"
    (tmp_path / name).write_bytes(lzma.compress(data) if compressed else data)

    got = image_sources.load("cifar10-test", tmp_path)

    assert got.labels.tolist() == [9, 0, 5]
    assert got.images.shape == (3, 3, 32, 32)
    np.testing.assert_allclose(got.images[1, 2, 3, 4] * 255, records[1, 1 + 2 * 1024 + 3 * 32 + 4])


def test_digits_are_split_by_index_and_scaled_from_16_levels():
    train, held_back = image_sources.load("digits-train", None), image_sources.load("digits-heldback", None)

    assert (len(train.labels), len(held_back.labels)) == (1438, 359)
    assert train.images.max() == held_back.images.max() == 1.0
    assert np.array_equal(train.images * 16, np.rint(train.images * 16))
    assert train.images.shape[1:] == (1, 8, 8)


def test_missing_and_broken_files_are_named(tmp_path, monkeypatch):
    monkeypatch.delenv("GANGLION_DATA", raising=False)
    images, labels = np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8)

    def message(name: str = "mnist-test", folder=tmp_path) -> str:
        with pytest.raises(GanglionError) as caught:
            image_sources.load(name, folder)
        return str(caught.value)

    assert "one of digits-train, digits-heldback, mnist-train" in message("fashion-test")
    assert "--data DIR or GANGLION_DATA" in message(folder=None)
    assert "no such folder" in message(folder=tmp_path / "nowhere")
    assert "one of t10k-images-idx3-ubyte, t10k-images-idx3-ubyte.gz" in message()
    write_mnist(tmp_path, images, labels[:1], compressed=False)
    assert "2 images and 1 labels" in message()
    write_mnist(tmp_path, images, labels + 10, compressed=False)
    assert "label 10; expected: labels 0..9" in message()
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx(images)[:-1])
    assert "1567 bytes of data; expected: 1568" in message()
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(b"\x1f\x8b\x08")
    assert "idx magic" in message()
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images))[:-20])
    assert "t10k-images-idx3-ubyte.gz: cannot be decompressed" in message()
    (tmp_path / "test_batch.bin").write_bytes(bytes(3072))
    assert "3072 bytes; expected: a whole number of 3073-byte records" in message("cifar10-test")
    assert "data_batch_1.bin, data_batch_1.bin.xz" in message("cifar10-train")


def test_selection_by_name_and_count():
    assert len(image_sources.select("digits-heldback", None).labels) == 359
    assert len(image_sources.select("digits-heldback:7", None).labels) == 7


@pytest.mark.parametrize(
    ("argument", "rule"),
    [
        ("digits-heldback:0", "at least 1"),
        ("digits-heldback:360", "1..359"),
        ("digits-heldback:-1", "NAME:COUNT"),
        ("digits-heldback:", "NAME:COUNT"),
        ("digits-heldback:x", "NAME:COUNT"),
    ],
)
def test_a_selection_that_cannot_be_met_is_refused(argument, rule):
    with pytest.raises(GanglionError, match=rule):
        image_sources.select(argument, None)


def coded(records: np.ndarray) -> bytes:
    """The residuals of `ganglion.median_predictor`, pixel by pixel."""
    red, green, blue = (records[:, 1:].reshape(-1, 3, 32, 32)[:, i].astype(int) for i in range(3))
    residuals = []
    for plane in (green, red - green, blue - green):
        for image in plane:
            for y, x in np.ndindex(32, 32):
                if y and x:
                    w, n, nw = (int(v) for v in (image[y, x - 1], image[y - 1, x], image[y - 1, x - 1]))
                    guess = min(w, n) if nw >= max(w, n) else max(w, n) if nw <= min(w, n) else w + n - nw
                else:
                    guess = image[y, x - 1] if x else image[y - 1, x] if y else 0
                residuals.append((image[y, x] - guess) % 256)
    return records[:, 0].tobytes() + bytes(residuals)


def test_cifar10_files_of_residuals_and_no_more_files_than_asked_for(tmp_path):
    records = RNG.integers(0, 256, (4, 3073), np.uint8)
    records[:, 0] = (9, 0, 5, 3)
    records[1, 1:] = np.linspace(0, 255, 3072).astype(np.uint8)  # smooth: predictions matter
    (tmp_path / "data_batch_1.bin.med.xz").write_bytes(lzma.compress(coded(records)))

    got = image_sources.load("cifar10-train", tmp_path, 3)

    assert got.labels.tolist() == [9, 0, 5]
    np.testing.assert_array_equal(np.rint(got.images * 255).reshape(3, -1), records[:3, 1:])
    with pytest.raises(GanglionError, match=r"no such file; expected: one of data_batch_2\.bin"):
        image_sources.load("cifar10-train", tmp_path, 5)


def test_a_network_names_its_training_and_test_part_or_is_told_how():
    named = [image_sources.parts_of({"ganglion.dataset": name}, Path("net.onnx")) for name in ("digits", "mnist")]

    assert named == [("digits-train", "digits-heldback"), ("mnist-train", "mnist-test")]
    with pytest.raises(GanglionError, match=r"net\.onnx: the network names no data set; .*metadata_props"):
        image_sources.parts_of({"ganglion.mean": "0"}, Path("net.onnx"))
