"""The one error type a user meets: what was found, where, what was expected, how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Callable

EXIT_OK = 0
EXIT_CHECK_FAILED = 1
EXIT_USAGE = 2


class GanglionError(Exception):
    """A mistake in the user's input; its text is shown as it is and the command exits with `EXIT_USAGE`."""

    def __init__(self, found: str, *, expected: str = "", remedy: str = "", where: str = "") -> None:
        self.found = found
        self.expected = expected
        self.remedy = remedy
        self.where = where
        parts = [f"{where}: {found}" if where else found]
        if expected:
            parts.append(f"expected: {expected}")
        if remedy:
            parts.append(f"remedy: {remedy}")
        super().__init__("; ".join(parts))


def run_command(main: Callable[[], int]) -> int:
    """Runs a command's body and turns a `GanglionError` or a missing file into a message and exit code 2."""
    try:
        return main()
    except GanglionError as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
    return EXIT_USAGE
