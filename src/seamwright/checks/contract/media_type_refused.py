"""A JSON body that says it is plain text is not accepted as if it were JSON.

Besides being wrong, it opens a door: a web page of anybody can make a visitor's browser send `text/plain` to any host
without asking first (a "simple request" of the Fetch standard), so a service that takes whatever comes as JSON can be
written to by cross-site forms. The same bytes must be refused under the other type, and must have been accepted
under the declared one; and a body that is no JSON at all must be refused, or the operation does not read it. Without
any media type they may be accepted as well as refused (RFC 9110, section 8.3). A server error is wrong each time.
Whether other declared media types are accepted is left to `contract.valid-input-accepted`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import answered, each_operation, excerpt, these
from seamwright.checks._honest import Accepted, accepted, renewed, repeatable, succeeded
from seamwright.checks.contract._cause import fingerprint
from seamwright.contracts.media import declared, is_json
from seamwright.engines.generate.rendering import encoded_body, media_type_for
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

OTHER = "text/plain"


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        media_type = media_type_for(operation)
        if operation.body is None or media_type is None:
            return "takes no body"
        if not is_json(media_type):
            return f"takes {media_type}, and not JSON"
        return f"declares {OTHER} too" if declared(operation.body.content, OTHER) else None

    return these(subject, why_not, "none of its operations takes a JSON body alone")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await repeatable(bench, operation, await accepted(bench, operation))
    garbage = (await renewed(bench, operation, good)).but(body=None, raw=b"\x7bno json")
    unread = answered(await good.caller.call(bench, garbage, note="a body that is no JSON, under the declared type"))
    if succeeded(operation, unread):
        raise Undecided(f"{operation.id} accepts a body that is no JSON ({unread.status}), so it seems not to read it")

    refuted = False
    for kind in (OTHER, None):
        first = await _sent(bench, operation, good, kind)
        control = answered(await good.caller.call(bench, await renewed(bench, operation, good), note="honest call"))
        if not succeeded(operation, control):
            raise Undecided(f"{operation.id}: the honest call was accepted at first and then not: {excerpt(control)}")
        if _broken(kind, first):
            again = await _sent(bench, operation, good, kind)
            if not _broken(kind, again) or again.ok != first.ok:
                what = kind or "no media type"
                raise Undecided(f"{operation.id}: {what} was answered {first.status} once, and then {again.status}")
            refuted = True
            yield Refuted(operation.id, _finding(operation, kind, first, again, control), tried=2)
        elif first.status in (401, 429) or not (first.ok or 400 <= first.status < 500):
            raise Undecided(f"{operation.id}: {kind} was answered {first.status}, neither accepted nor refused")
    if not refuted:
        yield Proved(operation.id, tried=2)


async def _sent(bench: Bench, operation: Operation, good: Accepted, kind: str | None) -> Exchange:
    """The accepted body under another media type, or under none."""
    case = await renewed(bench, operation, good)
    if kind is not None:
        note = f"valid JSON as {kind}"
        return answered(await bench.call(case, good.caller.identity, headers={"content-type": kind}, note=note))
    raw, _ = encoded_body(case.body, case.media_type or "application/json")
    untyped = case.but(body=None, raw=raw, media_type=None)
    return answered(await good.caller.call(bench, untyped, note="valid JSON without a media type"))


def _broken(kind: str | None, exchange: Exchange) -> bool:
    return exchange.status >= 500 or (exchange.ok and kind is not None)


def _finding(operation: Operation, kind: str | None, first: Exchange, again: Exchange, control: Exchange) -> Finding:
    declares = ", ".join(operation.body.content) if operation.body else "none"
    named = f"declared as {kind}" if kind else "without a media type"
    accepts = "accepts" if first.ok else f"answers {first.status} to"
    return Finding(
        title=f"{operation.label} {accepts} a body that is {named}",
        detail=(
            f"expected: a refusal (415), since the contract declares {declares}\n"
            f"seen: {excerpt(first)}\nonce more: {excerpt(again)}\n"
            f"under the declared media type it was answered {control.status}, and a body that is no JSON was refused"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"{operation.id} media type" if first.ok else f"media type {fingerprint(first)}",
        # Who reads a body without a look at its type mostly does so for all operations.
        root=f"takes {kind}" if first.ok else "",
        exchanges=(first.number, again.number, control.number),
        facts={"status": first.status, "sent_as": kind},
    )


CHECK = Check(
    id="contract.media-type-refused",
    proves="a JSON body under a media type that the contract does not declare is refused",
    oracle=f"valid JSON sent as {OTHER} is answered 2xx or 5xx, twice, where a body that is no JSON is refused",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-436", "CWE-352"),
    owasp=("API8:2023",),
)
