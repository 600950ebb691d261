"""Residual networks on the emulated DeepCAM array: padding, integer layers, corrections, the command."""

from __future__ import annotations

import numpy as np
import pytest

from ganglion import image_sources
from ganglion.deepcam import __main__ as command
from ganglion.deepcam import residual
from ganglion.errors import GanglionError


@pytest.fixture
def small():
    """Two convolutions and a shortcut, so that errors of the second layer do not hide behind a large first one."""
    rng = np.random.default_rng(12)
    layers = {
        "a": residual.Conv(rng.normal(size=(8, 3, 3, 3)), rng.normal(size=8), 2, 0, 1),
        "b": residual.Conv(rng.normal(size=(8, 8, 3, 3)) / 8, rng.normal(size=8), 1, 1, 1),
    }

    def program(layer, maps):
        first = np.maximum(layer("a", maps), 0)
        return (layer("b", first) + first).mean(axis=(2, 3))

    return residual.Residual("small", layers, program, lambda images: images)


@pytest.fixture
def images():
    return np.random.default_rng(13).random((20, 3, 8, 8))


def test_padding_before_and_after_and_stride_equal_a_loop():
    rng = np.random.default_rng(3)
    conv = residual.Conv(rng.normal(size=(1, 2, 3, 3)), np.zeros(1), 2, 0, 1)
    maps = rng.normal(size=(1, 2, 6, 6))

    found = residual.columns(conv, maps)

    padded = np.zeros((2, 7, 7))
    padded[:, :6, :6] = maps[0]
    assert found.shape == (1, 3, 3, 18)
    for y in range(3):
        for x in range(3):
            assert (found[0, y, x] == padded[:, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3].ravel()).all()


def test_int8_stays_close_to_float(small, images):
    runner = residual.Runner(small)
    runner.calibrate(images)

    exact, found = (small.program(layer, images) for layer in (runner.float_layer, runner.integer_layer))

    assert np.abs(found - exact).max() < 0.03 * np.abs(exact).max()


def test_longer_hashes_are_closer_and_corrections_remove_the_mean_error(small, images):
    def error(bits: int, correct: bool) -> float:
        runner = residual.Runner(small, bits, 0, correct)
        runner.calibrate(images)
        exact = residual.Runner(small, scales=dict(runner.scales))
        difference = small.program(runner.integer_layer, images) - small.program(exact.integer_layer, images)
        return float(np.sqrt((difference**2).mean()))

    assert error(1024, False) < error(256, False)
    assert error(256, True) < 0.5 * error(256, False)


def test_an_unknown_network_is_named(tmp_path):
    with pytest.raises(GanglionError, match="network 'resnet9'"):
        residual.load("resnet9", tmp_path)


def test_weights_without_an_array_are_named(tmp_path):
    (tmp_path / "weights").mkdir()
    np.savez(tmp_path / "weights" / "cifar10_resnet20.npz", other=np.zeros(3))

    with pytest.raises(GanglionError, match=r"no array 'conv1\.weight'"):
        residual.load("resnet20", tmp_path)


@pytest.mark.data
@pytest.mark.parametrize("name", residual.NETWORKS)
def test_float_networks_classify_as_their_readme_says(name, data_dir):
    """About 88 and 92 % of all images; of the first 20 at least 16."""
    test = image_sources.load("cifar10-test", data_dir).first(20)

    runner = residual.Runner(residual.load(name, data_dir))

    assert (runner.predict(test.images, in_float=True) == test.labels).sum() >= 16


@pytest.mark.data
def test_the_command_prints_a_row_a_configuration(data_dir, capsys):
    arguments = ["residual", "resnet8", "--images", "4", "--bits", "256", "--tiles", "0", "--data", str(data_dir)]

    assert command.main(arguments) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in lines[4:]] == ["float", "exact int8", "whole vectors, k = 256"]
    with pytest.raises(GanglionError, match="--images 9999"):
        command.main(["residual", "resnet8", "--images", "9999", "--data", str(data_dir)])
