"""The SC-CNN core in RTL under the demo's firmware: beside its model, in its place, and driven by a recording."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import Ganglion

# The demo's core starts at 242.3 ms of simulated time: this is the first few images.
SHORT = ("--max-time", "243 ms", "--uart", "none")
BOTH = ("--set", "soc.sc_cnn.impl=both")


def test_model_and_rtl_agree_under_the_demos_firmware(ganglion: Ganglion, tmp_path: Path) -> None:
    outcome = ganglion("run", "demo.yaml", *BOTH, *SHORT, "--report", tmp_path / "r.json")
    assert outcome.code == 5, outcome  # the limit of time, not a divergence
    core = json.loads((tmp_path / "r.json").read_text())["components"]["sc_cnn"]
    assert core["impl"] == "both"
    assert core["energy_known"] is True
    compared = core["cycle_error"]
    assert compared["jobs"] >= 60
    assert compared["bytes_compared"] > 10_000
    assert compared["register_reads_compared"] > compared["jobs"]
    assert compared["max"] < 0.05
    assert abs(compared["model_cycles"] - compared["rtl_cycles"]) <= 0.01 * compared["rtl_cycles"]


def test_a_divergence_names_firmware_time_and_waveform(ganglion: Ganglion, tmp_path: Path) -> None:
    no_tolerance = ("--set", "soc.sc_cnn.cycle_tolerance=0", "--set", "soc.sc_cnn.cycle_allowance=0")
    slower_model = ("--set", "soc.sc_cnn.start_cycles=100")
    outcome = ganglion("run", "demo.yaml", *BOTH, *no_tolerance, *slower_model, *SHORT)
    assert outcome.code == 1, outcome
    assert "sc_cnn: RTL and model diverge\n  cycles of job 1: model" in outcome.err
    assert "offload.c:" in outcome.err
    assert "waveform: sc_cnn-divergence.vcd, cycles " in outcome.err
    text = (tmp_path / "sc_cnn-divergence.vcd").read_text()
    assert "$enddefinitions" in text
    assert text.count("\n#") > 400


def test_cycles_can_be_recorded_instead_of_stopping_the_run(ganglion: Ganglion, tmp_path: Path) -> None:
    # The RTL's latency of memory is the model's; a stall now and then makes the difference.
    strict = ("--set", "soc.sc_cnn.cycle_tolerance=0", "--set", "soc.sc_cnn.cycle_allowance=0")
    recording = (*strict, "--set", "soc.sc_cnn.stalls.share=0.1", "--set", "soc.sc_cnn.cycle_check=record")
    outcome = ganglion("run", "demo.yaml", *BOTH, *recording, *SHORT, "--report", tmp_path / "r.json")
    assert outcome.code == 5, outcome
    compared = json.loads((tmp_path / "r.json").read_text())["components"]["sc_cnn"]["cycle_error"]
    assert 50 <= compared["beyond_tolerance"] <= compared["jobs"]


def test_stalls_of_the_bus_change_cycles_and_nothing_else(ganglion: Ganglion, tmp_path: Path) -> None:
    stalls = ("--set", "soc.sc_cnn.stalls.share=0.5", "--set", "soc.sc_cnn.stalls.seed=7")
    outcome = ganglion("run", "demo.yaml", *BOTH, *stalls, *SHORT, "--report", tmp_path / "r.json")
    assert outcome.code == 5, outcome
    compared = json.loads((tmp_path / "r.json").read_text())["components"]["sc_cnn"]["cycle_error"]
    assert compared["jobs"] >= 50
    assert compared["bytes_compared"] > 10_000
    assert compared["beyond_tolerance"] > 0
    assert compared["rtl_cycles"] > 1.1 * compared["model_cycles"]

    outcome = ganglion("run", "demo.yaml", *BOTH, *stalls, "--set", "soc.sc_cnn.cycle_check=stop", *SHORT)
    assert outcome.code == 1, outcome
    assert "cycles of job " in outcome.err and "the tolerance is 5 %" in outcome.err


def test_bad_stalls_are_refused(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "demo.yaml", *BOTH, "--set", "soc.sc_cnn.stalls.share=1")
    assert outcome.code == 2, outcome
    assert "share" in outcome.err and "0.9" in outcome.err
    outcome = ganglion("run", "demo.yaml", *BOTH, "--set", "soc.sc_cnn.stalls.rate=0.5")
    assert outcome.code == 2, outcome
    assert "share" in outcome.err
    outcome = ganglion("run", "demo.yaml", *BOTH, "--set", "soc.sc_cnn.cycle_check=ignore")
    assert outcome.code == 2, outcome
    assert "record" in outcome.err


def test_the_rtl_alone_runs_the_firmware(ganglion: Ganglion, tmp_path: Path) -> None:
    outcome = ganglion("run", "demo.yaml", "--set", "soc.sc_cnn.impl=rtl", *SHORT, "--report", tmp_path / "r.json")
    assert outcome.code == 5, outcome
    core = json.loads((tmp_path / "r.json").read_text())["components"]["sc_cnn"]
    assert core["impl"] == "rtl"
    assert core["bytes_read"] > 10_000
    assert core["bytes_written"] > 10_000


def test_a_recording_of_the_model_replays_on_model_and_rtl(ganglion: Ganglion, tmp_path: Path) -> None:
    recorded = ganglion("run", "demo.yaml", "--max-time", "243 ms", "--uart", "none", "--record", tmp_path / "rec")
    assert recorded.code == 5, recorded
    jobs = set()
    for implementation in ("tlm", "rtl"):
        outcome = ganglion("replay", tmp_path / "rec", "--impl", implementation, "--json")
        assert outcome.code == 0, outcome
        summary = json.loads(outcome.out)
        assert summary["bytes_compared"] > 1_000
        jobs.add(summary["jobs"])
    assert len(jobs) == 1 and jobs.pop() >= 20
