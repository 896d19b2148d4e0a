"""The command line: `seamwright`. Results go to standard output, everything else to standard error."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper
from typing import NoReturn

__all__ = ["main"]

_NEW_OBJECTS = 20_000
"""Objects that are made before cycles are looked for. Python looks after 700, through all that was imported too, which
is a tenth of what a short command takes; hardly any of our objects lie in cycles."""


def main() -> NoReturn:
    """Run the command line. Exit status: 0 all proved, 1 refuted, 2 usage, 3 unknown or target unreachable."""
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
    from seamwright.faces.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        # What a system answers may hold what no encoding can write, half of a surrogate pair for one.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app(standalone_mode=True)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain of the reader that has gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        from seamwright.model.errors import SeamwrightError
        from seamwright.model.verdict import Cause

        if not isinstance(error, SeamwrightError):
            raise
        _ended(error, error.cause, 3 if error.cause is Cause.TARGET else 2)
    sys.exit(0)


def _ended(error: Exception, cause: str, status: int) -> NoReturn:
    from seamwright.reports._words import visible

    print(f"error: {visible(str(error))}", file=sys.stderr)
    if "--json" in sys.argv[1:]:
        # Whoever asked for JSON gets one value of it in every case.
        import json

        print(json.dumps({"error": {"cause": str(cause), "text": str(error)}}), flush=True)
    sys.exit(status)
