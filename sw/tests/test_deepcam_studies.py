"""Parts of the studies on the platform that need no platform: scenario files, comparison, tables."""

from __future__ import annotations

import numpy as np
import pytest

from ganglion.deepcam import associative, end_to_end, noise_study, paper, platform_run
from ganglion.deepcam.noise import Levels, Noise, name_hash
from ganglion.errors import GanglionError


def test_the_repositorys_study_of_noise_is_valid():
    study = noise_study.read(noise_study.SCENARIO)

    assert set(study.axes) == set(noise_study.LARGEST)
    assert [(h.bits, h.tile) for h in study.hashes] == [(1024, 0), (1024, 64)]
    assert all(values[0] == 0 for values in study.axes.values()), "the ideal array is a point of every axis"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema: ganglion.deepcam-noise/1", "schema: other", "no study of noise"),
        ("seeds: [1, 2, 3]", "seeds: [1, x]", "seeds: .*whole numbers, 0..4294967295"),
        ("seeds: [1, 2, 3]", "seed: [1]", "key 'seed'"),
        ("{bits: 1024, tile: 0}", "{bits: 1000, tile: 0}", "hash of 1000 bits"),
        ("{bits: 1024, tile: 0}", "{bits: 1024}", "hash .*expected: {bits: K, tile: T}"),
        ("{bits: 1024, tile: 0}", "{bits: 1024, tile: 12}", "tiles of 12 inputs"),
        ("sense_step_log2: [0, 3", "sense_step_log2: [9, 3", r"sense_step_log2: .*0\.\.8"),
        ("read_sigma:", "drift:", "axes: "),
        ("images: 200", "images: 0", "images: "),
    ],
)
def test_a_broken_study_is_refused_with_value_and_rule(tmp_path, old, new, message):
    text = noise_study.SCENARIO.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "noise.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(GanglionError, match=message):
        noise_study.read(path)


def test_a_prediction_that_differs_ends_the_study():
    def measured(*predictions: int) -> platform_run.Measured:
        return platform_run.Measured(np.array(predictions), 0, 0, 0, 0)

    end_to_end.agreed(measured(3, 1, 4), [3, 1, 4, 9, 9], "whole set on one side")
    with pytest.raises(GanglionError, match="net: image 2: firmware says 4, the emulation 5"):
        end_to_end.agreed(measured(3, 1, 4), [3, 1, 5], "net")


def test_levels_of_noise_have_the_stated_deviation():
    noise = Noise(Levels(conductance_sigma=160, sense_sigma=320))
    assert name_hash("a") == 0xAF63DC4C8601EC8C  # FNV-1a's published vector

    distances = np.full((400, 64), 500)
    errors = noise.sense(1, 0, distances, 1024) - distances

    assert abs(errors.mean()) < 5 * 20 / np.sqrt(errors.size)
    assert errors.std() == pytest.approx(20, rel=0.03)


def test_the_table_of_noise_gives_mean_and_span_over_seeds():
    points = [noise_study.Point("net", 512, 0, "sense_sigma", value, seed, 50, right)
              for value, seed, right in ((0, 1, 45), (256, 1, 20), (256, 2, 30))]  # fmt: skip

    text = noise_study.to_markdown(points)

    assert "| sense amplifier: deviation of a distance, bits | 0 | 16 |" in text
    assert "| net, whole vectors, k = 512 | 90.0 | 50.0 (40.0 to 60.0) |" in text


def test_equal_shares_are_drawn_without_bars(tmp_path):
    points = [noise_study.Point("net", 512, 0, "sense_sigma", 256, seed, 1000, 901) for seed in (1, 2, 3)]

    noise_study.plot(points, tmp_path / "noise.png")  # their mean rounds below them

    assert (tmp_path / "noise.png").stat().st_size > 1000


def test_thermometer_words_make_hamming_distance_the_distance_in_levels():
    levels = np.random.default_rng(1).integers(0, 17, (6, 1, 8, 8))
    words = associative.thermometer(np.rint(levels * 127 / 16).astype(np.int8), 1024)
    memory = associative.Memory(8, list(words[:3]), labels=[0, 1, 2])

    expected = [[np.abs(key - row).sum() for row in levels[:3]] for key in levels]
    assert (memory.distances(words) == expected).all()
    memory.care = np.zeros(1024, np.uint8)
    memory.care[: 5 * 16] = 1  # five pixels take part
    expected = [[np.abs((key - row).ravel()[:5]).sum() for row in levels[:3]] for key in levels]
    assert (memory.distances(words) == expected).all()


def test_a_full_memory_learns_nothing_more():
    words = associative.thermometer(np.diag([127] * 4).reshape(4, 1, 2, 2), 256)
    memory = associative.Memory(3)

    stored = [associative.learn(memory, word, label) for label, word in enumerate(words)]

    assert stored == [True, True, True, False]
    assert not associative.learn(memory, words[0], 0), "known already"
    assert associative.unsure(memory, words[3]), "nothing is near"
    assert not associative.unsure(memory, words[1])


@pytest.mark.parametrize("read", [noise_study.read, paper.read_axes])
def test_a_file_that_is_no_text_is_no_study(tmp_path, read):
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\x80\x81")

    with pytest.raises(GanglionError, match="not YAML"):
        read(path)
