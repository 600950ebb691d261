"""What tests of residual networks share: run a loadable, compare its predictions with NumPy's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Report = Callable[..., dict[str, Any]]
SCENARIOS = {"cpu": "classify.yaml", "sc_cnn": "classify.yaml", "deepcam": "deepcam.yaml"}


def compare(report_of: Report, target: str, network: Path, slice_: Path) -> dict[str, Any]:
    """Runs a loadable on a slice; the result, after its predictions were compared image for image."""
    from ganglion import dataset, loadable, reference

    compiled, images = loadable.load(network), dataset.load(slice_)
    assert {loadable.TARGET_NAMES[layer.target] for layer in compiled.layers if layer.weighted} == {target}
    arguments = ["--set", f"images.loadable.file={network}", "--set", f"images.dataset.file={slice_}"]
    report = report_of("run", SCENARIOS[target], *arguments, "--uart", "none")
    result: dict[str, Any] = report["result"]["sets"]["run"]
    expected = [int(p) for p in reference.predict(compiled, images.images)]
    assert result["predictions"] == expected
    print(network.name, result["correct"], "of", result["images"])
    return result
