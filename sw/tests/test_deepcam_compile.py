"""`ganglion compile --target deepcam`: hashes in the loadable, bit exact with the emulation; bad files are refused."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import replace

import numpy as np
import onnx
import onnx.numpy_helper
import pytest

from ganglion import compile as command
from ganglion import image_sources, layer_hash, loadable, onnx_import, reference
from ganglion.dataset import quantise_images
from ganglion.deepcam import accuracy, correction, inference
from ganglion.deepcam.hashed_sums import config_of, restored, stored
from ganglion.deepcam.placement import HashOptions, ImageSet, place
from ganglion.errors import GanglionError


@pytest.fixture(scope="module")
def bench(digits_onnx):
    return accuracy.prepare(digits_onnx, None, 60, validation=60)


@pytest.fixture(scope="module")
def placed(bench):
    names = [layer.name for layer in inference.weighted_layers(bench.exact)]
    return place(bench.exact, names, HashOptions(512, 64, "WS"), ImageSet(bench.calibration))


def test_a_loadable_read_back_computes_what_the_emulation_does(bench, placed):
    again = loadable.from_bytes(loadable.to_bytes(placed))

    plan = bench.plan(512, 64)
    network = correction.with_bias_correction(bench.exact, plan, bench.calibration)
    expected = inference.Emulation(network, plan).logits(bench.inputs)
    assert (reference.logits(again, bench.inputs) == expected).all()
    assert loadable.to_bytes(again) == loadable.to_bytes(placed)
    assert [layer.hash.seed for layer in again.layers] == [1, 1, 1]
    for layer in again.layers:
        assert (layer.target, layer.weights, layer.hash.dataflow) == (loadable.TARGET_DEEPCAM, None, 1)
        assert layer.hash.hashes.shape == (layer.out_c, -(-layer.taps // 64), 64)


def test_hash_bits_lie_lowest_first_and_come_back(bench):
    emulation = inference.Emulation(bench.exact, bench.plan(256, 16))
    layer = next(layer for layer in bench.exact.layers if layer.name == "conv2")
    hashed = emulation.hashed_weights(layer)
    config = emulation.plan["conv2"]

    kept = stored(hashed, config, 0)

    assert int(kept.hashes[3, 1, 5]) == sum(int(hashed.signs[1][3, 40 + j] > 0) << j for j in range(8))
    for before, after in zip(hashed.signs, restored(kept).signs, strict=True):
        assert (before == after).all()
    assert config_of(kept) == config
    assert layer_hash.unpack(*kept.pack()) == {
        "bits": 256, "tile": 16, "projection": 1, "norm_shift": 5, "product_shift": 22, "dataflow": 0,
    }  # fmt: skip


def test_the_command_places_layers_and_measures_what_the_file_holds(digits_onnx, tmp_path, capsys):
    target = tmp_path / "digits.gnl"
    arguments = [
        str(digits_onnx),
        "--target",
        "deepcam",
        "--hash-tile",
        "64",
        "--place",
        "conv1=cpu",
        "-o",
        str(target),
    ]

    assert command.main([*arguments, "--measure", "digits-heldback", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert [layer.get("hash_bits") for layer in found["layers"]] == [None, 1024, 1024]
    network = loadable.load(target)
    held_back = image_sources.load("digits-heldback", None)
    prepared = onnx_import.load_network(digits_onnx).prepare(held_back.images)
    inputs = quantise_images(prepared, network.input_scale, 8)
    assert (reference.predict(network, inputs) == held_back.labels).sum() == found["loadable_correct"]
    assert found["loadable_correct"] > 0.85 * found["images"]


def test_variable_lengths_are_searched_on_training_images(bench):
    names = [layer.name for layer in inference.weighted_layers(bench.exact)]
    validation = ImageSet(bench.validation, bench.validation_labels)

    free = place(bench.exact, names, HashOptions(None, 64, delta=1), ImageSet(bench.calibration), validation)
    strict = place(bench.exact, names, HashOptions(None, 64, delta=0), ImageSet(bench.calibration), validation)

    assert [layer.hash.bits for layer in free.layers] == [256, 256, 256]
    assert max(layer.hash.bits for layer in strict.layers) > 256
    with pytest.raises(GanglionError, match="no validation images"):
        place(bench.exact, names, HashOptions(None), ImageSet(bench.calibration))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--hash-bits", "300"], "hash of 300 bits"),
        (["--hash-bits", "many"], "256, 512, 768, 1024 or variable"),
        (["--hash-tile", "12"], "tiles of 12 inputs"),
        (["--hash-tile", "8"], "at most 16 tiles"),
        (["--delta", "2"], "--delta 2"),
        (["--hash-seed", "-1"], "--hash-seed -1"),
        (["--bits", "6"], "6 operand bits on deepcam"),
    ],
)
def test_what_the_array_cannot_do_is_refused(digits_onnx, tmp_path, arguments, message):
    target = tmp_path / "f.gnl"
    with pytest.raises(GanglionError, match=message):
        command.main([str(digits_onnx), "--target", "deepcam", "-o", str(target), *arguments])
    assert not target.exists()


def test_weights_that_are_no_numbers_are_refused_and_nothing_is_written(digits_onnx, tmp_path):
    model = onnx.load(digits_onnx)
    weights = model.graph.initializer[0]
    values = onnx.numpy_helper.to_array(weights).copy()
    values.flat[3] = np.nan
    weights.CopyFrom(onnx.numpy_helper.from_array(values, weights.name))
    broken, target = tmp_path / "nan.onnx", tmp_path / "f.gnl"
    onnx.save(model, broken)

    with pytest.raises(GanglionError, match=f"'{weights.name}' holds NaN or infinity"):
        command.main([str(broken), "--target", "deepcam", "-o", str(target)])
    assert not target.exists()


def patched(data: bytes, offset: int, value: int) -> bytes:
    """The file with one word replaced and a fresh checksum."""
    changed = bytearray(data)
    struct.pack_into("<I", changed, offset, value)
    struct.pack_into("<I", changed, loadable.CRC_OFFSET, 0)
    struct.pack_into("<I", changed, loadable.CRC_OFFSET, zlib.crc32(changed))
    return bytes(changed)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("hash", 300, "hash of 300 bits"),
        ("hash", 512 | 12 << 16, "tiles of 12 inputs"),
        ("hash_options", 0, "product shift 0"),
        ("hash_options", 1 << 20 | 2 << 26, "dataflow 2"),
        ("norms_offset", 0x7FFFFFC0, "at offset 2147483584"),
        ("macs", 7, "macs 7; expected: 4608 from its shape"),
    ],
)
def test_a_broken_hash_in_a_file_is_refused_with_value_and_rule(placed, field, value, message):
    names = [name for name, _, _ in loadable.LAYER_FIELDS]
    offset = loadable.HEADER_BYTES + 4 * names.index(field)

    with pytest.raises(GanglionError, match=message):
        loadable.from_bytes(patched(loadable.to_bytes(placed), offset, value), where="broken.gnl")


def test_a_norm_that_is_no_number_is_refused(placed):
    layer = placed.layers[0]
    norms = layer.hash.norms.copy()
    norms[2, 0] = 0x7F
    broken = replace(placed, layers=[replace(layer, hash=replace(layer.hash, norms=norms)), *placed.layers[1:]])

    with pytest.raises(GanglionError, match="norm code 127"):
        loadable.to_bytes(broken)


def test_weights_on_the_array_or_hashes_elsewhere_are_refused(placed, bench):
    for layer, target in ((bench.exact.layers[0], loadable.TARGET_DEEPCAM), (placed.layers[0], loadable.TARGET_CPU)):
        broken = replace(placed, layers=[replace(layer, target=target), *placed.layers[1:]])
        with pytest.raises(GanglionError, match="hashes on deepcam, and only there"):
            loadable.to_bytes(broken)


def test_maps_of_zeros_hash_to_norm_zero_and_give_the_bias(placed):
    layer = placed.layers[-1]
    maps = np.zeros((1, layer.in_c, 1, 1), np.int64)

    found = reference.run_layer(layer, maps, 8, reference.LayerTrace())

    exact = reference.finish(layer, np.zeros((1, 1, 1, layer.out_c), np.int64))
    assert (found == exact).all()
