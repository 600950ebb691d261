"""Residual networks from ONNX to loadables for every target; ResNet-8 and ResNet-20 where the data folder is."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from ganglion import compile as compiler
from ganglion import image_sources, loadable, onnx_import, reference
from ganglion.calibrate import calibrate
from ganglion.dataset import quantise_images
from ganglion.deepcam import accuracy, correction, counts, inference, placement
from ganglion.lower import Options, lower
from ganglion.network import outputs, predict


@pytest.fixture(scope="module")
def network(tiny_residual):
    return onnx_import.load_network(tiny_residual[0])


@pytest.fixture(scope="module")
def source(tiny_residual, network):
    return compiler.calibration_source(str(tiny_residual[1]), network, None)


@pytest.fixture(scope="module")
def calibrated(network, source):
    return calibrate(network, source, 8, 100.0)


@pytest.fixture(scope="module")
def exact(calibrated):
    return lower(calibrated.quantised, Options("cpu"), calibrated.images[:0])


def test_integers_stay_close_to_float_on_every_map(network, source, calibrated, exact):
    from ganglion.network import forward

    images = source.images[:50]
    inputs = quantise_images(network.prepare(images), exact.input_scale, 8)
    found = []

    def step(i, maps):
        found.append(reference.run_layer(exact.layers[i], maps[0], 8, reference.LayerTrace(), *maps[1:]))
        return found[-1]

    reference.run(exact, inputs, step)

    for layer, integers, real in zip(exact.layers, found, forward(network, network.prepare(images)), strict=True):
        assert np.abs(integers * layer.out_scale - real).max() < 0.06 * np.abs(real).max(), layer.name
    logits = outputs(network, network.prepare(images))
    assert (found[-1].reshape(50, -1).argmax(1) == logits.argmax(1)).mean() >= 0.9


@pytest.mark.parametrize("target", loadable.TARGET_NAMES)
def test_the_command_compiles_it_for_every_target_and_the_file_says_the_same(tiny_residual, tmp_path, target, capsys):
    path = tmp_path / f"{target}.gnl"
    words = [str(tiny_residual[0]), "--target", target, "--calibration", str(tiny_residual[1]), "-o", str(path)]
    assert compiler.main([*words, "--hash-tile", "24", "--json"]) == 0

    found, summary = loadable.load(path), json.loads(capsys.readouterr().out)

    weighted = [layer for layer in found.layers if layer.weighted]
    assert {loadable.TARGET_NAMES[layer.target] for layer in weighted} == {target}
    assert {layer.kind for layer in found.layers} == set(range(6)) - {loadable.KIND_MAX_POOL}
    assert len(summary["layers"]) == len(found.layers) == 15
    assert loadable.origins(found) == onnx_import.load_network(tiny_residual[0]).inputs
    images = np.load(tiny_residual[1])
    inputs = quantise_images(images["images"], found.input_scale, 8)
    share = (reference.predict(found, inputs) == images["labels"]).mean()
    assert share >= {"sc_cnn": 0.75, "deepcam": 0.4}.get(target, 0.93)


def test_layers_may_be_spread_over_all_targets(tiny_residual, tmp_path):
    path = tmp_path / "mixed.gnl"
    words = [str(tiny_residual[0]), "--target", "cpu", "--calibration", str(tiny_residual[1]), "-o", str(path), "-q"]

    assert compiler.main([*words, "--place", "stem=sc_cnn,same.conv2=deepcam,convolved.shortcut=sc_cnn"]) == 0

    targets = {layer.name: layer.target for layer in loadable.load(path).layers if layer.target}
    assert targets == {"stem": 1, "same.conv2": 2, "convolved.shortcut": 1}


def test_a_layer_without_weights_cannot_be_placed(tiny_residual, tmp_path):
    words = [
        str(tiny_residual[0]),
        "--target",
        "cpu",
        "--calibration",
        str(tiny_residual[1]),
        "-o",
        str(tmp_path / "f"),
    ]

    with pytest.raises(compiler.GanglionError, match=r"layer 'same\.add'; expected: one of stem, same\.conv1"):
        compiler.main([*words, "--place", "same.add=sc_cnn"])


def test_hashes_in_the_file_compute_what_the_emulation_does(source, calibrated, exact):
    plan = inference.plan(exact, 512, 24)
    names = [layer.name for layer in inference.weighted_layers(exact)]
    calibration = placement.ImageSet(calibrated.images)

    placed = placement.place(exact, names, placement.HashOptions(512, 24), calibration)

    again = loadable.from_bytes(loadable.to_bytes(placed))
    expected = inference.Emulation(correction.with_bias_correction(exact, plan, calibrated.images), plan)
    inputs = calibrated.images[:40]
    assert (reference.logits(again, inputs) == expected.logits(inputs)).all()
    found = inference.angle_errors(inference.Emulation(exact, plan), inputs)
    assert [f.name for f in found] == names
    assert all(0.7 < f.rms_error / f.expected_rms < 1.5 for f in found)


def test_errors_of_sums_halve_with_four_times_the_bits(calibrated, exact):
    inputs = calibrated.images[:40]

    short, long = (
        [f.sum_error for f in inference.angle_errors(inference.Emulation(exact, inference.plan(exact, k)), inputs)]
        for k in (256, 1024)
    )

    assert 1.4 < np.mean(short) / np.mean(long) < 2.8
    assert 0.05 < np.mean(long) < 2


def test_bias_correction_brings_the_first_sums_closer_on_branches_too(calibrated, exact):
    plan = inference.plan(exact, 256)
    corrected = correction.with_bias_correction(exact, plan, calibrated.images)
    inputs = calibrated.images[128:]
    truth = reference.logits(exact, inputs)

    plain, better = (inference.Emulation(n, plan).logits(inputs) for n in (exact, corrected))

    assert ((better - truth) ** 2).mean() < ((plain - truth) ** 2).mean()


def test_lengths_are_searched_by_layer(calibrated, exact):
    names = [layer.name for layer in inference.weighted_layers(exact)]
    inputs = calibrated.images[:32]
    labels = reference.predict(exact, inputs).astype(np.uint8)

    placed = placement.place(exact, names, placement.HashOptions(None, 24, delta=0.25),
                             placement.ImageSet(inputs[:16]), placement.ImageSet(inputs, labels))  # fmt: skip

    lengths = [layer.hash.bits for layer in placed.layers if layer.hash]
    assert len(lengths) == len(names)
    assert set(lengths) <= {256, 512, 768, 1024}
    assert min(lengths) < 1024


@pytest.fixture(scope="module", params=["resnet8", "resnet20"])
def cifar_network(request, data_dir, tmp_path_factory, digits_onnx):
    path = tmp_path_factory.mktemp("resnet") / f"{request.param}.onnx"
    environment = {**os.environ, "PYTHONPATH": str(digits_onnx.parents[1])}
    script = digits_onnx.parent / "resnet.py"
    subprocess.run([sys.executable, script, request.param, "--data", data_dir, "-o", path], check=True, env=environment)
    return path


@pytest.mark.data
def test_float_networks_classify_as_their_readme_says(cifar_network, data_dir):
    """About 87 and 92 % of all images; of the first 40 at least 32."""
    test = image_sources.load("cifar10-test", data_dir, 40)

    found = predict(onnx_import.load_network(cifar_network), test.images)

    assert (found == test.labels).sum() >= 32


@pytest.mark.data
@pytest.mark.slow
def test_the_accuracy_command_measures_float_integers_and_hashes(cifar_network, data_dir):
    bench = accuracy.prepare(cifar_network, data_dir, 200, validation=0)

    rows = {row.label: row for row in accuracy.rows(bench, [64], [1024], 0.01, counts.CamArray())}

    assert list(rows) == ["float", "exact int8", "tiles of 64, k = 1024"]
    assert rows["float"].plain >= 165
    assert abs(rows["exact int8"].plain - rows["float"].plain) <= 8
    assert rows["tiles of 64, k = 1024"].corrected >= 30  # guessing gives 20


def test_weights_without_an_array_or_of_another_shape_are_named(tmp_path, digits_onnx):
    script = digits_onnx.parent / "resnet.py"
    environment = {**os.environ, "PYTHONPATH": str(digits_onnx.parents[1])}
    weights = tmp_path / "weights" / "cifar10_resnet20.npz"
    weights.parent.mkdir()
    for arrays, message in (
        ({"other": np.zeros(3)}, "no array conv1.weight"),
        ({"conv1.weight": np.zeros((16, 3, 5, 5))}, "array conv1.weight of shape (16, 3, 5, 5)"),
    ):
        np.savez(weights, **arrays)

        run = subprocess.run(
            [sys.executable, script, "resnet20", "--data", tmp_path, "-o", tmp_path / "f.onnx"],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert run.returncode == 2
        assert message in run.stderr
        assert "cifar10_resnet20.npz" in run.stderr
