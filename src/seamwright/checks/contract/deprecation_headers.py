"""What an operation tells of its end is well-formed and true: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

Clients are moved off an operation by these two headers, and only by machines that can read them: `Deprecation` is a
structured date (`@1688169599`), `Sunset` an HTTP-date, and nothing ends before it is deprecated. A sunset that has
passed while the operation still answers tells nobody anything any more, and an operation that calls itself deprecated
where its contract does not has drifted from it. A deprecated operation need not send the header, unless its contract
declares that it does.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from seamwright.checks._cells import each_operation, excerpt, sent, these
from seamwright.checks._honest import accepted
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

HEADERS = ("deprecation", "sunset")

_STRUCTURED_DATE = re.compile(r"@(-?\d{1,15})(?:\s*;.*)?")
"""RFC 9651, section 3.3.7, with parameters that nobody defines yet."""

_HTTP_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
"""The form that senders must use (RFC 9110, section 5.6.7)."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    key: str
    text: str
    expected: str


def _applies(subject: Subject) -> Applicability:
    return these(
        subject,
        lambda o: None if o.method == "GET" else "is not a GET; this check only looks",
        "it has no GET that could be looked at",
    )


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await accepted(bench, operation)
    refuted = False
    for wrong in _wrong(bench.contract, operation, good.exchange):
        refuted = True
        yield Refuted(operation.id, _finding(operation, wrong, good.exchange))
    if not refuted:
        yield Proved(operation.id)


def _wrong(contract: Contract, operation: Operation, seen: Exchange) -> Iterator[_Wrong]:
    told = {name: seen.response.header(name) if seen.response else None for name in HEADERS}
    deprecated = None if told["deprecation"] is None else _structured(told["deprecation"])
    sunset = None if told["sunset"] is None else _http_date(told["sunset"])
    if told["deprecation"] is not None and deprecated is None:
        text = f"tells Deprecation: {told['deprecation']}, which is no date"
        yield _Wrong("deprecation date", text, "a structured date, such as @1688169599 (RFC 9745, section 2)")
    if told["sunset"] is not None and sunset is None:
        text = f"tells Sunset: {told['sunset']}, which is no HTTP-date"
        yield _Wrong("sunset date", text, "an HTTP-date in GMT (RFC 8594, section 3; RFC 9110, section 5.6.7)")
    if deprecated is not None and sunset is not None and sunset < deprecated:
        text = f"tells a Sunset ({_day(sunset)}) before its Deprecation ({_day(deprecated)})"
        yield _Wrong("sunset before deprecation", text, "a Sunset that is not earlier (RFC 9745, section 4)")
    yield from _passed(contract, operation, seen, sunset)
    to_come = deprecated is not None and deprecated > datetime.fromtimestamp(seen.started, UTC)
    if told["deprecation"] is not None and not operation.deprecated and not to_come:
        text = "calls itself deprecated (Deprecation), which its contract does not"
        yield _Wrong("undeclared deprecation", text, "`deprecated: true` in the contract, or no such header")
    answer = operation.answer(seen.status)
    names = {name.lower() for name in (answer.headers if answer else ())}
    for name in HEADERS:
        if operation.deprecated and name in names and told[name] is None:
            text = f"is deprecated and does not tell {name.capitalize()}, which its contract declares"
            yield _Wrong(f"no {name}", text, f"the header {name.capitalize()}")


def _passed(contract: Contract, operation: Operation, seen: Exchange, sunset: datetime | None) -> Iterator[_Wrong]:
    """A sunset that lies behind us, by the header or, where there is none, by the contract's own `x-sunset`."""
    end, where = sunset, "its Sunset header"
    if end is None:
        end, where = _written_date(_extension(contract, operation, "x-sunset")), "x-sunset in its contract"
    if end is not None and end < datetime.fromtimestamp(seen.started, UTC):
        text = f"still answers {seen.status}, although {where} says that it has ended ({_day(end)})"
        yield _Wrong("sunset passed", text, "410 or 404, or a sunset that is still to come")


def _structured(text: str | None) -> datetime | None:
    match = _STRUCTURED_DATE.fullmatch((text or "").strip())
    try:
        return datetime.fromtimestamp(int(match[1]), UTC) if match else None
    except (ValueError, OverflowError, OSError):
        return None


def _http_date(text: str | None) -> datetime | None:
    if not _HTTP_DATE.fullmatch((text or "").strip()):
        return None
    try:
        return parsedate_to_datetime(text or "")
    except ValueError:
        return None


def _written_date(value: Any) -> datetime | None:
    """A date as people write it into a contract: of ISO 8601, a day meaning its end, or an HTTP-date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()  # YAML reads dates by itself
    if not isinstance(value, str):
        return value if isinstance(value, datetime) and value.tzinfo else None
    text = value.strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _http_date(value)
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found + timedelta(days=1) if len(text) == len("2026-01-31") else found


def _extension(contract: Contract, operation: Operation, name: str) -> Any:
    """What the document itself has under an extension's name at an operation."""
    paths = contract.document.get("paths")
    item = paths.get(operation.path) if isinstance(paths, dict) else None
    if isinstance(item, dict) and isinstance(item.get("$ref"), str):
        item = contract.resolve(item["$ref"])
    node = item.get(operation.method.lower()) if isinstance(item, dict) else None
    return node.get(name) if isinstance(node, dict) else None


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def _finding(operation: Operation, wrong: _Wrong, seen: Exchange) -> Finding:
    told = {name: seen.response.header(name) for name in HEADERS if seen.response and seen.response.header(name)}
    shown = "; ".join(f"{name.capitalize()}: {value}" for name, value in told.items()) or "neither header"
    return Finding(
        title=f"{operation.label} {wrong.text}",
        detail=f"expected: {wrong.expected}\nseen: {shown}, with {excerpt(seen)}\nin answer to {sent(seen)}",
        severity=Severity.LOW,
        operation=operation.id,
        # Dates are mostly written for each operation, the form of a date once.
        key=wrong.key if wrong.key.endswith(" date") else f"{operation.id} {wrong.key}",
        exchanges=(seen.number,),
        facts={"wrong": wrong.key, **told},
    )


CHECK = Check(
    id="contract.deprecation-headers",
    proves="Deprecation and Sunset are dates, in order, not passed, and told by deprecated operations only",
    oracle="a header that is no date, a sunset that is passed or before the deprecation, or one that is not declared",
    applies=_applies,
    run=_run,
    dares=Dares.OBSERVE,
)
