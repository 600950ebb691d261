"""App `cam_assoc`: the DeepCAM array as an associative memory that learns at run time, beside its NumPy twin."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SHARE, Ganglion


def twin(rows: int, bits: int) -> Any:
    from ganglion import dataset
    from ganglion.deepcam import associative

    training, test = (dataset.load(SHARE / "datasets" / name) for name in ("digits_train.gnd", "digits.gnd"))
    return associative.run(training.images, training.labels, test.images, rows, bits), test.labels


@pytest.mark.parametrize(("rows", "segments"), [(256, 4), (64, 4), (128, 2)], ids=["default", "rows run out", "narrow"])
def test_every_set_is_classified_as_the_twin_does(
    report_of: Callable[..., dict[str, Any]], rows: int, segments: int
) -> None:
    report = report_of("run", "cam_assoc.yaml", "--set", f"soc.deepcam.rows={rows}", "--uart", "none",
                       "--set", f"soc.deepcam.segments={segments}", expect=0 if (rows, segments) == (256, 4) else 1,
                       )  # fmt: skip

    expected, labels = twin(rows, 256 * segments)
    sets = report["result"]["sets"]
    assert sorted(sets) == sorted(expected.predictions)
    for name, predictions in expected.predictions.items():
        assert sets[name]["predictions"] == predictions.tolist(), name
        assert sets[name]["correct"] == int((predictions == labels).sum()), name
    assert report["components"]["deepcam"]["actions"]["search"] > 4 * len(labels)


def test_a_class_is_learned_at_run_time_and_dont_care_bits_help(
    ganglion: Ganglion, report_of: Callable[..., dict[str, Any]]
) -> None:
    expected, labels = twin(256, 1024)
    sets = report_of("run", "cam_assoc.yaml", "--uart", "none")["result"]["sets"]

    def right(name: str, of_class: int | None = None) -> float:
        chosen = [p == t for p, t in zip(sets[name]["predictions"], labels, strict=True) if of_class in (None, int(t))]
        return sum(chosen) / len(chosen)

    assert right("before", 9) == 0, "never seen"
    assert right("after", 9) > 0.6
    assert right("after") > right("before") + 0.08 > 0.88
    assert right("ternary") > right("hidden") + 0.3
    said = ganglion("run", "cam_assoc.yaml").out
    found = re.search(r"exact search finds (\d+) of (\d+) rows; (\d+) searches, (\d+) row writes.*row: (\d+)", said)
    assert found is not None, said
    recalled, used, _, writes, wear = map(int, found.groups())
    assert recalled == used == expected.rows_after
    assert writes == 2 * used, "each row once, and once more with don't-care bits"
    assert wear == 2
    assert f"asked for {expected.asked} of {expected.streamed} images" in said
    assert expected.asked < 0.4 * expected.streamed


def test_pictures_that_do_not_fit_a_word_are_refused(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "cam_assoc.yaml", "--set", f"images.training.file={SHARE / 'firmware/hello.elf'}")

    assert outcome.code == 4, outcome
    assert "training is not a file of this kind" in outcome.out


def test_sets_of_different_shapes_are_refused(ganglion: Ganglion, tmp_path: Path) -> None:
    from ganglion import dataset

    other = dataset.make_slice("flat", np.zeros((3, 1, 4, 16)), np.zeros(3, np.uint8), 1.0, 8, 10)
    dataset.save(other, tmp_path / "flat.gnd")

    outcome = ganglion("run", "cam_assoc.yaml", "--set", f"images.dataset.file={tmp_path / 'flat.gnd'}")

    assert outcome.code == 4, outcome
    assert "training has pictures of 1x8x8, dataset of 1x4x16" in outcome.out
