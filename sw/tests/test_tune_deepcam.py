"""Fine-tuning through the hash: forward is what the array estimates, backward passes signs straight through."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from ganglion import onnx_import
from ganglion.calibrate import calibrate
from ganglion.deepcam import accuracy, array, formats, inference
from ganglion.deepcam.array import HashConfig
from ganglion.errors import GanglionError
from ganglion.image_sources import Images
from ganglion.lower import Options, lower

torch = pytest.importorskip("torch", reason="Debian's python3-torch is not installed")
TUNE = runpy.run_path(str(Path(__file__).resolve().parents[1] / "training" / "tune_deepcam.py"))


@pytest.mark.parametrize(("bits", "tile"), [(256, 0), (1024, 16)])
def test_forward_is_the_arrays_estimate_but_for_the_norms_minifloats(bits, tile):
    rng = np.random.default_rng(3)
    inputs, weights = rng.integers(-127, 128, (20, 40)), rng.integers(-127, 128, (7, 40))
    config = HashConfig(bits, tile, seed=5, layer=2)
    hashed = [array.hash_vectors(v, config, config.input_shift) for v in (inputs, weights)]
    cells = torch.tensor(formats.projection(5, 2, 40, bits).astype(np.float32))
    x, w = (torch.tensor(v.astype(np.float32)) for v in (inputs, weights))

    for part, expected in zip(config.tiles(40), hashed[0].signs, strict=True):
        assert (TUNE["signs"](x[:, part], cells[part], x[:, part].norm(dim=1)).numpy() == expected).all()
    estimate = TUNE["estimated_products"](x, w, cells, config).numpy()
    norms = np.outer(*(np.linalg.norm(v.astype(float), axis=1) for v in (inputs, weights)))
    difference = np.abs(estimate - array.dot_products(*hashed, config))
    assert (difference <= (1.0625**2 - 1) * norms + 1).all()
    assert np.abs(estimate).max() > 0.2 * norms.min(), "an estimate of nothing would agree, too"


def test_a_sign_passes_the_gradient_within_one_deviation():
    values = torch.tensor([-3.0, -1.0, -0.2, 0.0, 0.7, 1.5], requires_grad=True)

    found = TUNE["StraightSign"].apply(values)
    found.sum().backward()

    assert found.tolist() == [-1, -1, -1, 1, 1, 1]
    assert values.grad.tolist() == [0, 1, 1, 1, 1, 0]


def test_a_network_with_branches_is_hashed_on_every_way(tiny_residual):
    network = onnx_import.load_network(tiny_residual[0])
    images = np.load(tiny_residual[1])["images"]
    quantised = calibrate(network, Images("tiny", images, np.zeros(len(images), np.uint8), 5), 8, 100.0)
    exact = lower(quantised.quantised, Options("cpu"), quantised.images[:0])
    hashed = TUNE["HashedNetwork"](network, 1024, 24, 1)

    logits = hashed(torch.from_numpy(images[:40].astype(np.float32)))

    expected = inference.Emulation(exact, inference.plan(exact, 1024, 24)).logits(quantised.images[:40])
    assert np.corrcoef(logits.detach().numpy().ravel(), expected.ravel())[0, 1] > 0.95
    logits[:, 2].sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in hashed.weights)
    again = hashed.trained(network)
    assert [s.name for s in again.stages] == [s.name for s in network.stages]
    for a, b in zip(again.stages, network.stages, strict=True):
        assert a.weight is None or np.allclose(a.weight, b.weight)


@pytest.mark.slow
def test_tuning_makes_the_emulated_array_right_more_often(digits_onnx, tmp_path):
    """Held-back images, which training never sees; 64 % before (docs/papers/deepcam.md has the whole table)."""
    tuned = tmp_path / "tuned.onnx"

    assert TUNE["main"]([str(digits_onnx), "-o", str(tuned), "--hash-bits", "512", "--epochs", "2"]) == 0

    before, after = (accuracy.prepare(path, None, None) for path in (digits_onnx, tuned))
    assert [s.name for s in after.network.stages] == [s.name for s in before.network.stages]
    assert after.correct(512, 0, True) > before.correct(512, 0, True) + 0.2 * len(after.test.labels)


@pytest.mark.parametrize("arguments", [["--epochs", "0"], ["--hash-seed", "-1"], ["--hash-bits", "300"]])
def test_what_cannot_be_trained_is_refused(digits_onnx, tmp_path, arguments):
    with pytest.raises(GanglionError, match=f"{arguments[0]}.*{arguments[1]}"):
        TUNE["main"]([str(digits_onnx), "-o", str(tmp_path / "tuned.onnx"), *arguments])
    assert not list(tmp_path.iterdir())
