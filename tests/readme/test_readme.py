"""Executes the `sh` blocks of README and tutorial as a reader would; blocks marked `c file=NAME` become files first.

`build/release` stands for the build under test. Of `console` blocks (`./dev demo`, `./dev test`) only the words are
checked: a test cannot run the tests.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("GANGLION_BINARY", ROOT / "build/release/bin/ganglion"))
PAGES = ["README.md", "docs/tutorial.md"]
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> list[tuple[str, str, str]]:
    """(language, file name or "", text) of each fenced block."""
    return [(m[1], m[2] or "", m[3]) for m in BLOCK.finditer((ROOT / page).read_text())]


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_a_page_work(page: str, tmp_path: Path) -> None:
    for name in ("scenarios", "sw"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "build").mkdir()
    (tmp_path / "build/release").symlink_to(BINARY.parents[1])
    ran = 0
    for language, file, text in blocks(page):
        if file:
            (tmp_path / file).write_text(text)
        if language != "sh":
            continue
        for line in text.replace("\\\n", " ").splitlines():
            done = subprocess.run(
                ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
            )
            assert done.returncode == 0, f"{page}: {line}\n{done.stdout}\n{done.stderr}"
            ran += 1
    assert ran > 0


def test_commands_of_dev_exist() -> None:
    script = (ROOT / "dev").read_text()
    words = {w for _, _, text in blocks("README.md") for w in re.findall(r"^\$ \./dev (\w+)", text, re.MULTILINE)}
    assert words == {"demo", "test"}
    for word in words:
        assert re.search(rf"^  {word}\)", script, re.MULTILINE), word


def test_links_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("ip/*/README.md"), ROOT / "firmware/README.md"]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"
