"""Runs clang-tidy-14 over the given files, side by side, with GCC's precompiled headers taken out of the flags.

usage: tidy.py BUILD_DIR FILE...
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def without_precompiled_header(command: str) -> str:
    """clang cannot read GCC's .gch: drop the forced include of CMake's PCH."""
    words = command.split()
    kept, skip = [], False
    for i, word in enumerate(words):
        if skip:
            skip = False
        elif word == "-include" and "cmake_pch" in words[i + 1]:
            skip = True
        elif word not in ("-Winvalid-pch", "-fpch-preprocess"):
            kept.append(word)
    return " ".join(kept)


def main() -> int:
    build = pathlib.Path(sys.argv[1])
    root = pathlib.Path.cwd()
    wanted = {str(root / name) for name in sys.argv[2:]}
    entries = json.loads((build / "compile_commands.json").read_text())
    chosen = [e | {"command": without_precompiled_header(e["command"])} for e in entries if e["file"] in wanted]
    with tempfile.TemporaryDirectory() as scratch:
        pathlib.Path(scratch, "compile_commands.json").write_text(json.dumps(chosen))

        def tidy(name: str) -> tuple[int, str]:
            run = subprocess.run(
                ["clang-tidy-14", "-quiet", "-p", scratch, name], capture_output=True, text=True, check=False
            )
            return run.returncode, run.stdout + (run.stderr if run.returncode else "")

        status = 0
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for code, text in pool.map(tidy, sorted({e["file"] for e in chosen})):
                if code:
                    status = 1
                    print(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
