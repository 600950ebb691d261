"""Two preemptive tasks: the accelerator works for one while the other computes, and the timeline shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Ganglion

Slice = tuple[float, float]


def slices(trace: list[dict[str, Any]], thread: str, name: str) -> list[Slice]:
    """Begin and end of the slices of a row whose name starts with `name`, us."""
    tids = {e["args"]["name"]: e["tid"] for e in trace if e["name"] == "thread_name"}
    return [
        (e["ts"], e["ts"] + e["dur"])
        for e in trace
        if e["ph"] == "X" and e["tid"] == tids[thread] and e["name"].startswith(name)
    ]


def overlap(ones: list[Slice], others: list[Slice]) -> float:
    return sum(max(0.0, min(a[1], b[1]) - max(a[0], b[0])) for a in ones for b in others)


def test_the_accelerator_works_while_the_other_task_runs(ganglion: Ganglion, tmp_path: Path) -> None:
    outcome = ganglion("run", "multitask.yaml", "--trace", "trace.json")
    assert outcome.code == 0, outcome
    trace = json.loads((tmp_path / "trace.json").read_text())
    trace = trace["traceEvents"] if isinstance(trace, dict) else trace

    jobs = slices(trace, "sc_cnn", "job")
    compute = slices(trace, "firmware", "compute")
    offload = slices(trace, "firmware", "offload")
    tasks_start = compute[0][1]  # the first slice of each is the one alone

    assert len(jobs) % 2 == 0
    in_tasks = [job for job in jobs if job[0] >= tasks_start]
    assert len(in_tasks) == len(jobs) // 2, "the same jobs alone and as a task"
    busy = sum(end - begin for begin, end in in_tasks)
    assert overlap(in_tasks, compute) > 0.9 * busy
    assert overlap(jobs[: len(jobs) // 2], compute) == 0
    assert overlap(compute, offload) == 0, "one hart"

    gain = float(re.search(r"([\d.]+) times as fast", outcome.out).group(1))
    assert gain > 1.5, outcome.out


@pytest.mark.parametrize("quantum", ["1 us", "1 ms"])
def test_time_and_energy_do_not_depend_on_the_quantum(report_of: Callable[..., dict[str, Any]], quantum: str) -> None:
    def run(*settings: str) -> dict[str, Any]:
        report = report_of("run", "multitask.yaml", *settings)
        return {key: report[key] for key in ("sim", "energy", "regions", "components")}

    assert run("--set", f"soc.cpu.quantum={quantum}") == run()
