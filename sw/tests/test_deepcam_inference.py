"""Networks on the emulated DeepCAM array: layers, bias correction, hash lengths by layer, angle errors, the command."""

from __future__ import annotations

import numpy as np
import pytest

from ganglion import loadable as lo
from ganglion import reference
from ganglion.baselines.networks import LayerShape
from ganglion.deepcam import __main__ as command
from ganglion.deepcam import accuracy, correction, counts, inference, lengths
from ganglion.deepcam.array import HashConfig, dot_products, hash_vectors
from ganglion.errors import GanglionError
from ganglion.fixed_point import requantise


@pytest.fixture(scope="module")
def bench(digits_onnx):
    return accuracy.prepare(digits_onnx, None, 100, validation=100)


def test_a_layer_is_patches_products_bias_requantisation_and_pool(bench):
    """conv2 of the digits network put together by hand, one patch at a time."""
    layer = next(layer for layer in bench.exact.layers if layer.name == "conv2")
    plan = bench.plan(512, 0)
    maps = np.random.default_rng(2).integers(0, 128, (1, layer.in_c, layer.in_h, layer.in_w))

    found = inference.Emulation(bench.exact, plan).run_layer(layer, maps)

    config = HashConfig(bits=512, layer=1)
    assert plan["conv2"] == config
    padded = np.pad(maps[0], ((0, 0), (layer.pad,) * 2, (layer.pad,) * 2))
    weights = hash_vectors(layer.weights.reshape(layer.out_c, -1), config, 5)
    outputs = np.zeros((layer.out_c, layer.out_h, layer.out_w), np.int64)
    for y in range(layer.out_h):
        for x in range(layer.out_w):
            patch = padded[:, y : y + layer.kh, x : x + layer.kw].reshape(1, -1)
            sums = dot_products(hash_vectors(patch, config, 5), weights, config)[0] + layer.bias
            outputs[:, y, x] = requantise(sums, layer.mult, layer.shift, layer.lo, layer.hi)
    pooled = outputs.reshape(layer.out_c, layer.out_h // 2, 2, layer.out_w // 2, 2).max(axis=(2, 4))
    assert (found[0] == pooled).all()


def test_layers_outside_the_plan_are_exact_and_layers_number_upwards(bench):
    images = bench.inputs[:10]

    nothing_hashed = inference.Emulation(bench.exact, {})

    assert (nothing_hashed.logits(images) == reference.logits(bench.exact, images)).all()
    assert [c.layer for c in bench.plan(256, 0).values()] == [0, 1, 2]
    assert list(bench.plan({"fc": 768}, 0).values()) == [HashConfig(bits=768, layer=2)]


def test_longer_hashes_and_tiles_are_more_accurate(bench):
    whole = [bench.correct(bits, 0, True) for bits in (256, 1024)]
    tiled = bench.correct(1024, 64, True)

    assert whole[0] + 10 < whole[1] < tiled
    assert tiled >= 85


def test_bias_correction_removes_the_mean_error_of_every_filter(bench):
    plan = bench.plan(512, 0)
    images = bench.calibration[:128]

    corrected = correction.with_bias_correction(bench.exact, plan, images)

    layer, before = corrected.layers[0], bench.exact.layers[0]
    rows = reference.layer_columns(layer, np.asarray(images, np.int64)).reshape(-1, 9)
    estimated = inference.Emulation(bench.exact, plan).accumulate(layer, rows)
    exact = rows @ layer.weights.reshape(layer.out_c, -1).T.astype(np.int64)
    assert np.abs((exact + before.bias - estimated - layer.bias).mean(axis=0)).max() <= 0.5
    assert bench.correct(512, 0, True) > bench.correct(512, 0, False)


def test_measured_angle_errors_follow_the_binomial_law(bench):
    emulation = inference.Emulation(bench.exact, bench.plan(512, 0))

    found = inference.angle_errors(emulation, bench.inputs[:10])

    assert [a.name for a in found] == ["conv1", "conv2", "fc"]
    for a in found:
        assert a.rms_error == pytest.approx(a.expected_rms, rel=0.25)
        assert a.norm_error < 2 * 2**-4  # each norm is rounded to 3 bits behind the leading one
        assert 0.06 < a.expected_rms <= 0.0694


SHAPES = [LayerShape("small", 1, 4, 3, 3, 2, 2), LayerShape("large", 64, 64, 3, 3, 16, 16)]


def test_length_search_saves_most_energy_first_and_keeps_accuracy():
    """A made-up network: `large` may go down to 512, `small` not below 768."""

    def correct(plan: dict[str, int]) -> int:
        return 95 - 10 * (plan["large"] < 512) - 10 * (plan["small"] < 768)

    found = lengths.search(SHAPES, correct, 100, 0.05)

    assert found.lengths == {"small": 768, "large": 512}
    assert [step.lengths["large"] for step in found.steps[:4]] == [1024, 768, 512, 256]
    assert [step.kept for step in found.steps] == [True, True, True, False, True, False]


def test_length_search_accepts_a_loss_of_exactly_delta_and_stops_at_256():
    found = lengths.search(SHAPES, lambda plan: 90 if plan["large"] == 1024 else 85, 100, 0.05)

    assert found.lengths == {"small": 256, "large": 256}
    with pytest.raises(ValueError, match="delta 2"):
        lengths.search(SHAPES, lambda plan: 1, 1, 2)


def test_energy_of_a_layer_adds_the_fact_sheets_terms():
    """Searches and writes of three segments, crossbar cells, senses, outputs; R = 64, activation stationary."""
    table = lengths.costs.load(lengths.COSTS)
    layer = SHAPES[1]

    found = lengths.layer_energy_pj(layer, 768, 0, counts.CamArray(), table)

    searches, patches, taps = 4 * 64, 256, 576
    expected = 3 * (searches * 7.394 + patches * 6.227) + patches * (taps * 0.00043 + 0.005) * 768 + patches * 64 * 3
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("bits", "tile", "message"),
    [
        (300, 0, "hash of 300 bits"),
        ({"conv9": 256}, 0, "layer 'conv9'"),
        (256, 3, "tiles of 3 inputs"),
        (256, 8, "at most 16 tiles"),
    ],
)
def test_plans_that_the_array_cannot_follow_are_refused(bench, bits, tile, message):
    with pytest.raises(GanglionError, match=message):
        inference.plan(bench.exact, bits, tile)


