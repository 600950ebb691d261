"""App and scenario `cam_lenet`: what the array counted for each layer, then the data set; LeNet-5 with data."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import BINARY, ROOT, SHARE, Ganglion

GOLDEN = {("AS", 64): 324, ("AS", 128): 272, ("AS", 256): 254, ("AS", 512): 242, ("WS", 64): 889, ("WS", 256): 887}


def layers_of(said: str) -> dict[str, tuple[int, ...]]:
    """Searches, row writes, cycles and clamped norms by the name in the first column."""
    pattern = r"^(one image|\S+) .*?(\d+) +(\d+) +(\d+) +[\d.]+ +(\d+)$"
    return {m[1]: tuple(map(int, m.groups()[1:])) for m in re.finditer(pattern, said, re.MULTILINE)}


def test_layers_of_digits_add_up_and_every_image_is_classified(ganglion: Ganglion, tmp_path: Path) -> None:
    from ganglion import dataset, loadable, reference

    network, images = tmp_path / "digits.gnl", SHARE / "datasets/digits.gnd"
    compiled = ganglion("compile", ROOT / "sw/networks/digits.onnx", "--target", "deepcam", "--hash-tile", 64,
                        "--place", "conv1=cpu", "-o", network)  # fmt: skip
    assert compiled.code == 0, compiled

    outcome = ganglion("run", "cam_lenet.yaml", "--set", f"images.loadable.file={network}", "--set",
                       f"images.dataset.file={images}")  # fmt: skip

    assert outcome.code == 0, outcome
    layers = layers_of(outcome.out)
    # 64 and 1 patches fit 256 rows: filters times tiles searches, patches times tiles writes; conv1 runs on the hart
    assert {name: row[:2] for name, row in layers.items()} == {
        "conv2": (16 * 2, 64 * 2), "fc": (10 * 4, 4), "one image": (72, 132),
    }  # fmt: skip
    assert layers["one image"][2] == layers["conv2"][2] + layers["fc"][2]
    assert layers["conv2"][2] > 64 + 2 * (64 + 16), "more than hashing, writing and searching alone"
    test = dataset.load(images)
    right = int((reference.predict(loadable.load(network), test.images) == test.labels).sum())
    assert re.search(rf"^run +359 +{right} ", outcome.out, re.MULTILINE), outcome
    assert "most written row: 2154 writes" in outcome.out, "359 images, 2 pages of conv2 and 4 of fc, all from row 0"


def test_without_its_files_the_scenario_says_where_it_looked(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "cam_lenet.yaml")

    assert outcome.code == 2, outcome
    assert "'lenet5_deepcam.gnl', and there is no such file" in outcome.err
    assert "the scenario's comments may say how to make it" in outcome.err
    assert "ganglion-deepcam lenet5 --data DATA -o DIR" in (ROOT / "scenarios/cam_lenet.yaml").read_text()


@pytest.mark.skipif(not os.environ.get("GANGLION_DATA"), reason="no data folder: set GANGLION_DATA=DIR")
@pytest.mark.parametrize("dataflow", ["AS", "WS"])
def test_lenet5_searches_as_the_golden_table_says(ganglion: Ganglion, tmp_path: Path, dataflow: str) -> None:
    options = ["-o", tmp_path, "--images", "2", "--hash-tile", "0", "--dataflow", dataflow]
    made = subprocess.run(
        [BINARY.parent / "ganglion-deepcam", "lenet5", *options], capture_output=True, text=True, check=True
    )
    assert made.stdout == f"ganglion run cam_lenet.yaml --data {tmp_path}\n"

    for (flow, rows), searches in GOLDEN.items():
        if flow != dataflow:
            continue
        outcome = ganglion("run", "cam_lenet.yaml", "--data", tmp_path, "--set", f"soc.deepcam.rows={rows}")
        assert outcome.code == 0, outcome
        total = layers_of(outcome.out)["one image"]
        assert total[0] == searches, (flow, rows)
        assert total[2] > 4 * searches, "JOB_CYCLES: hashing, writes, transfers too"
