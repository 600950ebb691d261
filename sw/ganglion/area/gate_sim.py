"""Simulation of a flat netlist for the activity of its nets: independent runs side by side, a run a bit of an integer.

Models: every cell by its function in the liberty, flip-flops on the rising edge, either settled at once (no glitches)
or with one delay for every cell (glitches, more than real ones: a real gate swallows pulses shorter than its delay).
Leaves out: wires, real delays; every flip-flop starts at 0. Checked against: closed-form sums of the products
(`activity`). Error bound: real activity lies between the two as far as delays are like each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ganglion.errors import GanglionError

STATE = "DFFPOSX1"
NET = r"(\\\S+ (?:\[\d+\])?|[A-Za-z_]\w*(?:\[\d+\])?|1'[bh][01x])"


def functions(liberty: str) -> dict[str, dict[str, str]]:
    """Output pins of every combinational cell, as Python expressions of its inputs; `M` is all ones."""
    found: dict[str, dict[str, str]] = {}
    for name, body in re.findall(r"^cell \((\w+)\) \{(.*?)^\}", liberty, re.M | re.S):
        pins = re.findall(r"pin\((\w+)\) *\{(.*?)(?=pin\(|\Z)", body, re.S)
        outputs = {pin: m.group(1) for pin, text in pins if (m := re.search(r'function : "([^"]+)"', text))}
        if "next_state" not in body and "three_state" not in body:
            found[name] = {pin: expression(text) for pin, text in outputs.items()}
    return found


def expression(text: str) -> str:
    """A liberty function, `+` or, juxtaposition and, `!` not, `^` exclusive or, as Python."""
    tokens = re.findall(r"\w+|[()!^+*]", text)
    at = 0

    def factor() -> str:
        nonlocal at
        token = tokens[at]
        at += 1
        if token == "!":
            return f"(M^{factor()})"
        if token == "(":
            inner = either()
            at += 1
            return inner
        return f"{{{token}}}"

    def level(inner: Callable[[], str], operator: str, more: Callable[[], bool]) -> str:
        nonlocal at
        terms = [inner()]
        while at < len(tokens) and more():
            at += tokens[at] in "^+*"
            terms.append(inner())
        return terms[0] if len(terms) == 1 else f"({operator.join(terms)})"

    def exclusive() -> str:
        return level(factor, "^", lambda: tokens[at] == "^")

    def both() -> str:
        return level(exclusive, "&", lambda: tokens[at] not in ")+^")

    def either() -> str:
        return level(both, "|", lambda: tokens[at] == "+")

    return either()


@dataclass
class Netlist:
    """Nets by number; aliases are resolved."""

    index: dict[str, int] = field(default_factory=dict)
    gates: list[tuple[str, int, str]] = field(default_factory=list)  # pin "_1_/Y", net, expression of v[...]
    flip_flops: list[tuple[str, int, int]] = field(default_factory=list)  # pin, net of Q, net of D


def read(text: str, cells: dict[str, dict[str, str]]) -> Netlist:
    """A flat netlist with single-bit assignments (`netlist.plain_assignments`)."""
    alias = dict(re.findall(rf"^  assign {NET} = {NET};$", text, re.M))
    result = Netlist({"1'b0": 0, "1'b1": 1})

    def net(name: str) -> int:
        name = name.strip()
        name = re.sub(r"1'[bh]([01x])", lambda m: "1'b" + m.group(1).replace("x", "0"), name)
        seen = 0
        while name in clean and seen < 1000:
            name, seen = clean[name], seen + 1
        return result.index.setdefault(name, len(result.index))

    clean = {to.strip(): source.strip() for to, source in alias.items()}
    for kind, instance, ports in re.findall(r"^  ([A-Z]\w*) (\S+) ?\((.*?)\);$", text, re.M | re.S):
        pins = {pin: net(name) for pin, name in re.findall(rf"\.(\w+)\({NET}\)", ports)}
        if kind == STATE:
            result.flip_flops.append((f"{instance}/Q", pins["Q"], pins["D"]))
        elif kind in cells:
            reads = {pin: f"v[{number}]" for pin, number in pins.items()}
            for pin, function in cells[kind].items():
                if pin in pins:
                    result.gates.append((f"{instance}/{pin}", pins[pin], function.format(**reads)))
        else:
            raise GanglionError(f"cell {kind}", expected=f"{STATE} or a combinational cell", where=f"{instance}")
    for name in list(clean):
        result.index[name] = net(name)
    return result


def in_order(netlist: Netlist) -> list[tuple[str, int, str]]:
    """Gates so that every one comes after those that drive it."""
    driver = {number: gate for gate in netlist.gates for number in [gate[1]]}
    reads = {gate[1]: [int(n) for n in re.findall(r"v\[(\d+)\]", gate[2])] for gate in netlist.gates}
    done: set[int] = set()
    order = []
    for start in driver:
        stack = [(start, iter(reads[start]))] if start not in done else []
        done.add(start)
        while stack:
            number, inputs = stack[-1]
            step = next((n for n in inputs if n in driver and n not in done), None)
            if step is None:
                order.append(driver[number])
                stack.pop()
            else:
                done.add(step)
                stack.append((step, iter(reads[step])))
    return order


def simulate(
    netlist: Netlist, runs: int, stimulus: Iterable[dict[str, int]], glitches: bool
) -> tuple[list[int], list[int], int]:
    """Values at the end and toggles of every net, cycles. `stimulus` has the inputs of every cycle, a bit a run."""
    size = len(netlist.index)
    mask = (1 << runs) - 1
    gates = in_order(netlist)
    body = "\n".join(f"  v[{number}]={function}" for _, number, function in gates)
    together = ",".join(function for _, _, function in gates)
    scope: dict[str, Callable] = {}
    exec(f"def settle(v,M):\n{body or '  pass'}\ndef step(v,M):\n  return [{together}]\n", scope)
    settle, step, outputs = scope["settle"], scope["step"], [number for _, number, _ in gates]
    v, toggles = [0] * size, [0] * size
    v[1] = mask
    settle(v, mask)
    cycles = 0
    for inputs in stimulus:
        before = list(v)
        states = [v[d] for _, _, d in netlist.flip_flops] if cycles else [0] * len(netlist.flip_flops)
        for (_, q, _), value in zip(netlist.flip_flops, states, strict=True):
            v[q] = value
        for name, value in inputs.items():
            if name in netlist.index:
                v[netlist.index[name]] = value
        if glitches:
            sources = [q for _, q, _ in netlist.flip_flops] + [netlist.index[n] for n in inputs if n in netlist.index]
            for number in sources:
                toggles[number] += (before[number] ^ v[number]).bit_count()
            moved = True
            while moved:
                moved = False
                for number, value in zip(outputs, step(v, mask), strict=True):
                    if value != v[number]:
                        toggles[number] += (value ^ v[number]).bit_count()
                        v[number] = value
                        moved = True
        else:
            settle(v, mask)
            for number, (old, new) in enumerate(zip(before, v, strict=True)):
                toggles[number] += (old ^ new).bit_count()
        cycles += 1
    return v, toggles, cycles
