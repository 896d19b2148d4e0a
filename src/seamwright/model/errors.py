"""The few errors of Seamwright. Each message says what happened, where, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from seamwright.model.verdict import Cause

__all__ = [
    "BudgetSpent",
    "ContractError",
    "LedgerError",
    "ManifestError",
    "Problem",
    "RefusedByScope",
    "SeamwrightError",
    "TargetError",
    "Undecided",
    "UsageError",
]


class SeamwrightError(Exception):
    """Any error that Seamwright raises on purpose; `cause` says whose fault it is."""

    cause: Cause = Cause.OURS


class UsageError(SeamwrightError):
    """The command line, the manifest or the credentials are wrong. The command line exits with 2."""

    cause = Cause.USAGE


class TargetError(SeamwrightError):
    """The system under test could not be reached or did not answer usably. Exits with 3."""

    cause = Cause.TARGET


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where (file, line from 1, path inside) and what, with what to do."""

    file: str
    line: int | None
    place: str
    text: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.place}: {self.text}" if self.place else f"{where}: {self.text}"


class ManifestError(UsageError):
    """A manifest cannot be used; carries every problem found, each with file and line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class ContractError(UsageError):
    """A contract document cannot be used; the message names the file or URL and the place in it.

    What it quotes of the document may be of any length, so each line of it is cut after `LONGEST` characters.
    """

    LONGEST = 1_000

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        super().__init__("\n".join(f"{line[: self.LONGEST]}…" if len(line) > self.LONGEST else line for line in lines))


class LedgerError(SeamwrightError):
    """The ledger cannot be read or written; nothing is half-written."""

    cause = Cause.USAGE


class RefusedByScope(SeamwrightError):
    """Something was about to be sent that this run may not send: another host, or too daring a request."""

    cause = Cause.USAGE


class BudgetSpent(SeamwrightError):
    """The time or the number of exchanges given to this check or run is used up."""

    cause = Cause.USAGE


class Undecided(SeamwrightError):
    """A check cannot tell; raised inside a check to end it, or one cell of it, with `unknown` and this reason."""

    def __init__(self, why: str, cause: Cause = Cause.TARGET) -> None:
        self.cause = cause
        super().__init__(why)
