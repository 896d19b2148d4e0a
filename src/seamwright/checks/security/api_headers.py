"""Headers by which an API keeps its answers from being misread and from being kept where they should not be.

Only what concerns an API is asked: the content type is told and must not be guessed (`nosniff`), answers to
authenticated callers are not stored by caches (`no-store`), and over TLS browsers are told to stay there (HSTS,
RFC 6797). Headers that protect HTML pages (framing, content security policy) are not asked of an API.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from seamwright.checks._cells import excerpt, these
from seamwright.checks._honest import caller, nobody_may
from seamwright.checks._reading import lean
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange, Response
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    return these(subject, lambda operation: _why_not(subject, operation), "it has no GET that could be looked at")


def _why_not(subject: Subject, operation: Operation) -> str | None:
    if operation.method != "GET":
        return "it is not a GET; this check only looks"
    return nobody_may(subject, operation)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    for cell in bench.cells:
        operation = bench.operation(cell)
        try:
            exchange = await _answer(bench, operation)
        except Undecided as error:
            yield Unknown(cell, str(error), error.cause)
            continue
        missing = list(_missing(operation, exchange))
        for finding in missing:
            yield Refuted(cell, finding)
        if not missing:
            yield Proved(cell)


async def _answer(bench: Bench, operation: Operation) -> Exchange:
    """An ordinary answer of the success class, seen twice with the same headers that are asked for."""
    identity = caller(bench.subject, operation).identity
    case = lean(operation, await bench.case(operation, identity))
    first = await bench.call(case, identity)
    if not first.ok:
        raise Undecided(f"{operation.id}: no ordinary answer was had: {excerpt(first)}")
    if not list(_missing(operation, first)):
        return first
    again = await bench.call(case, identity, fresh=True, note="once more, on a fresh connection")
    return again if again.ok else first


def _missing(operation: Operation, exchange: Exchange) -> Iterator[Finding]:
    response = exchange.response
    assert response is not None
    if response.body and not response.media_type:
        yield _finding(operation, exchange, "content-type", "sends a body without a content type", Severity.LOW)
    if (response.header("x-content-type-options") or "").strip().lower() != "nosniff":
        yield _finding(
            operation,
            exchange,
            "x-content-type-options",
            "does not forbid guessing the type of its answers",
            Severity.LOW,
        )
    if operation.protected and response.body and "no-store" not in _directives(response):
        yield _finding(
            operation,
            exchange,
            "cache-control",
            "lets caches store what it answers to an authenticated caller",
            Severity.MEDIUM,
        )
    if exchange.request.url.startswith("https://") and not response.header("strict-transport-security"):
        yield _finding(
            operation, exchange, "strict-transport-security", "does not tell browsers to stay on TLS", Severity.LOW
        )


def _directives(response: Response) -> set[str]:
    """The directives of Cache-Control (RFC 9111, section 5.2), in lower case."""
    values = ",".join(value for name, value in response.headers if name.lower() == "cache-control")
    return {part.partition("=")[0].strip().lower() for part in values.split(",")}


WANTED = {
    "content-type": "Content-Type",
    "x-content-type-options": "X-Content-Type-Options: nosniff",
    "cache-control": "Cache-Control: no-store",
    "strict-transport-security": "Strict-Transport-Security",
}


def _finding(operation: Operation, exchange: Exchange, name: str, what: str, severity: Severity) -> Finding:
    assert exchange.response is not None
    return Finding(
        title=f"{operation.label} {what}",
        detail=f"expected: {WANTED[name]}\nseen: {name}: {exchange.response.header(name) or '(absent)'}",
        severity=severity,
        operation=operation.id,
        # One middleware adds it for all operations or for none, so the root cause is the header.
        key=f"header:{name}",
        exchanges=(exchange.number,),
        facts={"header": name, "value": exchange.response.header(name)},
    )


CHECK = Check(
    id="security.api-headers",
    proves="answers carry the headers that keep an API's content from being misread or stored",
    oracle="on an ordinary answer a header that is asked of an API is absent, twice",
    applies=_applies,
    run=_run,
    dares=Dares.OBSERVE,
    cwe=("CWE-16", "CWE-525"),
    owasp=("API8:2023",),
)
