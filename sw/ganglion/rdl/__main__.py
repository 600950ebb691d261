"""Command line of the register generator."""

import argparse
import sys
from pathlib import Path

from systemrdl import RDLCompileError

from ganglion.rdl import c_header, cpp_bank, markdown, rtl_table, self_test, systemverilog
from ganglion.rdl.model import RegisterError, read_block

GENERATORS = {
    "{name}_regs.h": c_header.generate,
    "{name}_register_bank.h": cpp_bank.generate,
    "{name}_regs.md": markdown.generate,
    "{name}_registers_test.cpp": self_test.generate,
    "{name}_registers.inc": rtl_table.generate,
    "{name}_registers_pkg.sv": systemverilog.package,
    "{name}_registers.sv": systemverilog.module,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ganglion.rdl", description=__doc__)
    parser.add_argument("rdl", type=Path, help="SystemRDL file of the block")
    parser.add_argument("--top", required=True, help="name of the addrmap; also the block's name")
    parser.add_argument("--include", type=Path, action="append", default=[], help="where `include looks")
    parser.add_argument("--output", type=Path, required=True, help="folder of the generated files")
    options = parser.parse_args(arguments)
    try:
        block = read_block(options.rdl, options.top, options.include)
        texts = {pattern.format(name=block.name): make(block) for pattern, make in GENERATORS.items()}
    except (RegisterError, RDLCompileError) as error:
        print(f"ganglion.rdl: {error}", file=sys.stderr)
        return 2
    options.output.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (options.output / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
