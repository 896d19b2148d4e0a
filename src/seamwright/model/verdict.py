"""The three verdicts, and whose fault it is when a check could not run."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

__all__ = ["Cause", "Verdict", "overall"]


class Verdict(StrEnum):
    """What is known of a sentence after it was tried.

    `REFUTED` needs a witness that replays. `PROVED` says how much was tried. Everything else is
    `UNKNOWN`, and unknown never opens a gate.
    """

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Whose fault it is that a check could not reach its verdict."""

    TARGET = "target"
    """The system under test: unreachable, crashed, answering nothing usable."""
    USAGE = "usage"
    """The manifest, the command line or the credentials."""
    OURS = "ours"
    """A bug of Seamwright; the traceback is kept and the run goes on."""


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """Fold verdicts into one: any refuted refutes; any unknown, or none at all, is unknown."""
    seen = set(verdicts)
    if Verdict.REFUTED in seen:
        return Verdict.REFUTED
    if seen == {Verdict.PROVED}:
        return Verdict.PROVED
    return Verdict.UNKNOWN
