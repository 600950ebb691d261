"""A seeded bug in the core's RTL, under the demo's firmware: what the user is told (ip/sc_cnn/test/mutations)."""

from __future__ import annotations

import json
import re
from pathlib import Path

from conftest import BINARY, Ganglion

LIBRARY = BINARY.parents[1] / "ip/sc_cnn/test/mutations/libraries/sc_cnn_mutated.so"
MUTATED = ("--set", "soc.sc_cnn.impl=both", "--set", f"soc.sc_cnn.library={LIBRARY}")
SHORT = ("--max-time", "243 ms", "--uart", "none")
ROUNDING = {"GANGLION_MUTATION": "requantiser_truncates"}


def byte_written(recording: Path, job: int, address: int) -> int:
    """What a recorded job left at an address."""
    for line in (recording / "trace.jsonl").read_text().splitlines():
        operation = json.loads(line)
        if operation.get("op") != "job_end" or operation["job"] != job:
            continue
        for run in operation["writes"]:
            if run["address"] <= address < run["address"] + run["bytes"]:
                return (recording / "blobs" / run["blob"]).read_bytes()[address - run["address"]]
    raise AssertionError(f"job {job} wrote nothing at {address:#x}")


def test_rounding_off_by_one_is_found_at_the_first_wrong_byte(ganglion: Ganglion, tmp_path: Path) -> None:
    outcome = ganglion("run", "demo.yaml", *MUTATED, *SHORT, env=ROUNDING)

    assert outcome.code == 1, outcome
    told = re.search(
        r"sc_cnn: RTL and model diverge\n"
        r"  memory at (0x[0-9a-f]+) after job (\d+): model (0x[0-9a-f]{2}), RTL (0x[0-9a-f]{2}) .*\n"
        r"  started by the write of CTRL at [0-9.]+ ms \(cycle \d+\)\n"
        r"  firmware: .*offload\.c:\d+.*\n"
        r"  time: [0-9.]+ ms; RTL: .*sc_cnn_mutated\.so, clock edge \d+, \d+ cycles into the job\n"
        r"  waveform: sc_cnn-divergence\.vcd, cycles \d+ to \d+ of the job, run again",
        outcome.err,
    )
    assert told, outcome.err
    address, job, model, rtl = (int(text, 0) for text in told.groups())
    assert job == 1
    assert (model - rtl) % 256 == 1, "rounded down instead of half up"
    waveform = (tmp_path / "sc_cnn-divergence.vcd").read_text()
    assert "$enddefinitions" in waveform
    assert waveform.count("\n#") > 400

    # Others say the same: job 1 of a recording of the model wrote that byte there; the mutated RTL alone does not
    # replay the recording.
    recorded = ganglion("run", "demo.yaml", *SHORT, "--record", tmp_path / "recording")
    assert recorded.code == 5, recorded
    assert byte_written(tmp_path / "recording", job, address) == model
    replayed = ganglion("replay", tmp_path / "recording", "--impl", "rtl", "--library", LIBRARY, env=ROUNDING)
    assert replayed.code == 1, replayed
    assert "sc_cnn: result at 0x" in replayed.err


def test_the_same_library_without_a_bug_agrees(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "demo.yaml", *MUTATED, *SHORT)
    assert outcome.code == 5, outcome


def test_an_unknown_bug_is_refused(ganglion: Ganglion) -> None:
    outcome = ganglion("run", "demo.yaml", *MUTATED, *SHORT, env={"GANGLION_MUTATION": "no_such_bug"})
    assert outcome.code == 2, outcome
    assert "GANGLION_MUTATION=no_such_bug: no such mutation" in outcome.err
