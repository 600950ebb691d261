"""The C++ model of the DeepCAM array and the NumPy emulation, written apart, give the same maps and cycles."""

from __future__ import annotations

import os
import subprocess
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from test_model_agreement import random_network

from ganglion import dataset, image_sources, loadable, onnx_import, reference
from ganglion.calibrate import calibrate
from ganglion.deepcam import counts, cycles, inference, lengths, noise
from ganglion.deepcam.placement import HashOptions, ImageSet, place
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


def run_probe(probe: Path, folder: Path, network: loadable.Loadable, images: np.ndarray, words: list[int]) -> list[str]:
    """Lines of the probe, one a layer and image."""
    loadable.save(network, folder / "net.gnl")
    labels = np.zeros(len(images), np.uint8)
    piece = dataset.DatasetSlice("images", images.astype(np.int8), labels, network.classes)
    dataset.save(piece, folder / "images.gnd")
    run = subprocess.run([probe, folder / "net.gnl", folder / "images.gnd", *map(str, words)], capture_output=True,
                         text=True, check=True)  # fmt: skip
    return run.stdout.splitlines()


def assert_agreement(
    probe: Path, folder: Path, network: loadable.Loadable, images: np.ndarray, bits: int, tile: int,
    block: cycles.Block, dataflow: str, piecewise_linear: bool,
) -> None:  # fmt: skip
    """Compares every layer of every image: saturated norms, compute cycles, actions, all elements."""
    words = [bits, tile, counts.DATAFLOWS.index(dataflow), block.rows, block.segments, int(piecewise_linear)]
    lines = iter(run_probe(probe, folder, network, images, words))
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


NOISES = (
    noise.Levels(sense_sigma=200),
    noise.Levels(sense_step_log2=3),
    noise.Levels(conductance_sigma=150),
    noise.Levels(read_sigma=3000),
    noise.Levels(90, 800, 100, 2),
)


@pytest.mark.parametrize("levels", NOISES, ids=["sense", "step", "conductance", "read", "all"])
@pytest.mark.parametrize("seed", range(4))
def test_device_noise_is_the_models_draw_by_draw(probe, tmp_path, levels, seed):
    """Random networks on small arrays of one to three segments, both dataflows, whole vectors and tiles."""
    rng = np.random.default_rng(100 + seed)
    network = random_network(rng)
    images = rng.normal(size=(8, *network.input_shape))
    calibrated = calibrate(network, Images("random", images, np.zeros(8, np.uint8), 7), 8, percentile=100)
    exact = lower(calibrated.quantised, Options("cpu"), calibrated.images[:0])
    widest = max(layer.weights[0].size for layer in exact.layers)
    tile = 0 if seed % 2 else max(16, -(-widest // 16 // 8) * 8 + 8)
    bits, dataflow = (512, 1024)[seed % 2], counts.DATAFLOWS[seed // 2]
    block = cycles.Block(rows=64, segments=1 + seed % 3)
    names = [layer.name for layer in exact.layers]
    placed = place(exact, names, HashOptions(bits, tile, dataflow, bias_correction=False), ImageSet(calibrated.images))

    words = [bits, tile, seed // 2, block.rows, block.segments, 0, *astuple(levels)]
    lines = iter(run_probe(probe, tmp_path, exact, calibrated.images[:3], words))

    unit = noise.NoisyArray(noise.Noise(levels, instance="probe"), block)
    ideal = noise.NoisyArray(noise.Noise(noise.Levels()), block)
    changed = 0
    for image in calibrated.images[:3]:
        maps = image[None]
        for layer in placed.layers:
            expected = ideal.run_layer(layer, maps)
            assert (expected == reference.run_layer(layer, maps, 8, reference.LayerTrace())).all()
            maps = unit.run_layer(layer, maps)
            changed += int((maps != expected).sum())
            elements = next(lines).split()[-maps.size :]
            assert [int(word) for word in elements] == maps.ravel().tolist(), layer.name
    assert next(lines, None) is None
    assert changed > 0, "noise that changes nothing tests nothing"
