"""Holds the answers of GraphQL operations against the schema, for the check of all operations and that of queries."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator

from seamwright.checks.contract.graphql._calls import Answers, Made, asked, in_rounds, shown
from seamwright.model.bench import Bench, Violation
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation

__all__ = ["conforming"]

WITNESSES = 3
"""Answers that are kept of those that break the schema in the same way."""


async def conforming(bench: Bench) -> AsyncIterator[Observation]:
    """Decide every cell: refuted for each way in which an answer broke the schema or the form of a response.

    Proved needs an answer with data.
    """
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    answers: dict[str, Answers] = {}

    def look(operation: Operation, made: Made) -> Iterator[Observation]:
        answers.setdefault(operation.id, Answers(operation)).add(made.exchange)
        counted = seen[operation.id]
        for violation in bench.violations(made.exchange):
            where = _where(bench, made.exchange, violation)
            key = f"{violation.keyword} {where}"
            counted[key] += 1
            if counted[key] <= WITNESSES:
                kept = bench.keep(made.exchange)
                yield Refuted(operation.id, _finding(operation, made, kept, violation, where, key))

    def close(operation: Operation) -> Iterator[Observation]:
        verdict = answers[operation.id].verdict()
        if not seen[operation.id] or isinstance(verdict, Unknown):
            yield verdict

    async for observation in in_rounds(bench, look, close):
        yield observation


def _where(bench: Bench, exchange: Exchange, violation: Violation) -> str:
    """The field that is wrong, by its schema coordinate, which is the same in whatever operation it shows."""
    from seamwright.contracts.graphql.coordinates import coordinate, steps_of

    if violation.place.startswith("/data/"):
        return coordinate(bench.contract, exchange, steps_of(violation.place))
    return re.sub(r"/\d+(?=/|$)", "/*", violation.place) or "the response"


def _finding(
    operation: Operation, made: Made, exchange: Exchange, violation: Violation, where: str, key: str
) -> Finding:
    place = violation.place or "the response"
    if place.startswith("/data/"):
        title = f"{where} breaks the schema in the answer of {operation.label}: {violation.text}"
    else:
        title = f"The answer of {operation.label} has not the form of a GraphQL response: {place} {violation.text}"
    return Finding(
        title=title,
        detail=(
            "expected: an answer that keeps to the schema, and to the form of a GraphQL response\n"
            f"seen: {place} {violation.text}\n"
            f"the call was valid ({made.form}); {asked(exchange)}\nit was answered {shown(exchange)}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=key,
        exchanges=(exchange.number,),
        facts={"place": violation.place, "keyword": violation.keyword, "field": where},
    )
