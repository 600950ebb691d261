"""A skipped comparison is a failure: no test of RTL, in C++ or Python, can skip itself or expect to fail."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import ROOT

ABOUT_RTL = re.compile(
    r"RtlTwin|RtlMachine|RtlLibrary|(rtl_\w+|\w*cosim\w*)\.h\"|impl[=\"]+(both|rtl)|\"--impl\"|V\w+_model\.h|axi::"
)
SKIPS = re.compile(r"GTEST_SKIP|\bDISABLED_|skipif|pytest\.skip|mark\.skip|importorskip|xfail")
# What the first pattern must find.
KNOWN = {"rtl_twin_test.cpp", "mutation_test.cpp", "random_cosim_test.cpp", "test_both.py", "test_mutation.py"}


def sources() -> list[Path]:
    kinds = ("platform/**/test/**/*.cpp", "ip/**/test/**/*.cpp", "ip/**/test/**/*.h", "tests/cli/test_*.py")
    found = [path for kind in kinds for path in ROOT.glob(kind) if path != Path(__file__).resolve()]
    return [path for path in found if ABOUT_RTL.search(path.read_text())]


def test_no_test_of_rtl_can_skip() -> None:
    about = sources()
    assert {path.name for path in about} >= KNOWN
    assert [str(path.relative_to(ROOT)) for path in about if SKIPS.search(path.read_text())] == []