def test_shapes_come_from_layers_of_the_loadable(bench):
    found = [lengths.shape_of(layer) for layer in inference.weighted_layers(bench.exact)]

    assert sum(shape.macs for shape in found) == sum(layer.macs for layer in bench.exact.layers)
    assert all(layer.kind != lo.KIND_MAX_POOL for layer in inference.weighted_layers(bench.exact))


def test_the_command_prints_both_tables(digits_onnx, capsys):
    assert command.main(["accuracy", str(digits_onnx), "--images", "30", "--tiles", "64", "--delta", "1"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "30 test images" in printed[0]
    rows = [line.split("|")[1].strip() for line in printed if line.startswith("|")]
    assert len(rows) == 2 + 2 + 4 + 1
    assert rows[-1] == "tiles of 64, variable 256/256/256"

    assert command.main(["angles", str(digits_onnx), "--bits", "256", "--images", "2"]) == 0
    assert [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines()[2:]] == ["conv1", "conv2", "fc"]


def test_a_delta_outside_its_range_is_a_users_error(digits_onnx):
    with pytest.raises(GanglionError, match="--delta 7"):
        command.main(["accuracy", str(digits_onnx), "--delta", "7"])
    with pytest.raises(GanglionError, match="--delta -1"):
        command.main(["table", "-o", str(digits_onnx.parent / "none"), "--delta", "-1"])


def test_layers_on_the_hart_stay_exact(digits_onnx):
    bench = accuracy.prepare(digits_onnx, None, 60, validation=0, on_hart="conv1,fc")

    assert list(bench.plan(1024, 0)) == ["conv2"]
    assert bench.plan(1024, 0)["conv2"].layer == 1  # projections keep their numbers
    every = accuracy.prepare(digits_onnx, None, 60, validation=0)
    assert bench.correct(1024, 0, True) > every.correct(1024, 0, True)
    cam = counts.CamArray()
    assert bench.energy_uj(1024, 0, cam) < every.energy_uj(1024, 0, cam)
    with pytest.raises(GanglionError, match="layer 'conv9'; expected: some of conv1, conv2, fc"):
        accuracy.prepare(digits_onnx, None, 60, on_hart="conv9")
