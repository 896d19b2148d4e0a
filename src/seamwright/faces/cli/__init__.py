"""The command line: `seamwright`. Results go to standard output, everything else to standard error."""

from __future__ import annotations

import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line. Exit status: 0 all proved, 1 refuted, 2 usage, 3 unknown or target unreachable."""
    from seamwright.faces.cli.app import app

    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        _ended("interrupted", 130)
    except BrokenPipeError:
        # The reader (`| head`) has gone; Python would complain once more when it flushes.
        sys.stderr.close()
        sys.exit(141)
    except Exception as error:
        from seamwright.model.errors import SeamwrightError
        from seamwright.model.verdict import Cause

        if not isinstance(error, SeamwrightError):
            raise
        _ended(f"error: {error}", 3 if error.cause is Cause.TARGET else 2)
    sys.exit(0)


def _ended(text: str, status: int) -> NoReturn:
    print(text, file=sys.stderr)
    sys.exit(status)
