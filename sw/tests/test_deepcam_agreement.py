"""The C++ model of the DeepCAM array and the NumPy emulation, written apart, give the same maps and cycles."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from test_model_agreement import random_network

from ganglion import dataset, image_sources, loadable, onnx_import
from ganglion.calibrate import calibrate
from ganglion.deepcam import counts, cycles, inference, lengths
from ganglion.image_sources import Images
from ganglion.lower import Options, lower

ACTIONS = (
    "search", "segment_search_fefet_r{}", "segment_write_fefet_r{}", "distance_sense", "hash_cell", "sense_bit",
    "partial_sum_add", "norm_square", "product", "requantise", "pool_compare", "input_read", "key_write", "key_read",
    "output_write",
)  # fmt: skip


@pytest.fixture(scope="module")
def probe() -> Path:
    path = os.environ.get("GANGLION_DEEPCAM_PROBE")
    if not path:
        pytest.skip("no C++ model: run by ctest, which sets GANGLION_DEEPCAM_PROBE")
    return Path(path)


def assert_agreement(
    probe: Path, folder: Path, network: loadable.Loadable, images: np.ndarray, bits: int, tile: int,
    block: cycles.Block, dataflow: str, piecewise_linear: bool,
) -> None:  # fmt: skip
    """Compares every layer of every image: saturated norms, compute cycles, actions, all elements."""
    loadable.save(network, folder / "net.gnl")
    labels = np.zeros(len(images), np.uint8)
    piece = dataset.DatasetSlice("images", images.astype(np.int8), labels, network.classes)
    dataset.save(piece, folder / "images.gnd")
    words = [bits, tile, counts.DATAFLOWS.index(dataflow), block.rows, block.segments, int(piecewise_linear)]
    run = subprocess.run([probe, folder / "net.gnl", folder / "images.gnd", *map(str, words)], capture_output=True,
                         text=True, check=True)  # fmt: skip
    lines = iter(run.stdout.splitlines())
    plan = inference.plan(network, bits, tile, piecewise_linear=piecewise_linear)
    for number, image in enumerate(images):
        maps = image[None]
        for i, layer in enumerate(network.layers):
            emulation = inference.Emulation(network, plan)
            maps = emulation.run_layer(layer, maps)
            shape = lengths.shape_of(layer)
            config = plan[layer.name]
            work = cycles.compute_cycles(block, shape, config.bits, dataflow, config.tile)
            found = cycles.block_actions(block, shape, config.bits, dataflow, config.tile)
            booked = [int(found[name.format(block.rows)]) for name in ACTIONS]
            expected = [number, i, emulation.saturated_norms, work, *booked, *maps.ravel().tolist()]
            assert [int(word) for word in next(lines).split()] == expected, f"image {number}, layer {layer.name}"
    assert next(lines, None) is None


def test_digits_network_on_held_back_images(probe, tmp_path, digits_onnx):
    network = onnx_import.load_network(digits_onnx)
    calibrated = calibrate(network, image_sources.load_digits("train"), 8, percentile=100)
    exact = lower(calibrated.quantised, Options("cpu"), calibrated.images[:0])
    prepared = network.prepare(image_sources.load_digits("heldback").images[:10])

    images = dataset.quantise_images(prepared, exact.input_scale, 8)

    assert_agreement(probe, tmp_path, exact, images, 1024, 64, cycles.Block(rows=64), "AS", False)


@pytest.mark.parametrize("seed", range(16))
def test_random_networks_hash_lengths_tiles_dataflows_and_arrays(probe, tmp_path, seed):
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    images = rng.normal(size=(8, *network.input_shape))
    calibrated = calibrate(network, Images("random", images, np.zeros(8, np.uint8), 7), 8, percentile=100)
    exact = lower(calibrated.quantised, Options("cpu"), calibrated.images[:0])
    widest = max(layer.weights[0].size for layer in exact.layers)
    tile = 0 if seed % 2 else max(16, -(-widest // 16 // 8) * 8 + 8)
    block = cycles.Block(rows=counts.ROWS[seed // 4], segments=1 + seed % 4)

    assert_agreement(
        probe, tmp_path, exact, calibrated.images[:3], (256, 512, 768, 1024)[seed // 2 % 4], tile, block,
        counts.DATAFLOWS[seed // 2 % 2], seed % 3 == 0,
    )  # fmt: skip
