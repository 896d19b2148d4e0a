"""Numbers, times and other people's text as a reader of a report should see them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

from seamwright.model.verdict import Cause, Verdict

__all__ = [
    "FAULT",
    "GLYPH",
    "amount",
    "clipped",
    "duration",
    "moment",
    "number",
    "one_line",
    "plural",
    "quantile",
    "short",
    "visible",
]

GLYPH = {Verdict.PROVED: "✓", Verdict.REFUTED: "✗", Verdict.UNKNOWN: "?"}
"""The sign of each verdict; it always stands beside the word, or beside a legend that gives the word."""

FAULT = {
    Cause.TARGET: "the system under test",
    Cause.USAGE: "the manifest, the command line or the credentials",
    Cause.OURS: "Seamwright itself",
    None: "nobody's: it was not tried",
}
"""Whose fault an unknown is, in words."""

# Control characters, lone surrogates, non-characters, and the marks that change the direction of text: a finding
# may quote hostile bytes, and a command that reads otherwise than it runs must never reach somebody's clipboard.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    """Replace what cannot be seen, or may not stand in XML, by its escape (`\\x00`, `\\u202e`)."""
    return _INVISIBLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def one_line(text: str) -> str:
    """Put a text on one line, every run of white space made one space."""
    return " ".join(visible(text).split())


def clipped(text: str, limit: int) -> str:
    """Cut a text that is longer than `limit` characters, and say how much is missing."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … ({amount(len(text) - limit)} more characters; the JSON report has all of it)"


def short(digest: str, length: int = 12) -> str:
    """The beginning of a digest; a git tree keeps its `-dirty`."""
    stem, dirty, _ = digest.partition("-dirty")
    return f"{stem[:length]}{dirty}"


def amount(value: float) -> str:
    """A number with its thousands apart: `12,400`, `0.5`."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: `1 try`, `12 tries`."""
    return f"{amount(count)} {one if count == 1 else many or one + 's'}"


def number(value: Any) -> float | None:
    """A finite number, or None for anything else (measures come from many hands)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def duration(seconds: float) -> str:
    """Seconds in the unit that reads best: `850 µs`, `12.4 ms`, `3.2 s`, `4 min 5 s`."""
    if seconds >= 120:
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
        return " ".join(f"{value} {unit}" for value, unit in parts if value)
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= factor:
            return f"{_three(seconds / factor)} {unit}"
    return "0 s" if seconds <= 0 else f"{_three(seconds / 1e-6)} µs"


def _three(value: float) -> str:
    """Three significant digits, never in scientific notation."""
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(epoch: float | None) -> str:
    """Seconds since the epoch as `2026-03-04 12:30:05 UTC`; empty for none, the number itself when it is no date."""
    if epoch is None:
        return ""
    try:
        return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return str(epoch)


def quantile(name: str) -> str:
    """`p999` as people say it: `p99.9`."""
    digits = name[1:]
    return f"p{digits[:2]}.{digits[2:]}" if name.startswith("p") and digits.isdigit() and len(digits) > 2 else name
