"""docs/reference/cosim-mutations.md: every seeded bug, where it was expected to show and what `impl: both` said.

table.py build/release/bin/ganglion_ip_sc_cnn_mutation_test > docs/reference/cosim-mutations.md
Runs the test of each mutation; takes about 15 s.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from mutate import CLASSES, Mutation, read_list

LIST = Path(__file__).parent / "mutations.yaml"
HEAD = Path(__file__).parent / "table_head.md"
TITLES = {
    "datapath": "datapath",
    "address": "address generation",
    "dma": "DMA",
    "queue": "shadow registers and the waiting job",
    "irq": "interrupt",
    "error": "error path",
}


def measure(program: str, mutation: Mutation) -> str:
    """The first divergence with a mutation: the message, "" when it survived."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "result.json"
        subprocess.run(
            [program, f"--gtest_filter=*IsFound/{mutation.name}", f"--gtest_output=json:{output}"],
            check=False,
            capture_output=True,
            timeout=300,
        )
        case = json.loads(output.read_text())["testsuites"][0]["testsuite"][0]
    return str(case.get("found", ""))


def shown(message: str) -> str:
    """The line of a message that names the divergence."""
    if not message:
        return "**not found**"
    line = message.split("\n")[1].strip().removeprefix("the RTL is at fault: ")
    line = re.sub(r" \((the first of .*|address .*|a signal went .*)\)", "", line)
    return re.sub(r" \(0x[0-9a-f]+ with one set .*", "", line).replace("|", "\\|")


def main() -> int:
    """Command line."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    mutations = read_list(LIST)
    messages = {mutation.name: measure(sys.argv[1], mutation) for mutation in mutations}
    found = sum(1 for message in messages.values() if message)
    print(HEAD.read_text().format(total=len(mutations), found=found))
    for kind in CLASSES:
        chosen = [m for m in mutations if m.kind == kind]
        print(f"## {TITLES[kind].capitalize() if kind != 'dma' else 'DMA'}: {len(chosen)}\n")
        print("| bug | what is wrong | expected | named first |")
        print("|---|---|---|---|")
        for m in chosen:
            print(f"| `{m.name}` ({m.file}) | {m.wrong} | {m.shows} | {shown(messages[m.name])} |")
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
