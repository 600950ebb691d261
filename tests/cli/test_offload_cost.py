"""What queueing a job costs firmware: the bound stands in firmware/README.md, and no change may pass it unnoticed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SHARE, Ganglion

Report = Callable[..., dict[str, Any]]


def budget(block: str) -> int:
    row = re.search(rf"^\| `{block}` \|.*\| (\d+) \|$", (ROOT / "firmware/README.md").read_text(), re.MULTILINE)
    assert row is not None, f"no bound for {block}"
    return int(row.group(1))


def loadable_for(block: str, ganglion: Ganglion, tmp_path: Path) -> Path:
    built = {"sc_cnn": "digits_sc.gnl", "mac_array": "digits_mac.gnl"}
    if block in built:
        return SHARE / "loadables" / built[block]
    outcome = ganglion(
        "compile", ROOT / "sw/networks/digits.onnx", "--target", block, "--calibration", "digits", "-o", "digits.gnl"
    )
    assert outcome.code == 0, outcome
    return tmp_path / "digits.gnl"


@pytest.mark.parametrize("block", ["sc_cnn", "mac_array", "deepcam"])
def test_a_queued_job_stays_within_its_budget(
    report_of: Report, ganglion: Ganglion, tmp_path: Path, block: str
) -> None:
    scenario = tmp_path / "one_block.yaml"
    scenario.write_text(
        f"extends: {ROOT / 'scenarios/virt.yaml'}\nname: one_block\n"
        f"soc:\n  {block}: {{type: {block}, address: 0x24000000, interrupt: 64}}\n"
        f"firmware: {{elf: classify.elf}}\n"
        f"images:\n  loadable: {{file: {loadable_for(block, ganglion, tmp_path)}}}\n"
        f"  dataset: {{file: {SHARE / 'datasets/digits.gnd'}}}\n"
    )

    report = report_of("run", scenario, "--uart", "none")

    (region,) = (region for region in report["regions"] if region["name"] == "run")
    jobs = report["components"][block]["jobs"]
    assert jobs == 3 * 359
    a_job = region["instructions"] / jobs
    print(f"{block}: {a_job:.1f} instructions a job")
    assert 0 < a_job <= budget(block)
    # Were the budget far above what is needed, it would guard nothing.
    assert a_job > 0.9 * budget(block)
