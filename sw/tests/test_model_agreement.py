"""The C++ model of the SC-CNN core and the NumPy reference, written apart, give the same maps, clamps and cycles."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ganglion import dataset, image_sources, loadable, onnx_import, reference
from ganglion.calibrate import calibrate
from ganglion.image_sources import Images
from ganglion.lower import Options, lower
from ganglion.network import CONV, DENSE, Network, Stage
from ganglion.sc_cnn_cycles import Core, sc_cnn_cycles


@pytest.fixture(scope="module")
def probe() -> Path:
    path = os.environ.get("GANGLION_SC_CNN_PROBE")
    if not path:
        pytest.skip("no C++ model: run by ctest, which sets GANGLION_SC_CNN_PROBE")
    return Path(path)


def assert_agreement(probe: Path, folder: Path, network: loadable.Loadable, images: np.ndarray) -> int:
    """Compares every layer of every image; gives the number of clamped products."""
    loadable.save(network, folder / "net.gnl")
    item = np.int8 if network.element_bytes == 1 else np.int16
    labels = np.zeros(len(images), np.uint8)
    dataset.save(dataset.DatasetSlice("images", images.astype(item), labels, network.classes), folder / "images.gnd")
    run = subprocess.run([probe, folder / "net.gnl", folder / "images.gnd"], capture_output=True, text=True, check=True)
    lines = iter(run.stdout.splitlines())
    clamped = 0
    for number, image in enumerate(images):
        maps = image[None]
        for i, layer in enumerate(network.layers):
            trace = reference.LayerTrace()
            outputs = reference.run_layer(layer, maps, network.operand_bits, trace)
            tiles = sc_cnn_cycles(Core(), layer, network.operand_bits, maps)
            expected = [number, i, trace.saturations, sum(tiles), *outputs.ravel().tolist()]
            assert [int(word) for word in next(lines).split()] == expected, f"image {number}, layer {layer.name}"
            clamped += trace.saturations
            maps = outputs
    assert next(lines, None) is None
    return clamped


def test_digits_network_on_held_back_images(probe, tmp_path, digits_onnx):
    network = onnx_import.load_network(digits_onnx)
    calibrated = calibrate(network, image_sources.load_digits("train"), 8, percentile=100)
    result = lower(calibrated.quantised, Options("sc_cnn"), calibrated.images)
    held_back = network.prepare(image_sources.load_digits("heldback").images)

    images = dataset.quantise_images(held_back[:60], result.input_scale, 8)

    assert assert_agreement(probe, tmp_path, result, images) == 0


def random_network(rng: np.random.Generator) -> Network:
    """Convolution with stride or padding, perhaps pooled, then two fully connected layers."""
    c, h, w = (int(n) for n in rng.integers((1, 6, 6), (5, 15, 15)))
    out_c, k, stride, pad = (
        int(rng.integers(1, 20)),
        int(rng.integers(1, 6)),
        int(rng.integers(1, 3)),
        int(rng.integers(0, 3)),
    )
    shape = (out_c, (h + 2 * pad - k) // stride + 1, (w + 2 * pad - k) // stride + 1)
    pool = min(shape[1:]) >= 2 and bool(rng.integers(0, 2))
    conv = Stage("conv", CONV, (c, h, w), shape, rng.normal(size=(out_c, c, k, k)), rng.normal(size=out_c), stride, pad,
                 relu=bool(rng.integers(0, 2)), pool=pool)  # fmt: skip
    features = int(np.prod(conv.stored_shape))
    hidden = int(rng.integers(1, 40))
    first = Stage("first", DENSE, (features, 1, 1), (hidden, 1, 1), rng.normal(size=(hidden, features)),
                  rng.normal(size=hidden), relu=True)  # fmt: skip
    last = Stage("last", DENSE, (hidden, 1, 1), (7, 1, 1), rng.normal(size=(7, hidden)), rng.normal(size=7))
    return Network("random", (c, h, w), [conv, first, last])


@pytest.mark.parametrize("seed", range(12))
def test_random_networks_widths_precisions_and_saturation(probe, tmp_path, seed):
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    bits = 4 + seed % 7
    images = rng.normal(size=(8, *network.input_shape))
    calibrated = calibrate(network, Images("random", images, np.zeros(8, np.uint8), 7), bits, percentile=100)
    options = Options(
        "sc_cnn",
        guard_bits=None if seed % 3 else 0,
        weight_bits={"conv": int(rng.integers(2, bits + 1)), "first": int(rng.integers(2, bits + 1))},
        zero_skip=bool(seed % 2),
    )

    clamped = assert_agreement(
        probe, tmp_path, lower(calibrated.quantised, options, calibrated.images), calibrated.images
    )

    assert clamped > 0 or seed % 3
