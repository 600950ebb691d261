"""The digits columns of the table in docs/papers/deepcam.md are what the command beside it measures now."""

from __future__ import annotations

import csv
import os
import subprocess
from pathlib import Path

import pytest
from conftest import BINARY, SHARE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "papers" / "deepcam.md"
COMMAND = "    ganglion-deepcam table --data DATA -o DIR\n"
COLUMNS = ("digits: firmware", "digits: all", "us", "array uJ")  # of digits: the first four


def quoted() -> dict[str, list[str]]:
    """The page's cells of digits, by the name of the row."""
    lines = PAGE.read_text(encoding="utf-8").partition(COMMAND)[2].lstrip().splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[: lines.index("")]]
    assert tuple(rows[0][1:5]) == COLUMNS
    return {row[0].removeprefix("exact "): row[1:5] for row in rows[2:]}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The same cells as the command gives them without a data folder."""
    folder = tmp_path_factory.mktemp("table")
    environment = os.environ | {"GANGLION_DATA": "", "GANGLION_SHARE": str(SHARE)}
    done = subprocess.run([BINARY.parent / "ganglion-deepcam", "table", "-o", str(folder)], capture_output=True,
                          text=True, check=False, env=environment)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {}
    for row in csv.DictReader((folder / "accuracy.csv").open()):
        on_array = float(row["searches"]) > 0  # else it idles beside the hart, which the page leaves out
        name = row["hashes"].rsplit(" ", 1)[0] if "variable" in row["hashes"] else row["hashes"]
        found[name] = [
            row["firmware"],
            f"{100 * int(row['emulation']) / int(row['test_images']):.2f}",
            f"{float(row['time_us']):.2f}" if row["firmware"] else "",
            f"{float(row['array_uj']):.3f}" if on_array else "",
        ]
    return found


def test_the_page_has_every_row(measured: dict[str, list[str]]) -> None:
    assert list(quoted()) == list(measured)


@pytest.mark.parametrize("row", quoted())
def test_a_quoted_row_is_what_the_command_gives(measured: dict[str, list[str]], row: str) -> None:
    assert quoted()[row] == measured[row], f"{PAGE.name}: run the command again and mend the row"
