"""The compile command: accuracy of the demo network, determinism, options, errors a user meets."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ganglion import accuracy, dataset, image_sources, loadable, onnx_import, reference
from ganglion import compile as compiler
from ganglion.calibrate import calibrate
from ganglion.errors import run_command
from ganglion.lower import Options, lower
from ganglion.network import predict


@pytest.fixture(scope="module")
def network(digits_onnx):
    return onnx_import.load_network(digits_onnx)


@pytest.fixture(scope="module")
def held_back():
    return image_sources.load_digits("heldback")


@pytest.fixture(scope="module")
def calibrated(network):
    return calibrate(network, image_sources.load_digits("train"), 8)


@pytest.fixture(scope="module")
def inputs(network, held_back, calibrated):
    return dataset.quantise_images(network.prepare(held_back.images), calibrated.quantised.input_scale, 8)


def run(*words: object) -> int:
    return run_command(lambda: compiler.main([str(word) for word in words]))


def test_float_network_classifies_at_least_97_percent_of_the_held_back_digits(network, held_back):
    accuracy = (predict(network, held_back.images) == held_back.labels).mean()

    assert accuracy >= 0.97


@pytest.mark.parametrize("target", ["cpu", "sc_cnn"])
def test_compiled_network_is_within_one_point_of_float_at_8_bits(network, held_back, calibrated, inputs, target):
    float_accuracy = (predict(network, held_back.images) == held_back.labels).mean()

    traces = reference.trace(lower(calibrated.quantised, Options(target), calibrated.images), inputs)

    assert (traces[-1].output.argmax(axis=1) == held_back.labels).mean() >= float_accuracy - 0.01
    assert sum(trace.saturations for trace in traces) == 0


def test_both_targets_share_weights_and_scales(calibrated):
    cpu = lower(calibrated.quantised, Options("cpu"), calibrated.images)
    core = lower(calibrated.quantised, Options("sc_cnn"), calibrated.images)

    for a, b in zip(cpu.layers, core.layers, strict=True):
        assert np.array_equal(a.weights, b.weights)
        assert (a.in_scale, a.out_scale) == (b.in_scale, b.out_scale)
        ratio = b.mult / 2.0**b.shift / (a.mult / 2.0**a.shift)
        np.testing.assert_allclose(ratio, 128, rtol=1e-8)


def test_bias_correction_lowers_the_mean_error_of_the_first_layer(calibrated, inputs):
    def first_map(target: str, corrected: bool) -> np.ndarray:
        result = lower(calibrated.quantised, Options(target, bias_correction=corrected), calibrated.images)
        return reference.run_layer(result.layers[0], inputs, 8, reference.LayerTrace()).astype(float)

    exact = first_map("cpu", False)

    assert abs((first_map("sc_cnn", True) - exact).mean()) < abs((first_map("sc_cnn", False) - exact).mean()) / 2


def test_dynamic_precision_keeps_the_scale_of_a_layer(calibrated, inputs):
    full = lower(calibrated.quantised, Options("sc_cnn"), calibrated.images)
    reduced = lower(calibrated.quantised, Options("sc_cnn", weight_bits={"conv2": 6}), calibrated.images)

    a, b = reference.logits(full, inputs), reference.logits(reduced, inputs)

    assert [layer.weight_bits for layer in reduced.layers] == [8, 6, 8]
    slope = np.polyfit(a.ravel(), b.ravel(), 1)[0]  # without the shift by N - n_w it would be near 1/4
    assert 0.9 < slope < 1.1
    assert (a.argmax(axis=1) == b.argmax(axis=1)).mean() > 0.95


def test_command_writes_the_same_bytes_twice_and_a_matching_slice(tmp_path, digits_onnx, capsys):
    words = (digits_onnx, "--target", "sc_cnn", "--json", "--measure", "digits-heldback")
    for name in "ab":
        assert run(*words, "-o", tmp_path / f"{name}.gnl", "--slice", f"digits-heldback:9={tmp_path / name}.gnd") == 0
    found = json.loads(capsys.readouterr().out.split("\n}\n")[0] + "}")

    for suffix in ("gnl", "gnd"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    network, piece = loadable.load(tmp_path / "a.gnl"), dataset.load(tmp_path / "a.gnd")
    assert piece.images.shape == (9, *network.input_shape)
    assert (reference.predict(network, piece.images) == piece.labels).sum() >= 8
    assert found["images"] == 359
    assert found["loadable_correct"] >= found["float_correct"] - 3


def test_layer_can_be_placed_on_the_cpu(tmp_path, digits_onnx):
    assert run(digits_onnx, "--target", "sc_cnn", "--place", "fc=cpu", "-o", tmp_path / "f.gnl", "-q") == 0

    placed = [loadable.TARGET_NAMES[layer.target] for layer in loadable.load(tmp_path / "f.gnl").layers]

    assert placed == ["sc_cnn", "sc_cnn", "cpu"]


MISTAKES = {
    "bits": (("--bits", 12), "--bits 12; expected: 4..10"),
    "layer": (("--weight-bits", "conv9=5"), "layer 'conv9'; expected: one of conv1, conv2, fc"),
    "weight bits": (("--weight-bits", "conv1=9"), "layer 'conv1' on sc_cnn: weight bits 9; expected: 2..8"),
    "weight bits word": (("--weight-bits", "conv1=many"), "expected: a whole number of bits"),
    "pairs": (("--place", "conv1"), "--place LAYER=VALUE"),
    "place": (("--place", "conv1=gpu"), "--place conv1=gpu; expected: one of cpu, sc_cnn"),
    "guard": (("--guard-bits", 9), "8 operand bits and 9 guard bits; expected: a sum of at most ACC_MAX = 16"),
    "calibration": (("--calibration", "letters"), "data set 'letters-train'; expected: one of digits-train"),
    "no npz": (("--calibration", "nowhere.npz"), "nowhere.npz: No such file"),
    "slice": (("--slice", "digits-heldback"), "expected: --slice NAME[:COUNT]=FILE.gnd"),
    "percentile": (("--percentile", 10), "--percentile 10.0; expected: 50..100"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistake_on_the_command_line_exits_2_with_finding_and_rule(case, tmp_path, digits_onnx, capsys):
    words, message = MISTAKES[case]

    status = run(digits_onnx, "--target", "sc_cnn", "-o", tmp_path / "f.gnl", *words)

    assert status == 2
    assert message in capsys.readouterr().err


def test_calibration_images_of_the_wrong_shape_are_refused(tmp_path, digits_onnx, capsys):
    np.savez(tmp_path / "wrong.npz", images=np.zeros((4, 1, 9, 9)), labels=np.zeros(4))

    status = run(digits_onnx, "--target", "cpu", "-o", tmp_path / "f.gnl", "--calibration", tmp_path / "wrong.npz")

    assert status == 2
    assert "of shape (1, 9, 9); expected: (1, 8, 8), the network's input" in capsys.readouterr().err


def test_missing_network_exits_2(tmp_path, capsys):
    assert run(tmp_path / "none.onnx", "--target", "cpu", "-o", tmp_path / "f.gnl") == 2
    assert "none.onnx: No such file" in capsys.readouterr().err


def test_core_with_a_narrow_accumulator_gets_all_its_bits_and_a_warning(tmp_path, digits_onnx, capsys):
    assert run(digits_onnx, "--target", "sc_cnn", "--acc-max", 9, "-o", tmp_path / "f.gnl", "-q") == 0

    assert [layer.guard_bits for layer in loadable.load(tmp_path / "f.gnl").layers] == [1, 1, 1]
    assert "warning: layer 'conv1'" in (warnings := capsys.readouterr().err)
    assert "calibration images clamp at 9 bits" in warnings


def test_default_core_warns_of_nothing(tmp_path, digits_onnx, capsys):
    assert run(digits_onnx, "--target", "sc_cnn", "-o", tmp_path / "f.gnl", "-q") == 0

    assert capsys.readouterr().err == ""


def test_accuracy_table_has_a_row_for_each_width(digits_onnx, capsys):
    assert run_command(lambda: accuracy.main([str(digits_onnx), "--bits", "4", "8", "--images", "50"])) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "digits, 50 images"
    assert [line.split("|")[1].strip() for line in lines if line.startswith("|")] == ["N", "---", "4", "8"]
