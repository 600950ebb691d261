"""`ganglion demo`: the table, the page, and that they say what the report says."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import SHARE, Ganglion


@pytest.fixture
def demo(ganglion: Ganglion, tmp_path: Path) -> tuple[str, str, dict]:
    outcome = ganglion("demo", "--html", "page.html", "--report", "report.json")
    assert outcome.code == 0, outcome
    return (
        outcome.out,
        (tmp_path / "page.html").read_text(),
        json.loads((tmp_path / "report.json").read_text()),
    )


def test_table_shows_what_was_measured(demo: tuple[str, str, dict]) -> None:
    table, _, report = demo
    sets = report["result"]["sets"]

    for words in (
        "accuracy",
        "hart cycles",
        "simulated time",
        "energy",
        "speed-up",
        "energy ratio",
        "MAC/cycle",
        "bound",
    ):
        assert words in table
    for name in ("cpu", "sc_cnn"):
        assert f"({sets[name]['correct']}/{sets[name]['images']})" in table
    regions = {region["name"]: region["end_ps"] - region["begin_ps"] for region in report["regions"]}
    shown = float(re.search(r"speed-up\s+1x\s+([\d.]+)x", table).group(1))
    assert shown == pytest.approx(regions["cpu"] / regions["sc_cnn"], abs=0.006)
    assert "page.html" in table


def test_software_stays_below_its_bound(demo: tuple[str, str, dict]) -> None:
    table, _, _ = demo
    measured, bound = map(
        float,
        re.search(r"MAC/cycle of the hart\s+([\d.]+) \(bound ([\d.]+)\)", table).groups(),
    )

    assert 0 < measured <= bound


def test_page_is_whole_and_needs_nothing_else(demo: tuple[str, str, dict]) -> None:
    _, page, report = demo

    class Checker(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open_tags: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag not in ("script", "link", "img", "iframe")
            for name, value in attrs:
                assert name not in ("src", "href"), f"{tag} refers to {value}"
            if tag not in ("meta", "rect", "br"):
                self.open_tags.append(tag)

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.handle_starttag(tag, attrs)
            if tag != "rect":
                self.handle_endtag(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open_tags.pop() == tag

    checker = Checker()
    checker.feed(page)
    assert checker.open_tags == []
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<figure>") == 12
    assert f"({report['result']['sets']['cpu']['correct']}/" in page


def test_demo_is_quick_and_small(demo: tuple[str, str, dict]) -> None:
    _, _, report = demo

    assert report["host"]["wall_s"] < 10
    assert report["host"]["resident_bytes"] < 300 << 20


def test_predictions_are_those_of_the_numpy_reference(
    demo: tuple[str, str, dict],
) -> None:
    from ganglion import dataset, loadable, reference

    _, _, report = demo
    images = dataset.load(SHARE / "datasets/digits.gnd")
    for name, file in (("cpu", "digits_cpu.gnl"), ("sc_cnn", "digits_sc.gnl")):
        network = loadable.load(SHARE / "loadables" / file)
        expected = reference.predict(network, images.images)
        assert report["result"]["sets"][name]["predictions"] == [int(p) for p in expected], name


@pytest.mark.parametrize("options", [["--json"], ["--report", "-"]], ids=" ".join)
def test_report_on_standard_output_replaces_the_table(ganglion: Ganglion, options: list[str]) -> None:
    outcome = ganglion("demo", *options)

    assert outcome.code == 0, outcome
    assert json.loads(outcome.out)["schema"] == "ganglion.report/1"


def test_firmware_that_fails_is_not_silenced(ganglion: Ganglion, tmp_path: Path) -> None:
    (tmp_path / "cut.gnd").write_bytes((SHARE / "datasets/digits.gnd").read_bytes()[:500])

    outcome = ganglion("demo", "--set", "images.dataset.file=cut.gnd", "--json")

    assert outcome.code == 4, outcome
    assert json.loads(outcome.out)["exit"]["code"] == 4
    assert "demo --uart stderr" in outcome.err


def test_a_data_set_of_no_images_is_no_success(ganglion: Ganglion, tmp_path: Path) -> None:
    from ganglion import dataset

    digits = dataset.load(SHARE / "datasets/digits.gnd")
    empty = dataset.DatasetSlice(digits.name, digits.images[:0], digits.labels[:0], digits.classes)
    (tmp_path / "empty.gnd").write_bytes(dataset.to_bytes(empty))

    outcome = ganglion("demo", "--set", "images.dataset.file=empty.gnd", "--uart", "stderr")

    assert outcome.code == 4, outcome
    assert "holds no images" in outcome.err
