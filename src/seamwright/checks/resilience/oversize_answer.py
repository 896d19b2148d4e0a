"""A dependency that answers with far more than anybody can want: 32 MiB where some hundred bytes were to come.

A client that reads whatever comes into memory lets its dependency decide how much memory it needs (CWE-770); a few
such answers at once end the process. Whether it reads on is seen at the relay, which sends as fast as it is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks.resilience._crossing import applies_to_http_dependencies
from seamwright.checks.resilience._faulty import Answers, Wrong, under_fault
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Check, Dares
from seamwright.model.evidence import Observation
from seamwright.model.finding import Severity

__all__ = ["CHECK"]

SIZE = 32 * 1024 * 1024
"""Bytes: several times what the buffers of two sockets hold, so that who has stopped reading cannot have taken it."""


def _taken(answers: Answers) -> Wrong | None:
    """Whether such answers were read to their end, by a boundary that does not itself hand on as much."""
    handed_on = any(e.response is not None and len(e.response.body) > SIZE // 2 for e in answers.exchanges)
    if sum(strike.whole for strike in answers.strikes) < 2 or handed_on:
        return None
    return Wrong("oversize", f"reads an answer of {SIZE >> 20} MiB to its end", Severity.HIGH)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    fault = Fault("oversize", params={"size": SIZE})
    async for observation in under_fault(bench, fault, f"answers with {SIZE >> 20} MiB", also=_taken):
        yield observation


CHECK = Check(
    id="resilience.oversize-answer",
    proves="an answer of a dependency that is far too long is given up, and leads to a declared answer in time",
    oracle="two such answers are read to their end, or calls are answered late, not at all, with 500, or undeclared",
    applies=applies_to_http_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-400", "CWE-770"),
    alone=True,
)
