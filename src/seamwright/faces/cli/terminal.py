"""Writes on a terminal, and plain lines where there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style

from seamwright.reports._words import visible

__all__ = ["errors", "out", "print_json", "print_lines"]


class _Terminal(Console):
    """A console to which a system under test cannot speak: what is not to be seen is shown as its escape."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print texts, with the control characters that an answer may have brought along made harmless."""
        super().print(*(visible(each) if isinstance(each, str) else each for each in objects), **options)

    def on_broken_pipe(self) -> None:
        """Tell of a reader that has gone; rich would end the program with 1, our "refuted"."""
        raise BrokenPipeError


def out() -> Console:
    """Standard output; wide enough for every table where it is no terminal."""
    return _Terminal(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200)


def errors() -> Console:
    """Standard error."""
    return _Terminal(stderr=True, highlight=False, soft_wrap=True)


def print_lines(lines: Iterable[tuple[str, str]]) -> None:
    """Print lines on standard output, each with its style; in one go, so that thousands of them take no time.

    A text is told as it is, markup included.
    """
    segments = [Segment(f"{visible(text)}\n", Style.parse(style) if style else None) for text, style in lines]
    out().print(Segments(segments), end="")


def print_json(value: object) -> None:
    """Print one JSON value on standard output."""
    import orjson

    try:
        data = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str)
    except TypeError:
        # Half of a surrogate pair is valid in JSON (RFC 8259, section 8.2), and orjson does not write it.
        import json

        data = json.dumps(value, indent=2, default=str).encode()
    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.buffer.flush()
