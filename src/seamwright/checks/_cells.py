"""Cells of a check, and answers in a few words."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from seamwright.checks._walk import LAST, each_operation
from seamwright.model.bench import Bench
from seamwright.model.check import Applies, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = [
    "LAST",
    "answered",
    "by_operation",
    "each_operation",
    "excerpt",
    "in_time",
    "sent",
    "statuses",
    "these",
    "undecidable",
]

_LONGEST = 240


def these(subject: Subject, why_not: Callable[[Operation], str | None], nothing: str) -> Applies | DoesNotApply:
    """The operations for which `why_not` gives no reason are the cells; `nothing` is said where there are none."""
    if not subject.operations:
        return DoesNotApply("it has no contract with operations")
    left_out = {o.id: reason for o in subject.operations if (reason := why_not(o)) is not None}
    cells = tuple(o.id for o in subject.operations if o.id not in left_out)
    if cells:
        return Applies(cells, left_out)
    reasons = list(dict.fromkeys(left_out.values()))
    return DoesNotApply(f"{nothing} ({reasons[0]})" if len(reasons) == 1 else nothing)


async def by_operation(
    bench: Bench, attempt: Callable[[Bench, Operation], Awaitable[Observation]]
) -> AsyncGenerator[Observation, None]:
    """As `each_operation`, for attempts that end in one observation."""

    async def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        yield await attempt(bench, operation)

    async for observation in each_operation(bench, decide):
        yield observation


def in_time(bench: Bench, done: int, of: str) -> None:
    """Raise Undecided when the budget is nearly spent: a part of the cases is no proof of all of them."""
    if bench.remaining < LAST:
        raise Undecided(
            f"the time budget of the check ended after {done} {of}; give it more with --budget", Cause.USAGE
        )


def answered(exchange: Exchange) -> Exchange:
    """The exchange itself, where an answer came. Raises Undecided where none did."""
    if exchange.failure is not None:
        what = f"{exchange.request.method} {exchange.request.url}"
        raise Undecided(f"no answer came to {what}: {exchange.failure.kind}, {exchange.failure.text}", Cause.TARGET)
    return exchange


def undecidable(exchange: Exchange) -> str:
    """Why an answer decides nothing: none came, the caller was slowed down, or the server failed; else empty."""
    if exchange.response is None:
        return f"no answer came: {exchange}"
    if exchange.status == 429:
        return f"too many requests were sent for the boundary's taste: {exchange}"
    if exchange.status >= 500:
        return f"the boundary failed instead of deciding: {excerpt(exchange)}"
    return ""


def excerpt(exchange: Exchange) -> str:
    """An answer in one line: status, media type and the beginning of its body."""
    if exchange.response is None:
        return f"no answer ({exchange.failure.kind})" if exchange.failure else "no answer"
    response = exchange.response
    text = " ".join(response.text.split())
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    kind = f" {response.media_type}" if response.media_type else ""
    return f"{response.status}{kind}: {shown}" if shown else f"{response.status}{kind}, no body"


def sent(exchange: Exchange) -> str:
    """A request in one line: method, path with query, and the beginning of its body."""
    url = urlsplit(exchange.request.url)
    target = url.path + (f"?{url.query}" if url.query else "")
    text = " ".join(exchange.request.body.decode("utf-8", "replace").split())
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{exchange.request.method} {target}{f' {shown}' if shown else ''}"


def statuses(exchanges: Iterable[Exchange]) -> str:
    """How calls were answered, counted: `3 times 404, once 422`."""
    counts: dict[str, int] = {}
    for exchange in exchanges:
        what = (
            str(exchange.status)
            if exchange.response
            else f"no answer ({exchange.failure.kind})"
            if exchange.failure
            else "?"
        )
        counts[what] = counts.get(what, 0) + 1
    return ", ".join(f"{'once' if n == 1 else f'{n} times'} {what}" for what, n in counts.items()) or "none"
