"""`--record` and `ganglion replay`: the demo's accelerator work, without the hart."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import BINARY, Ganglion


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, recorded afresh."""
    import os
    import subprocess

    from conftest import SHARE

    folder = tmp_path_factory.mktemp("recording") / "demo"
    done = subprocess.run(
        [BINARY, "run", "demo.yaml", "--uart", "none", "--record", folder],
        env=os.environ | {"GANGLION_SHARE": str(SHARE)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return folder


def lines_of(recording: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (recording / "trace.jsonl").read_text().splitlines()]


def copy_of(recording: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recording, tmp_path / "copy"))


def test_a_recording_holds_every_job_with_its_bytes(recording: Path) -> None:
    head, *operations = lines_of(recording)
    assert head["schema"] == "ganglion.recording/1"
    assert head["components"]["sc_cnn"]["type"] == "sc_cnn"
    kinds = Counter(operation["op"] for operation in operations)
    assert kinds["job_end"] == kinds["start"] == 1077
    assert kinds["await_irq"] > 0
    for operation in operations:
        if operation["op"] != "job_end":
            continue
        assert operation["reads"] and operation["writes"] and operation["cycles"] > 0
        for run in operation["reads"] + operation["writes"]:
            assert (recording / "blobs" / run["blob"]).stat().st_size == run["bytes"]


def test_a_start_names_the_applications_line(recording: Path) -> None:
    starts = [op for op in lines_of(recording)[1:] if "from" in op]
    assert len(starts) == 1077
    # Not in the driver nor in the header of registers, where the store instruction stands.
    assert {op["register"] for op in starts} == {"CTRL"}
    assert all("start, offload.c:" in op["from"] for op in starts), starts[0]


def test_the_demo_replays_without_a_hart(ganglion: Ganglion, recording: Path) -> None:
    outcome = ganglion("replay", recording, "--json")
    assert outcome.code == 0, outcome
    summary = json.loads(outcome.out)
    assert summary["jobs"] == 1077
    operations = lines_of(recording)[1:]
    assert summary["operations"] == len(operations)
    results = {
        run["address"] + i
        for op in operations
        if op["op"] == "job_end"
        for run in op["writes"]
        for i in range(run["bytes"])
    }
    assert summary["bytes_compared"] >= len(results)


def test_a_wrong_result_is_found(ganglion: Ganglion, recording: Path, tmp_path: Path) -> None:
    import hashlib

    copy = copy_of(recording, tmp_path)
    lines = (copy / "trace.jsonl").read_text().splitlines()
    last = max(i for i, line in enumerate(lines) if '"job_end"' in line)
    operation = json.loads(lines[last])
    run = operation["writes"][-1]
    content = bytearray((copy / "blobs" / run["blob"]).read_bytes())
    content[-1] ^= 1
    run["blob"] = hashlib.sha256(content).hexdigest()
    (copy / "blobs" / run["blob"]).write_bytes(content)
    lines[last] = json.dumps(operation)
    (copy / "trace.jsonl").write_text("\n".join(lines) + "\n")

    outcome = ganglion("replay", copy)

    assert outcome.code == 1, outcome
    assert f"result at {run['address'] + run['bytes'] - 1:#x} is" in outcome.err


def test_a_wrong_register_is_found(ganglion: Ganglion, recording: Path, tmp_path: Path) -> None:
    copy = copy_of(recording, tmp_path)
    lines = (copy / "trace.jsonl").read_text().splitlines()
    number = next(i for i, line in enumerate(lines) if '"register":"ID"' in line)
    lines[number] = lines[number].replace('"value":', '"value":1')
    (copy / "trace.jsonl").write_text("\n".join(lines) + "\n")
    outcome = ganglion("replay", copy)
    assert outcome.code == 1, outcome
    assert f"trace.jsonl:{number + 1}: sc_cnn: read of ID" in outcome.err


def test_a_blob_that_rotted_is_refused(ganglion: Ganglion, recording: Path, tmp_path: Path) -> None:
    copy = copy_of(recording, tmp_path)
    first = next(op for op in lines_of(copy)[1:] if op["op"] == "job_end")["reads"][0]["blob"]
    (copy / "blobs" / first).write_bytes(b"rot")
    outcome = ganglion("replay", copy)
    assert outcome.code == 2, outcome
    assert first in outcome.err
    assert "with that SHA-256" in outcome.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty file"),
        ('{"schema":"other/1"}\n', 'schema "other/1"'),
        ("{]\n", "trace.jsonl:1"),
    ],
)
def test_what_is_no_recording_is_refused(ganglion: Ganglion, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/trace.jsonl").write_text(text)
    outcome = ganglion("replay", tmp_path / "bad")
    assert outcome.code == 2, outcome
    assert message in outcome.err


def test_a_folder_without_recording_is_refused(ganglion: Ganglion, tmp_path: Path) -> None:
    outcome = ganglion("replay", tmp_path)
    assert outcome.code == 2
    assert "a folder without trace.jsonl" in outcome.err


def test_a_folder_with_something_else_is_not_overwritten(ganglion: Ganglion, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("keep")
    outcome = ganglion("run", "demo.yaml", "--record", tmp_path / "mine", "--uart", "none")
    assert outcome.code == 2, outcome
    assert (tmp_path / "mine/notes.txt").read_text() == "keep"
