"""Assignments of a netlist bit by bit: OpenSTA of this age reads no concatenation in them."""

from __future__ import annotations

import re

NAME = r"(?:\\\S+ |[A-Za-z_]\w*)"
DECLARED = re.compile(rf"^ *(?:input|output|inout|wire)(?: \[(\d+):(\d+)\])? ({NAME}) *;$")
PART = re.compile(rf"(\d+)'([hbd])([0-9a-fA-F]+)|({NAME}) *(?:\[(\d+)(?::(\d+))?\])?")


def plain_assignments(netlist: str) -> str:
    """The same Verilog, every `assign` of one bit to one bit."""
    lines: list[str] = []
    ranges: dict[str, tuple[int, int] | None] = {}
    for line in netlist.splitlines():
        if line.startswith("module "):
            ranges = {}
        if declared := DECLARED.match(line):
            high, low, name = declared.groups()
            ranges[name] = None if high is None else (int(high), int(low))
        if not line.startswith("  assign "):
            lines.append(line)
            continue
        left, right = line[len("  assign ") :].rstrip(";").split(" = ", 1)
        pairs = zip(_bits(left, ranges), _bits(right, ranges), strict=True)
        lines += [f"  assign {to} = {source};" for to, source in pairs]
    return "\n".join(lines) + "\n"


def _bits(expression: str, ranges: dict[str, tuple[int, int] | None]) -> list[str]:
    """Most significant first."""
    found: list[str] = []
    for width, base, digits, name, high, low in PART.findall(expression):
        if width:
            value = int(digits, {"h": 16, "b": 2, "d": 10}[base])
            found += [f"1'b{value >> i & 1}" for i in reversed(range(int(width)))]
        elif high:
            found += [f"{name}[{i}]" for i in range(int(high), int(low or high) - 1, -1)]
        elif ranges.get(name) is None:
            found.append(name)
        else:
            first, last = ranges[name]
            found += [f"{name}[{i}]" for i in range(first, last - 1, -1)]
    return found
