"""The report: its schema, its determinism, its books."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import SHARE, Ganglion, deterministic

Elf = Callable[[str], Path]
ReportOf = Callable[..., dict[str, Any]]


@pytest.fixture
def report_schema(ganglion: Ganglion) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(ganglion("params", "--report-schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def test_reports_fit_their_schema(report_of: ReportOf, report_schema: dict[str, Any], elf: Elf) -> None:
    validator = jsonschema.Draft202012Validator(report_schema)

    validator.validate(report_of("run", "--elf", elf("hello")))
    validator.validate(report_of("run", "--elf", elf("fault_wild_jump"), expect=4))
    broken = report_of("run", "--elf", elf("hello"))
    broken["energy"]["conservation"]["extra"] = 1
    assert not validator.is_valid(broken)


def test_demo_report_fits_its_schema(report_of: ReportOf, report_schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(report_schema).validate(report_of("run", "demo.yaml", "--uart", "none"))


@pytest.mark.parametrize("options", [["--json"], ["--report", "-"], ["--json", "--report", "-"]], ids=" ".join)
def test_report_has_standard_output_for_itself(ganglion: Ganglion, elf: Elf, options: list[str]) -> None:
    outcome = ganglion("run", "--elf", elf("hello"), *options)

    assert outcome.code == 0
    assert json.loads(outcome.out)["schema"] == "ganglion.report/1"
    assert "hello from hart 0" in outcome.err, "the UART gives way"


def test_images_are_named_with_the_digest_of_their_bytes(report_of: ReportOf) -> None:
    images = report_of("run", "demo.yaml", "--uart", "none")["images"]

    files = {name: image["file"] for name, image in images.items()}
    assert files == {"loadable-cpu": "digits_cpu.gnl", "loadable-sc_cnn": "digits_sc.gnl", "dataset": "digits.gnd"}
    for image in images.values():
        (file,) = SHARE.rglob(image["file"])
        assert image["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_energy_adds_up(report_of: ReportOf) -> None:
    report = report_of("run", "demo.yaml", "--uart", "none")
    energy = report["energy"]

    assert sum(energy["by_component"].values()) == pytest.approx(energy["total_pj"], abs=1e-2)
    assert sum(energy["by_class"].values()) == pytest.approx(energy["total_pj"], abs=1e-2)
    assert energy["low_pj"] <= energy["total_pj"] <= energy["high_pj"]
    assert energy["traffic"]["issued_reads"] == energy["traffic"]["booked_reads"] > 0
    for name, component in report["components"].items():
        assert sum(component["time_by_cause"].values()) == component["powered_ps"], name
        assert sum(component["energy_by_action"].values()) == pytest.approx(component["energy_pj"], abs=1e-2), name
    assert energy["energy_read_by_firmware"] is True
    assert all(energy["conservation"][check] for check in ("issued_booked", "regions", "time"))


def test_two_runs_give_the_same_report(report_of: ReportOf) -> None:
    first = report_of("run", "demo.yaml", "--uart", "none")
    second = report_of("run", "demo.yaml", "--uart", "none", "--trace", "trace.json")

    assert deterministic(first) == deterministic(second)


NEUTRAL = [
    ["soc.cpu.quantum=1 us"],
    ["soc.cpu.quantum=1 ms"],
    ["soc.cpu.quantum=1 us", "soc.cpu.dmi=false"],
    ["soc.cpu.quantum=10 us", "soc.cpu.dmi=false"],
    ["soc.cpu.quantum=1 ms", "soc.cpu.dmi=false"],
    ["soc.cpu.block_instructions=1"],
]


@pytest.mark.parametrize("settings", NEUTRAL, ids="; ".join)
@pytest.mark.parametrize("firmware", ["selftest", "fault_endless_loop"])
def test_neutral_settings_do_not_change_a_byte(
    report_of: ReportOf, elf: Elf, firmware: str, settings: list[str]
) -> None:
    arguments = ["run", "--elf", elf(firmware), "--uart", "none", "--max-time", "20 ms"]
    expect = 5 if firmware == "fault_endless_loop" else 0
    sets = [word for setting in settings for word in ("--set", setting)]

    reference = report_of(*arguments, expect=expect)
    other = report_of(*arguments, *sets, "--trace", "trace.json", expect=expect)

    assert deterministic(other) == deterministic(reference)


@pytest.mark.parametrize("settings", NEUTRAL[:3], ids="; ".join)
def test_neutral_settings_do_not_change_the_demo(report_of: ReportOf, settings: list[str]) -> None:
    sets = [word for setting in settings for word in ("--set", setting)]

    reference = report_of("run", "demo.yaml", "--uart", "none")
    other = report_of("run", "demo.yaml", "--uart", "none", *sets, "--trace", "trace.json")

    assert deterministic(other) == deterministic(reference)


def test_neutral_settings_hold_at_clocks_that_share_no_edges(report_of: ReportOf) -> None:
    clocks = ["--set", "clocks.system.frequency=333 MHz", "--set", "clocks.odd.frequency=127 MHz"]
    arguments = ["run", "demo.yaml", "--uart", "none", *clocks, "--set", "soc.sc_cnn.clock=odd"]

    reference = report_of(*arguments)
    other = report_of(*arguments, "--set", "soc.cpu.quantum=1 us", "--set", "soc.cpu.dmi=false")

    assert deterministic(other) == deterministic(reference)


def test_more_lanes_are_faster(report_of: ReportOf) -> None:
    def offloaded_ps(report: dict[str, Any]) -> int:
        (region,) = (region for region in report["regions"] if region["name"] == "sc_cnn")
        return region["end_ps"] - region["begin_ps"]

    few = report_of("run", "demo.yaml", "--uart", "none", "--set", "soc.sc_cnn.lanes=4")
    many = report_of("run", "demo.yaml", "--uart", "none", "--set", "soc.sc_cnn.lanes=32")

    assert offloaded_ps(many) < offloaded_ps(few)
    assert many["result"]["sets"] == few["result"]["sets"], "the arithmetic does not depend on the number of lanes"


def test_settings_that_count_change_the_digest(report_of: ReportOf, elf: Elf) -> None:
    first = report_of("run", "--elf", elf("hello"))
    second = report_of("run", "--elf", elf("hello"), "--set", "soc.cpu.timing=ideal")

    assert first["scenario"]["sha256"] != second["scenario"]["sha256"]
    assert first["sim"]["time_ps"] != second["sim"]["time_ps"]


def test_seed_reaches_the_report(report_of: ReportOf, elf: Elf) -> None:
    assert report_of("run", "--elf", elf("hello"), "--seed", "7")["seed"] == 7


def test_unmet_expectation_is_exit_code_1(report_of: ReportOf) -> None:
    report = report_of(
        "run",
        "demo.yaml",
        "--uart",
        "none",
        "--set",
        "expect.cpu.minimum_accuracy=1",
        expect=1,
    )

    assert "accuracy" in report["result"]["failed_expectations"][0]
    assert report["exit"]["code"] == 1


def test_trace_is_json_with_regions_and_jobs(ganglion: Ganglion, tmp_path: Path) -> None:
    outcome = ganglion("run", "demo.yaml", "--uart", "none", "--trace", "trace.json")

    assert outcome.code == 0, outcome
    trace = json.loads((tmp_path / "trace.json").read_text())
    events = trace["traceEvents"] if isinstance(trace, dict) else trace
    names = {event.get("name") for event in events}
    assert {"cpu", "sc_cnn"} <= names
    assert any(event.get("ph") == "C" for event in events), "energy counters"
    assert "irq 64 rises" in names, "interrupts by their PLIC source"
    assert "irq 0 rises" not in names
