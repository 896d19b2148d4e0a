"""Server errors that came to valid calls and not again when those were repeated alone: one cause, or mere doubts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamwright.checks._cells import excerpt, sent
from seamwright.checks.contract._cause import root
from seamwright.model.bench import Bench
from seamwright.model.evidence import Refuted
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation

__all__ = ["TWICE", "now_and_then"]

TWICE = 2
"""Times that the same server error must have come, where no call brings it about when it is repeated."""


def now_and_then(bench: Bench, once: Iterable[tuple[Operation, Exchange]]) -> Iterator[Refuted]:
    """Refuted where one and the same server error came to several calls, though to none of them when it was repeated:
    what fails is no value, but a service with several calls under way."""
    alike: dict[str, list[tuple[Operation, Exchange]]] = {}
    for operation, exchange in once:
        alike.setdefault(root(bench, operation, exchange), []).append((operation, exchange))
    for cause, together in alike.items():
        if len(together) >= TWICE:
            for operation, exchange in together:
                yield Refuted(operation.id, _finding(operation, exchange, cause, len(together)))


def _finding(operation: Operation, exchange: Exchange, cause: str, times: int) -> Finding:
    return Finding(
        title=f"{operation.label} answers {exchange.status} now and then, while other calls are under way",
        detail=(
            f"expected: no server error: {sent(exchange)}\nseen: {excerpt(exchange)}\n"
            f"the same call was not answered so when it was repeated; {times} calls were answered alike"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"now and then {cause}",
        root=cause,
        exchanges=(exchange.number,),
        facts={"status": exchange.status},
    )
