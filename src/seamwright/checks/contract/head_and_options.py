"""HEAD and OPTIONS, where they are served, tell what GET and the contract tell.

Caches and crawlers ask HEAD instead of GET and believe its headers: the same as those of GET, and no content (RFC 9110,
section 9.3.2); a Content-Length that differs is wrong by section 8.6. OPTIONS tells in `Allow` which methods there
are (sections 9.3.7 and 10.2.1), and leaves none out that the contract declares. Neither has to be served, nor has
`Allow` to be there. What changes from one GET to the next is not compared.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from seamwright.checks._cells import answered, each_operation, excerpt, these
from seamwright.checks._honest import Accepted, accepted
from seamwright.checks.contract._cause import root
from seamwright.checks.contract._paths import allowed_methods, declared_methods
from seamwright.engines.generate.rendering import render
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

COMPARED = ("content-type", "etag", "content-length")
"""Headers that HEAD may leave out, and may not tell otherwise than GET."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong with an answer: for the root cause, and in words."""

    key: str
    text: str
    expected: str


def _applies(subject: Subject) -> Applicability:
    return these(subject, lambda o: None if o.method == "GET" else "is not a GET", "it has no GET")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await accepted(bench, operation)
    refuted = False
    doubts: list[str] = []
    for method in ("HEAD", "OPTIONS"):
        seen = await _asked(bench, operation, good, method)
        wrong = await _judged(bench, operation, good, seen)
        if not wrong:
            if seen.status == 429 or (seen.status >= 500 and seen.status != 501):
                doubts.append(f"{method} was answered {excerpt(seen)}")
            continue
        again = await _asked(bench, operation, good, method)
        lasting = {w.key for w in await _judged(bench, operation, good, again)}
        for found in wrong:
            if found.key not in lasting:
                doubts.append(f"{found.text} once, and not when it was repeated")
                continue
            refuted = True
            yield Refuted(operation.id, _finding(bench, operation, found, seen, again, good.exchange))
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts), Cause.TARGET)
    elif not refuted:
        yield Proved(operation.id, tried=2)


async def _asked(bench: Bench, operation: Operation, good: Accepted, method: str) -> Exchange:
    """The accepted GET with another method."""
    request = render("http://path", bench.contract, operation, good.case)
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = dict(request.headers)
    note = f"{method} instead of GET"
    return answered(await bench.request(method, target, good.caller.identity, headers=headers, note=note))


async def _judged(bench: Bench, operation: Operation, good: Accepted, seen: Exchange) -> list[_Wrong]:
    if seen.request.method == "OPTIONS":
        return list(_options(bench, operation, seen))
    if not seen.ok and not (seen.status >= 500 and seen.status not in (501, 503)):
        return []
    afterwards = answered(await good.caller.call(bench, good.case, note="GET once more"))
    if not afterwards.ok:
        raise Undecided(f"{operation.id}: the honest call was accepted at first and then not: {excerpt(afterwards)}")
    return list(_head(seen, good.exchange, afterwards))


def _head(seen: Exchange, before: Exchange, afterwards: Exchange) -> Iterator[_Wrong]:
    if seen.status >= 500:
        text = f"answers {seen.status} to HEAD, where GET is answered {afterwards.status}"
        yield _Wrong(f"HEAD {seen.status}", text, "the headers of GET, or 405")
        return
    if seen.response is not None and seen.response.body:
        text = f"sends {len(seen.response.body)} bytes of content in answer to HEAD"
        yield _Wrong("HEAD content", text, "no content in answer to HEAD")
    for name in COMPARED:
        told, usual = _compared(seen, name), _compared(afterwards, name)
        if told is None or usual is None or usual != _compared(before, name):
            continue
        if told != usual:
            yield _Wrong(
                f"HEAD {name}", f"tells {name} {told} in answer to HEAD, and {usual} to GET", f"{name}: {usual}"
            )


def _compared(exchange: Exchange, name: str) -> str | None:
    """A header as far as HEAD and GET must agree on it; None where it is not told."""
    response = exchange.response
    told = response.header(name) if response else None
    if response is None or told is None:
        return None
    if name == "content-type":
        return response.media_type
    # Weak and strong tags of one opaque text name the same representation to all who ask (section 8.8.3.2).
    return told.strip().removeprefix("W/") if name == "etag" else told.strip()


def _options(bench: Bench, operation: Operation, seen: Exchange) -> Iterator[_Wrong]:
    allowed = allowed_methods(seen) if seen.ok else None
    if allowed is None:
        return
    missing = ", ".join(sorted(declared_methods(bench.contract, operation) - allowed))
    if missing:
        text = (
            f"tells in answer to OPTIONS that {', '.join(sorted(allowed)) or 'nothing'} is allowed, and not {missing}"
        )
        yield _Wrong("OPTIONS allow", text, f"an Allow with {missing} too, which the contract declares")


def _finding(
    bench: Bench, operation: Operation, wrong: _Wrong, seen: Exchange, again: Exchange, usual: Exchange
) -> Finding:
    return Finding(
        title=f"{operation.label} {wrong.text}",
        detail=(
            f"expected: {wrong.expected}\nseen: {_shown(seen)}\nonce more: {_shown(again)}\n"
            f"GET was answered {_shown(usual)}"
        ),
        severity=Severity.MEDIUM if seen.status >= 500 else Severity.LOW,
        operation=operation.id,
        key=wrong.key,  # Both are mostly answered by the framework, alike for all operations.
        root=root(bench, operation, seen) if seen.status >= 500 else "",
        exchanges=(seen.number, again.number, usual.number),
        facts={"method": seen.request.method, "status": seen.status, "wrong": wrong.key},
    )


def _shown(exchange: Exchange) -> str:
    """An answer by its status and the headers that are looked at."""
    headers = exchange.response.headers if exchange.response else ()
    told = [f"{name}: {value}" for name, value in headers if name.lower() in (*COMPARED, "allow")]
    return f"{exchange.status} {'; '.join(told)}".rstrip()


CHECK = Check(
    id="contract.head-and-options",
    proves="HEAD and OPTIONS, where they are served, tell what GET and the contract tell",
    oracle="HEAD with content, 5xx, or another type, ETag or length than GET; Allow without a declared method; twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
)
