"""Stack traces: what went wrong inside is told to whoever made it go wrong.

A frame names files, libraries and lines, and helps nobody but an attacker. Each operation gets input that parsers
stumble over: broken JSON, bytes that are no text, numbers that fit nowhere, wrong types, far too deep nesting. A frame
counts only when it has a file and a line in the way that a known runtime writes them, and when the operation's
ordinary answer has none.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from seamwright.checks._cells import by_operation, excerpt, these
from seamwright.checks._frames import frame
from seamwright.checks._honest import caller, nobody_may
from seamwright.checks._reading import lean
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation, Parameter
from seamwright.model.subject import Subject

__all__ = ["CHECK", "frame"]


@dataclass(frozen=True, slots=True)
class _Probe:
    """One malformed request; `target` and `body` are sent as they are where a case could not hold them."""

    why: str
    case: Case | None = None
    target: str = ""


def _applies(subject: Subject) -> Applicability:
    return these(subject, lambda operation: _why_not(subject, operation), "it takes no input that could be malformed")


def _why_not(subject: Subject, operation: Operation) -> str | None:
    if operation.body is None and not operation.at("path") and not operation.at("query"):
        return "it takes no input that could be malformed"
    return nobody_may(subject, operation)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in by_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> Observation:
    identity = caller(bench.subject, operation).identity
    base = await bench.case(operation, identity)
    ordinary = await bench.call(lean(operation, base), identity, note="control: an ordinary call")
    if ordinary.response is None or ordinary.status in (401, 403, 404, 405) or ordinary.status >= 500:
        raise Undecided(f"{operation.id}: an ordinary call does not get through: {excerpt(ordinary)}")
    if frame(ordinary.response.text):
        raise Undecided(f"{operation.id}: its ordinary answer holds what looks like a stack frame already")
    tried, silent = 0, 0
    seen: list[tuple[_Probe, Exchange]] = []
    for probe in _probes(operation, base):
        exchange = await _send(bench, operation, identity, probe)
        tried += 1
        if exchange.response is None:
            silent += 1
        elif frame(exchange.response.text):
            seen.append((probe, exchange))
            if len(seen) == 2:
                break
    if seen:
        return await _confirmed(bench, operation, identity, seen, tried)
    if silent * 2 > tried:
        raise Undecided(f"{operation.id}: {silent} of {tried} malformed requests were not answered at all")
    return Proved(operation.id, tried=tried, measures={f"{operation.id} unanswered": silent})


async def _confirmed(
    bench: Bench, operation: Operation, identity: Identity, seen: list[tuple[_Probe, Exchange]], tried: int
) -> Observation:
    """Two triggers, or the one there is a second time."""
    if len(seen) == 1:
        probe = seen[0][0]
        again = await _send(bench, operation, identity, probe)
        if again.response is None or not frame(again.response.text):
            raise Undecided(f"{operation.id}: {probe.why} brought a stack frame once and not the next time")
        seen = [*seen, (probe, again)]
    probe, exchange = seen[0]
    assert exchange.response is not None
    found = frame(exchange.response.text)
    assert found is not None
    runtime, text = found
    return Refuted(
        operation.id,
        Finding(
            title=f"{operation.label} answers malformed input with a stack trace",
            detail=(
                f"expected: an error that says nothing of the inside\n"
                f"seen: {probe.why} is answered {exchange.status} with a frame of {runtime}: {text[:200]}\n"
                f"also: {seen[1][0].why}"
            ),
            severity=Severity.MEDIUM,
            operation=operation.id,
            key=f"stack-trace:{text[:120]}",
            exchanges=tuple(e.number for _, e in seen),
            facts={"runtime": runtime, "frame": text[:300], "triggers": list(dict.fromkeys(p.why for p, _ in seen))},
        ),
        tried=tried,
    )


async def _send(bench: Bench, operation: Operation, identity: Identity, probe: _Probe) -> Exchange:
    if probe.case is not None:
        return await bench.call(probe.case, identity, note=probe.why)
    return await bench.request(operation.method, probe.target, identity, note=probe.why)


def _probes(operation: Operation, base: Case) -> Iterator[_Probe]:
    if operation.body is not None and base.media_type is not None:
        yield from _bodies(base)
    for parameter in (*operation.at("path"), *operation.at("query")):
        yield from _odd(operation, base, parameter)
    if not operation.at("path"):
        yield _Probe("a query of bytes that are no text", target=f"{operation.path}?%ff=%fe&limit=%c0%80")


def _odd(operation: Operation, base: Case, parameter: Parameter) -> Iterator[_Probe]:
    """Values for one parameter that are none."""
    name = parameter.name
    for why, odd in (
        ("a number of 400 digits", "9" * 400),
        ("a word where something else may be wanted", "not-a-number"),
        ("a NUL byte", "a\x00b"),
        ("brackets and quotes", "[]{}'\"`;$"),
    ):
        if parameter.location == "query":
            yield _Probe(f"{why} as query parameter {name}", base.but(query={**base.query, name: odd}))
        else:
            target = _filled(operation, base, name, quote(odd, safe=""))
            yield _Probe(f"{why} as path parameter {name}", target=target)
    if parameter.location == "path":
        yield _Probe(
            f"bytes that are no text as path parameter {name}", target=_filled(operation, base, name, "%ff%fe")
        )


def _filled(operation: Operation, base: Case, name: str, odd: str) -> str:
    path = operation.path
    for parameter in operation.at("path"):
        value = odd if parameter.name == name else quote(str(base.path.get(parameter.name, "x")), safe="")
        path = path.replace("{" + parameter.name + "}", value)
    return path


def _bodies(base: Case) -> Iterator[_Probe]:
    def raw(why: str, data: bytes) -> _Probe:
        return _Probe(why, base.but(raw=data))

    def value(why: str, body: Any) -> _Probe:
        return _Probe(why, base.but(body=body))

    yield raw("a body that breaks off", b'{"unfinished": ')
    yield raw("a body of bytes that are no text", b'{"a": "\xff\xfe\xc0\x80"}')
    yield raw("an empty body", b"")
    yield raw("a body nested 2000 deep", b"[" * 2000 + b"]" * 2000)
    yield raw("a number of 400 digits as body", b"9" * 400)
    yield raw("a list as body", b"[1, 2]")
    yield raw("null as body", b"null")
    fields = base.body if isinstance(base.body, Mapping) else {}
    for name in list(fields)[:6]:
        for why, odd in (("an object", {"a": {}}), ("a list", [[]]), ("null", None), ("a huge number", 10**30)):
            yield value(f"{why} as field {name}", {**fields, name: odd})
    if fields:
        name = next(iter(fields))
        text = json.dumps({**fields, name: "PLACE"})
        yield raw(f"a lone surrogate in field {name}", text.replace("PLACE", "\\ud800").encode())
        yield raw(f"a NUL byte in field {name}", text.replace("PLACE", "a\\u0000b").encode())


CHECK = Check(
    id="security.stack-traces",
    proves="malformed input is never answered with a stack trace",
    oracle="an answer holds a stack frame with file and line that no ordinary answer has, on two triggers",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-209", "CWE-550"),
    owasp=("API8:2023",),
)
