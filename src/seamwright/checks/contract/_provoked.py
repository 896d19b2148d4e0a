"""Provokes the errors that a contract declares: broken input, missing headers, unknown objects, missing credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from seamwright.checks._cells import answered
from seamwright.checks._honest import Accepted, renewed, unknown_object
from seamwright.checks.contract._calls import laid_over
from seamwright.contracts.media import declared, is_json
from seamwright.engines.generate.requests import Varied, invalid_cases
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Answer, Operation
from seamwright.model.subject import Subject

__all__ = [
    "NO_DECISION",
    "BROKEN_INPUT",
    "Provocation",
    "error_answers",
    "provocations",
    "provokable",
    "required_headers",
    "without_header",
]

BROKEN_INPUT = "broken input"
"""The kind of a provocation that breaks a schema outside the path: a malformed id may be an unknown object too."""

NO_DECISION = frozenset({401, 408, 425, 429})
"""4xx that say nothing of what was sent: they would have come to the honest call too."""

BROKEN = 6
"""Broken inputs that are sent to an operation: of each keyword in each part of the request one, as far as that goes."""

_ALWAYS_THERE = frozenset({"host", "user-agent", "connection", "content-length", "transfer-encoding", "cookie"})
"""Headers that whoever sends HTTP adds by himself."""

_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Provocation:
    """One way to bring an error about: its kind, what is wrong in words, and what it makes of an accepted call."""

    kind: str
    what: str
    change: Callable[[Case], Case | None]
    headers: Mapping[str, str] | None = None
    anonymous: bool = False

    async def sent(self, bench: Bench, operation: Operation, good: Accepted) -> Exchange:
        """Send the accepted call, renewed and then changed. Raises Undecided where that cannot be done."""
        case = self.change(await renewed(bench, operation, good))
        if case is None:
            raise Undecided(f"{operation.id}: {self.what}: this does not fit into the call once more")
        identity = None if self.anonymous else good.caller.identity
        called = bench.call(case, identity, headers=self.headers, fresh=self.anonymous, note=self.what)
        return answered(await called)


def error_answers(operation: Operation) -> Iterator[Answer]:
    """What an operation declares for 4xx and 5xx, ranges and `default` included."""
    for status, answer in operation.answers.items():
        if status == "default" or status[0] in "45":
            yield answer


def provokable(subject: Subject, operation: Operation) -> str | None:
    """Why no error of an operation can be provoked; None where one can."""
    if subject.logins(operation):
        return "identities log in through it, and broken logins could lock them out"
    if operation.at("path") or operation.protected or required_headers(subject, operation):
        return None
    if subject.contract is None:
        return "has no contract"
    try:
        broken = next(invalid_cases(subject.contract, operation, Random(0)), None)
    except Undecided as error:
        return str(error)
    return "nothing that it takes can be wrong" if broken is None else None


def provocations(bench: Bench, operation: Operation, good: Accepted) -> Iterator[Provocation]:
    """Ways to bring errors about in a call that is accepted otherwise."""
    for varied in _broken(bench, operation, good):
        yield Provocation(
            "a broken path" if varied.where == "path" else BROKEN_INPUT,
            f"{varied.place}: {varied.why}",
            partial(laid_over, bench.contract, operation, varied=varied),
        )
    for name in required_headers(bench.subject, operation):
        yield Provocation("a missing header", f"without {name}", partial(without_header, name=name))
    if "415" in operation.answers and _reads_json_alone(operation):
        text = {"content-type": "text/plain"}
        yield Provocation("another media type", "the body as text/plain", lambda case: case, headers=text)
    absent = unknown_object(bench, operation, good.case)
    if absent is not None:
        yield Provocation("an unknown object", "an object that does not exist", lambda case: case.but(path=absent.path))
    if operation.protected and not good.caller.identity.anonymous:
        yield Provocation("missing credentials", "without credentials", lambda case: case, anonymous=True)


def required_headers(subject: Subject, operation: Operation) -> tuple[str, ...]:
    """The headers that a contract requires of a caller, but for credentials and what HTTP itself adds."""
    schemes = subject.contract.schemes.values() if subject.contract else ()
    keys = {s.parameter.lower() for s in schemes if s.type == "apiKey" and s.location == "header"}
    keys |= {i.api_key.name.lower() for i in subject.manifest.identities.values() if i.api_key and i.api_key.name}
    kept = _ALWAYS_THERE | _CREDENTIALS | keys
    return tuple(p.name for p in operation.at("header") if p.required and p.name.lower() not in kept)


def without_header(case: Case, name: str) -> Case:
    """The case without a header, however it is spelt."""
    return case.but(headers={key: value for key, value in case.headers.items() if key.lower() != name.lower()})


def _broken(bench: Bench, operation: Operation, good: Accepted) -> list[Varied]:
    """Values that break a keyword: of each keyword in each part of the request the first, the body's first of all.

    What is no JSON comes first, which is seldom refused where the rest is; a `format` last, since it may be taken as an
    annotation, and then nothing is broken.
    """
    first: dict[tuple[str, str], Varied] = {}
    for varied in invalid_cases(bench.contract, operation, bench.random_for(f"{operation.id} broken")):
        known = (varied.where, varied.keyword) in first
        if not known and laid_over(bench.contract, operation, good.case, varied) is not None:
            first[varied.where, varied.keyword] = varied

    def late(varied: Varied) -> tuple[bool, ...]:
        return varied.keyword == "format", varied.keyword != "syntax", varied.where != "body"

    return sorted(first.values(), key=late)[:BROKEN]


def _reads_json_alone(operation: Operation) -> bool:
    content = operation.body.content if operation.body else {}
    return any(is_json(key) for key in content) and declared(content, "text/plain") is None
