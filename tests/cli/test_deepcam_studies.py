"""`ganglion-deepcam table` and `noise`: studies by firmware on the platform, each prediction compared with NumPy's."""

from __future__ import annotations

import csv
import os
import subprocess
from pathlib import Path

import pytest
from conftest import BINARY, SHARE


def study(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs ganglion-deepcam without a data folder: digits only."""
    environment = {k: v for k, v in os.environ.items() if k not in ("GANGLION_DATA", "GANGLION_BINARY")}
    return subprocess.run([BINARY.parent / "ganglion-deepcam", *map(str, arguments)], capture_output=True, text=True,
                          check=False, env=environment | {"GANGLION_SHARE": str(SHARE)})  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_the_table_has_every_length_by_firmware_and_by_emulation(tmp_path: Path) -> None:
    done = study("table", "-o", tmp_path, "--tiles", 64, "--images", 40, "--delta", 1)

    assert done.returncode == 0, done.stderr
    rows = {row["hashes"]: row for row in rows_of(tmp_path / "accuracy.csv")}
    lengths = [f"tiles of 64, k = {bits}" for bits in (256, 512, 768, 1024)]
    assert list(rows)[:6] == ["float", "int8, on the hart", *lengths]
    assert list(rows)[6] == "tiles of 64, variable 256/256/256", "every step is kept when all accuracy may go"
    for name, row in rows.items():
        assert row["test_images"] == "359", name
        assert row["firmware"] == "" if name == "float" else int(row["images"]) == 40, name
    emulated = [int(rows[name]["emulation"]) for name in lengths]
    assert emulated[-1] > 0.9 * 359 > 0.75 * 359 > emulated[0]
    assert int(rows["int8, on the hart"]["firmware"]) >= 39
    assert float(rows["int8, on the hart"]["time_us"]) > 20 * float(rows[lengths[0]]["time_us"])
    # 64, 64 and 1 patches fit 256 rows, so every filter is searched for once a tile: 1, 2 and 4 tiles
    assert float(rows[lengths[3]]["searches"]) == 8 * 1 + 16 * 2 + 10 * 4
    table = (tmp_path / "accuracy.md").read_text()
    assert table == "\n".join(done.stdout.splitlines()) + "\n"


NOISE = """
schema: ganglion.deepcam-noise/1
scenario: deepcam.yaml
images: 40
compared: 40
seeds: [1, 2]
hashes: [{bits: 512, tile: 64}]
axes: {sense_sigma: [0, 512], sense_step_log2: [7], conductance_sigma: [512], read_sigma: [8192]}
"""


def test_noise_by_firmware_is_the_emulations_image_for_image_and_costs_accuracy(tmp_path: Path) -> None:
    (tmp_path / "noise.yaml").write_text(NOISE)

    done = study("noise", tmp_path / "noise.yaml", "-o", tmp_path)

    assert done.returncode == 0, done.stderr
    points = rows_of(tmp_path / "noise.csv")
    found = {(p["axis"], p["value"], p["seed"]): int(p["correct"]) for p in points}
    assert len(points) == len(found) == 1 + 2 + 1 + 2 + 2
    ideal = found.pop(("sense_sigma", "0", "1"))
    assert ideal > 25
    assert all(right < ideal - 4 for right in found.values()), (ideal, found)
    assert (tmp_path / "noise.png").read_bytes().startswith(b"\x89PNG")
    assert f"| digits, tiles of 64, k = 512 | {100 * ideal / 40:.1f} |" in (tmp_path / "noise.md").read_text()


@pytest.mark.parametrize("command", ["table", "noise"])
def test_a_platform_that_is_not_there_is_named(tmp_path: Path, command: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "GANGLION_DATA"}
    done = subprocess.run([BINARY.parent / "ganglion-deepcam", command, "-o", tmp_path], capture_output=True, text=True,
                          check=False, env=environment | {"GANGLION_BINARY": "/no/ganglion"})  # fmt: skip

    assert done.returncode == 2
    assert "no ganglion binary at /no/ganglion" in done.stderr
    assert not list(tmp_path.iterdir())
