"""Runs compiled networks on the virtual platform (`ganglion run`) and reads what it measured.

The binary is that of GANGLION_BINARY (the build's `ganglion-deepcam` sets it to its neighbour), else the first
`ganglion` on the PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganglion import dataset, loadable
from ganglion.errors import GanglionError

RUN = "run"  # region and result set of an image called `loadable`
TAIL = 600  # characters of a failed run's output that are shown


@dataclass(frozen=True)
class Measured:
    """One run: predictions of all images, and per image the array's searches, time and energies of the region."""

    predictions: npt.NDArray[np.int64]
    searches: float
    time_us: float
    array_uj: float
    soc_uj: float


def find_binary() -> Path:
    """The `ganglion` to run; GanglionError when there is none."""
    found = os.environ.get("GANGLION_BINARY") or shutil.which("ganglion")
    if not found or not Path(found).is_file():
        raise GanglionError(f"no ganglion binary{f' at {found}' if found else ''}", expected="the built platform",
                            remedy="./dev build, or GANGLION_BINARY=build/release/bin/ganglion")  # fmt: skip
    return Path(found)


def run_report(scenario: str, settings: Mapping[str, object]) -> dict:
    """The report of `ganglion run SCENARIO --set KEY=VALUE...`; a run that fails is a GanglionError with its words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        words = [str(find_binary()), "run", scenario, "--report", str(path)]
        for key, value in settings.items():
            words += ["--set", f"{key}={value}"]
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode != 0 or not path.is_file():
            text = (done.stdout + done.stderr)[-TAIL:].strip()
            raise GanglionError(f"exit code {done.returncode}: {text}", where=" ".join(words))
        return json.loads(path.read_text())


def run_network(
    network: loadable.Loadable, images: dataset.DatasetSlice, settings: Mapping[str, object], scenario: str
) -> Measured:
    """The network over the images on a scenario with the app `classify` and an array called `deepcam`."""
    with tempfile.TemporaryDirectory() as folder:
        files = {"loadable": Path(folder) / "network.gnl", "dataset": Path(folder) / "images.gnd"}
        loadable.save(network, files["loadable"])
        dataset.save(images, files["dataset"])
        report = run_report(scenario, {f"images.{k}.file": v for k, v in files.items()} | dict(settings))
    predictions = np.array(report["result"]["sets"][RUN]["predictions"], np.int64)
    region = next(r for r in report["regions"] if r["name"] == RUN)
    count = len(predictions)
    return Measured(
        predictions,
        report["components"]["deepcam"]["actions"]["search"] / count,
        (region["end_ps"] - region["begin_ps"]) * 1e-6 / count,
        region["energy_by_component"]["deepcam"] * 1e-6 / count,
        region["energy_pj"] * 1e-6 / count,
    )
