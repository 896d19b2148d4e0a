"""Another process at the same ledger: `python -m tests.ledger.worker COMMAND URL …`. Says line by line what it did."""

from __future__ import annotations

import os
import random
import resource
import sys
from collections.abc import Callable

from seamwright.ledger.store import Ledger
from seamwright.model.errors import LedgerError
from seamwright.model.verdict import Verdict
from tests.ledger.making import COVERAGE, an_exchange, begun, some_evidence


def _say(*words: object) -> None:
    print(*words, flush=True)


def opens(url: str) -> None:
    """Open it once."""
    with Ledger.open(url) as ledger:
        _say("rows", ledger.verify().rows)


def quick(url: str) -> None:
    """Open it once, and tell whether Alembic was needed."""
    with Ledger.open(url):
        _say("alembic" in sys.modules)


def holds(url: str, run_id: str) -> None:
    """Begin a run and keep at it until the standard input ends, then go without finishing."""
    with Ledger.open(url) as ledger:
        begun(ledger, run_id)
        _say("begun")
        sys.stdin.read()


def appends(url: str, run_id: str, count: str) -> None:
    """A whole run with many rows, each with a few exchanges; starts with the first line of the standard input."""
    with Ledger.open(url) as ledger:
        begun(ledger, run_id)
        _say("begun")
        sys.stdin.readline()
        for number in range(int(count)):
            row = ledger.append(
                some_evidence(run_id, f"auth.check-{number}"), [an_exchange(n, 3000) for n in range(1, 6)]
            )
            _say(row.sequence)
        ledger.finish(run_id, Verdict.REFUTED, COVERAGE, 2_000_000_000.0)


def fills(url: str, limit: str) -> None:
    """Append under a file size limit until the ledger refuses, then go on without the limit."""
    with Ledger.open(url) as ledger:
        run_id = begun(ledger)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
        noise = random.Random(1)
        good = 0
        try:
            while good < 10_000:
                body = noise.randbytes(6000).hex()
                ledger.append(some_evidence(run_id), [an_exchange(good, note=body)])
                good += 1
        except LedgerError as error:
            _say(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        row = ledger.append(some_evidence(run_id), [an_exchange(good)])
        _say(good, row.sequence, len(ledger.verify().problems))


def cramped(url: str, limit: str) -> None:
    """Open a new one under a file size limit, then again without it."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
    try:
        Ledger.open(url)
    except LedgerError as error:
        _say(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    opens(url)


def stranger(url: str) -> None:
    """Open and write it as a user that owns nothing here."""
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        with Ledger.open(url) as ledger:
            _say("runs", len(ledger.runs()), "rows", ledger.verify().rows)
            begun(ledger)
            _say("written")
    except LedgerError as error:
        _say(error)


COMMANDS: dict[str, Callable[..., None]] = {
    "opens": opens,
    "quick": quick,
    "holds": holds,
    "appends": appends,
    "fills": fills,
    "cramped": cramped,
    "stranger": stranger,
}


def main() -> None:
    """Do what the command line says."""
    COMMANDS[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
