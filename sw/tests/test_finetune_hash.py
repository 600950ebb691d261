"""Fine-tuning through the hash: what the forward pass computes, what gradients see, what a few epochs do."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

from ganglion import image_sources, onnx_import
from ganglion.calibrate import calibrate
from ganglion.deepcam import inference
from ganglion.lower import Options, lower

torch = pytest.importorskip("torch", reason="no PyTorch: apt install python3-torch (only fine-tuning needs it)")


@pytest.fixture(scope="module")
def script(digits_onnx):
    return runpy.run_path(str(digits_onnx.parents[1] / "training" / "finetune_hash.py"))


@pytest.fixture(scope="module")
def source():
    return image_sources.load("digits-train", None, 576)


@pytest.fixture
def calibrated(digits_onnx, source):
    return calibrate(onnx_import.load_network(digits_onnx), source, 8, 100.0)


def test_the_forward_pass_is_the_arrays(script, calibrated, source):
    hashed = script["Hashed"](calibrated.quantised, 512, 64)
    exact = lower(calibrated.quantised, Options("cpu"), calibrated.images[:0])
    emulation = inference.Emulation(exact, inference.plan(exact, 512, 64))
    images = source.images[:64]

    with torch.no_grad():
        found = hashed(torch.from_numpy(images.astype(np.float32))).numpy()

    expected = emulation.logits(calibrated.images[:64]) * exact.layers[-1].out_scale
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.99  # the loadable also rounds maps and biases
    assert (found.argmax(1) == expected.argmax(1)).mean() > 0.9


def test_gradients_are_those_of_the_exact_sums(script, calibrated, source):
    hashed = script["Hashed"](calibrated.quantised, 256, 0)
    images = torch.from_numpy(source.images[:8].astype(np.float32))
    last = str(len(hashed.network.stages) - 1)

    hashed(images)[:, 3].sum().backward()

    gradient = hashed.biases[last].grad.numpy()
    assert gradient.tolist() == [8.0 if i == 3 else 0.0 for i in range(10)]
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in hashed.parameters())


def test_an_epoch_raises_the_accuracy_through_the_hash(script, digits_onnx, tmp_path, capsys):
    tuned = tmp_path / "tuned.onnx"
    words = [str(digits_onnx), "-o", str(tuned), "--hash-bits", "256", "--images", "576", "--percentile", "100"]

    assert script["main"]([*words, "--epochs", "3", "--shift", "0"]) == 0

    counts = [int(line.split()[2]) for line in capsys.readouterr().out.splitlines() if line.startswith("epoch")]
    assert len(counts) == 3
    assert counts[2] > counts[0] + 30
    stages = onnx_import.load_network(tuned).stages
    assert [s.name for s in stages] == [s.name for s in onnx_import.load_network(digits_onnx).stages]
