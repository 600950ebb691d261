"""Mistakes on the command line and in scenarios: exit code 2, place, what was expected, nearest name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Ganglion


def test_version_names_release_and_commit(ganglion: Ganglion) -> None:
    outcome = ganglion("--version")

    assert outcome.code == 0
    assert outcome.out.startswith("ganglion 0.")


def test_help_lists_commands_and_exit_codes(ganglion: Ganglion) -> None:
    outcome = ganglion("--help")

    assert outcome.code == 0
    for word in ("run", "demo", "params", "doctor", "130 interrupted"):
        assert word in outcome.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ["subcommand"]),
        (("rum",), ["rum", 'did you mean "run"']),
        (("run", "--reprot", "x.json"), ["--reprot", "--report"]),
        (("run", "--profle", "x"), ["--profle", "--profile"]),
        (("run", "--max-time"), ["--max-time"]),
        (("run",), ["firmware", "--elf"]),
        (("run", "nowhere.yaml"), ["nowhere.yaml", "places"]),
        (("run", "nowhere/demo.yaml"), ["nowhere/demo.yaml", "places"]),
        (("run", "/nowhere/demo.yaml"), ["/nowhere/demo.yaml", "places"]),
        (("run", "--elf", "nowhere.elf"), ["--elf nowhere.elf", "places"]),
        (("run", "--uart", "tcp:1"), ["--uart tcp:1", "file:NAME"]),
        (("run", "--data", "nowhere"), ["--data nowhere", "folder"]),
    ],
)
def test_wrong_command_lines_are_explained(ganglion: Ganglion, arguments: tuple[str, ...], words: list[str]) -> None:
    outcome = ganglion(*arguments)

    assert outcome.code == 2, outcome
    for word in words:
        assert word in outcome.err, outcome


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("soc.cpu.isaa=rv64imac", ["--set soc.cpu.isaa", "virt.yaml:", '"isa"']),
        ("soc.memry.size=1 MiB", ["--set soc.memry.size", '"memory"']),
        ("soc.cpu.isa=rv64imad", ["--set soc.cpu.isa", "rv64imac"]),
        ("soc.cpu.timing=smal_in_order", ["small_in_order"]),
        ("soc.memory.size=64", ["MiB"]),
        ("soc.uart.type=uart16551", ["uart16550"]),
        ("sed=3", ["--set sed=3", '"seed"']),
        ("clocks.system.frequency=0 Hz", ["frequency", "range"]),
        ("soc.memory.address=0x10000000", ["uart"]),
        ("soc.cpu", ["="]),
    ],
)
def test_wrong_settings_name_place_and_nearest_name(
    ganglion: Ganglion, elf: object, assignment: str, words: list[str]
) -> None:
    outcome = ganglion("run", "--elf", elf("hello"), "--set", assignment)

    assert outcome.code == 2, outcome
    for word in words:
        assert word in outcome.err, outcome


def test_a_setting_may_stand_before_the_scenario(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "--set", "limits.instructions=1000", "--set", "seed=3", "virt.yaml")

    assert outcome.code == 2, outcome
    assert "firmware" in outcome.err, outcome  # the bare SoC was read; it only lacks an ELF


def test_wrong_settings_in_a_file_name_line_and_column(ganglion: Ganglion, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: virt.yaml\nname: mine\nsoc:\n  cpu: {tming: ideal}\n")
    (tmp_path / "virt.yaml").write_text("name: virt\nclocks: {a: {frequency: 1 MHz}}\nsoc: {cpu: {type: hart}}\n")

    outcome = ganglion("run", file)

    assert outcome.code == 2
    assert f"{file}:4:9" in outcome.err, outcome
    assert '"timing"' in outcome.err


def test_soc_without_router_is_explained(ganglion: Ganglion, elf: object, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nclocks: {a: {frequency: 1 MHz}}\nsoc: {cpu: {type: hart}}\n")

    outcome = ganglion("run", file, "--elf", elf("hello"))

    assert outcome.code == 2
    assert "router" in outcome.err


def test_second_hart_is_refused(ganglion: Ganglion, elf: object) -> None:
    outcome = ganglion("run", "--elf", elf("hello"), "--set", "soc.cpu2.type=hart")

    assert outcome.code == 2
    assert "second hart" in outcome.err


def test_broken_yaml_names_line(ganglion: Ganglion, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("name: x\nsoc: {cpu: [}\n")

    outcome = ganglion("run", file)

    assert outcome.code == 2
    assert f"{file}:2" in outcome.err


def test_unwritable_report_is_found_before_the_run(ganglion: Ganglion, elf: object) -> None:
    outcome = ganglion("run", "--elf", elf("hello"), "--report", "/nowhere/report.json")

    assert outcome.code == 2
    assert "--report /nowhere/report.json" in outcome.err
    assert outcome.out == "", "the firmware must not have run"


def test_mistakes_leave_no_empty_outputs(ganglion: Ganglion, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("kept")

    for report in ("new.json", "old.json"):
        assert ganglion("run", "nowhere.yaml", "--report", report, "--trace", "trace.json").code == 2

    assert [file.name for file in tmp_path.iterdir()] == ["old.json"]
    assert (tmp_path / "old.json").read_text() == "kept"


def test_params_lists_every_parameter_of_a_scenario(ganglion: Ganglion) -> None:
    outcome = ganglion("params", "virt.yaml", "--json")

    assert outcome.code == 0, outcome
    sections = {section["path"]: section for section in json.loads(outcome.out)}
    memory = next(section for path, section in sections.items() if path.startswith("soc.memory"))
    size = next(param for param in memory["params"] if param["name"] == "size")
    assert size["value"] == "64 MiB"
    assert size["given"] is True
    assert "virt.yaml:" in size["where"]
    for section in sections.values():
        for param in section["params"]:
            assert param["description"] and param["type"]


def test_params_without_scenario_shows_types(ganglion: Ganglion) -> None:
    outcome = ganglion("params")

    assert outcome.code == 0
    for word in (
        "type: hart",
        "type: sram",
        "type: sc_cnn",
        "limits",
        "quantity (Hz, kHz, MHz, GHz)",
    ):
        assert word in outcome.out


def test_scenario_schema_accepts_the_scenarios_of_the_build(ganglion: Ganglion) -> None:
    import jsonschema
    import yaml
    from conftest import SHARE

    schema = json.loads(ganglion("params", "--schema").out)

    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for scenario in ("virt.yaml", "demo.yaml"):
        validator.validate(yaml.safe_load((SHARE / "scenarios" / scenario).read_text()))
    broken = yaml.safe_load((SHARE / "scenarios/virt.yaml").read_text())
    broken["soc"]["memory"]["sise"] = "1 MiB"
    assert not validator.is_valid(broken)


def test_doctor_checks_tools_with_remedies(ganglion: Ganglion) -> None:
    outcome = ganglion("doctor", "--json")

    checks = {check["name"]: check for check in json.loads(outcome.out)}
    for name in (
        "C++ compiler",
        "SystemC",
        "RISC-V compiler",
        "Verilator",
        "Python venv",
    ):
        assert name in checks
    assert "C++ 2017" in checks["SystemC"]["found"]
    for check in checks.values():
        assert check["ok"] or check["remedy"]
    assert outcome.code == (0 if all(c["ok"] or not c["required"] for c in checks.values()) else 1)


def test_doctor_says_what_is_missing(ganglion: Ganglion) -> None:
    outcome = ganglion("doctor", env={"PATH": "/nowhere"})

    assert outcome.code == 1
    assert "MISSING" in outcome.out
    assert "mend: apt-get install" in outcome.out


def test_other_commands_are_programs_on_path(ganglion: Ganglion, tmp_path: Path) -> None:
    program = tmp_path / "ganglion-greet"
    program.write_text('#!/bin/sh\necho "greetings, $1 $2"\nexit 7\n')
    program.chmod(0o755)

    outcome = ganglion("greet", "a", "--b", env={"PATH": f"{tmp_path}:/usr/bin:/bin"})

    assert outcome.code == 7
    assert outcome.out == "greetings, a --b\n"
