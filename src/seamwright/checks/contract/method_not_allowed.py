"""A method that the contract does not declare for a path is not served there.

Frameworks route more than people write down: a resource class brings DELETE along, a debug handler answers TRACE.
Every other method is tried on every declared path, as somebody who may call the declared ones. An answer of 2xx is
told when a random path is not answered alike; a server error is told too, since a 405 needs no code of the service.
Where the answer is 405, its `Allow` must be there and list what is served (RFC 9110, section 15.5.6): the methods
that the contract declares, and not the one that was just refused. 404 and 501 refuse as well, and need no `Allow`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from seamwright.checks._cells import answered, each_operation, excerpt, in_time, these, undecidable
from seamwright.checks._honest import caller
from seamwright.checks.contract._cause import root
from seamwright.checks.contract._paths import allowed_methods, declared_methods
from seamwright.engines.generate.rendering import render
from seamwright.model.accounts import changes_its_caller
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")


@dataclass(frozen=True, slots=True)
class _Flaw:
    """What is wrong with the Allow of a 405: for the root cause, and in words."""

    key: str
    text: str
    expected: str


def _applies(subject: Subject) -> Applicability:
    first: dict[str, str] = {}
    for operation in subject.operations:
        first.setdefault(operation.path, operation.id)

    def why_not(operation: Operation) -> str | None:
        chosen = first[operation.path]
        return None if chosen == operation.id else f"has the same path as {chosen}, and is tried with it"

    return these(subject, why_not, "its contract has no operation")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    who = caller(bench.subject, operation)
    case = await who.case(bench, operation)
    path = urlsplit(render("http://path", bench.contract, operation, case).url).path
    tried, refuted = 0, False
    for method in _undeclared(bench, operation, path):
        in_time(bench, tried, "methods")
        seen = answered(await bench.request(method, path, who.identity, note=f"{method} is not declared here"))
        if seen.status == 429:
            raise Undecided(undecidable(seen))
        tried += 1
        flaw = _flaw(bench, operation, method, seen)
        if flaw is not None:
            again = answered(await bench.request(method, path, who.identity, note=f"{method}, once more"))
            if _flaw(bench, operation, method, again) == flaw:
                refuted = True
                yield Refuted(operation.id, _about_allow(operation, method, flaw, seen, again), tried=tried)
        if not seen.ok and (seen.status < 500 or seen.status == 501):
            continue
        elsewhere = answered(
            await bench.request(method, f"/{bench.canary()}", who.identity, note="the same on a path that is not there")
        )
        if elsewhere.ok == seen.ok and elsewhere.status // 100 == seen.status // 100:
            raise Undecided(f"{method} is answered {elsewhere.status} on a path that does not exist, too")
        refuted = True
        yield Refuted(operation.id, _finding(bench, operation, method, seen, elsewhere), tried=tried)
    if not refuted:
        if not tried:
            raise Undecided(f"every method that could be tried on {operation.path} is declared")
        yield Proved(operation.id, tried=tried)


def _undeclared(bench: Bench, operation: Operation, path: str) -> list[str]:
    """The methods that no operation of the contract has for this path, however it is spelt there.

    DELETE and PUT on a whole collection could empty it, and are tried in a test environment only; what would change or
    end the account of the caller is not tried at all.
    """
    declared = {o.method for o in bench.contract.operations if _covers(o.path, path)} | {operation.method}
    methods = [method for method in METHODS if method not in declared]
    methods = [method for method in methods if not changes_its_caller(Operation("", method, operation.path))]
    if not operation.at("path") and bench.subject.manifest.environment != "test":
        methods = [method for method in methods if method not in ("DELETE", "PUT")]
    return methods


def _covers(template: str, path: str) -> bool:
    pattern = re.sub(r"\\{[^{}]+\\}", "[^/]+", re.escape(template.rstrip("/")))
    return re.fullmatch(pattern, path.rstrip("/")) is not None


def _flaw(bench: Bench, operation: Operation, method: str, seen: Exchange) -> _Flaw | None:
    """What is wrong with the Allow of a 405; None where nothing is, or where it is no 405."""
    if seen.status != 405:
        return None
    allowed = allowed_methods(seen)
    declared = declared_methods(bench.contract, operation)
    expected = f"Allow: {', '.join(sorted(declared))}"
    if allowed is None:
        return _Flaw("no Allow", "answers 405 without Allow, so that nobody learns what is served", expected)
    shown = ", ".join(sorted(allowed)) or "nothing"
    if missing := ", ".join(sorted(declared - allowed)):
        return _Flaw(
            "Allow lacks methods", f"answers 405 with Allow: {shown}, where {missing} is declared too", expected
        )
    if method in allowed:
        return _Flaw("Allow contradicts", f"answers 405 to {method}, with Allow: {shown}", f"no {method} in Allow")
    return None


def _about_allow(operation: Operation, method: str, flaw: _Flaw, seen: Exchange, again: Exchange) -> Finding:
    told = [(e.response.header("allow") if e.response else None) or "none" for e in (seen, again)]
    return Finding(
        title=f"{operation.label} {flaw.text}",
        detail=(
            f"expected: {flaw.expected} (RFC 9110, section 15.5.6)\n"
            f"seen: {method} {operation.path} was answered 405, Allow: {told[0]}\nonce more: Allow: {told[1]}"
        ),
        severity=Severity.LOW,
        operation=operation.id,
        key=flaw.key,  # A 405 is the framework's answer, alike for all paths.
        exchanges=(seen.number, again.number),
        facts={"method": method, "path": operation.path, "status": 405, "flaw": flaw.key},
    )


def _finding(bench: Bench, operation: Operation, method: str, seen: Exchange, elsewhere: Exchange) -> Finding:
    verb = "is served" if seen.ok else f"answers {seen.status}"
    return Finding(
        title=f"{operation.label} shares its path with {method}, which {verb} and is not declared",
        detail=(
            f"expected: 405 (or 404, 501) to {method} {operation.path}\nseen: {excerpt(seen)}\n"
            f"{method} on a path that does not exist was answered {elsewhere.status}"
        ),
        severity=Severity.MEDIUM if seen.ok else Severity.LOW,
        operation=operation.id,
        key=f"{method} {operation.path}",
        root=root(bench, operation, seen) if seen.status >= 500 else "",
        exchanges=(seen.number, elsewhere.number),
        facts={"method": method, "path": operation.path, "status": seen.status},
    )


CHECK = Check(
    id="contract.method-not-allowed",
    proves="methods that the contract does not declare for a path are not served there, and a 405 says which ones are",
    oracle="a 2xx or 5xx to an undeclared method, and not so on a path that is not there; or a 405 with a wrong Allow",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-650",),
    owasp=("API9:2023",),
)
