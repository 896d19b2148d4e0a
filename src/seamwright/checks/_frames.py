"""Recognises stack frames in what a system answers: each with a file and a line, as a known runtime writes them."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

__all__ = ["FRAMES", "frame"]

FRAMES: Mapping[str, re.Pattern[str]] = {
    "Python": re.compile(r'File "[^"\n]+", line \d+, in \S+'),
    "Java": re.compile(r"\bat [\w.$]+\([\w$]+\.(?:java|kt|scala):\d+\)"),
    "JavaScript": re.compile(r"\bat (?:[^\n]{0,200}\()?(?:file://|node:|/|[A-Za-z]:\\)[^\s():]+\.?\w*:\d+:\d+\)?"),
    ".NET": re.compile(r"\bat [^\n]{1,200}\) in [^\n]{1,300}\.(?:cs|fs|vb):line \d+"),
    "PHP": re.compile(r"(?:in |#\d+ )(?:/|[A-Za-z]:\\)[^\s(]+\.php(?:\(\d+\)|:\d+| on line \d+)"),
    "Go": re.compile(r"goroutine \d+ \[|/[^\s:]+\.go:\d+ \+0x[0-9a-f]+"),
    "Ruby": re.compile(r"/[^\s:]+\.rb:\d+:in [`']"),
}
"""How runtimes write a frame: each with a file and a line (a Go dump is known by its first line already)."""


def frame(text: str) -> tuple[str, str] | None:
    """The runtime and the text of the first stack frame in an answer; None where there is none."""
    plain = html.unescape(text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\"))
    for runtime, pattern in FRAMES.items():
        found = pattern.search(plain)
        if found:
            return runtime, found[0]
    return None
