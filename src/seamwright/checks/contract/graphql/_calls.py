"""Valid calls of a GraphQL operation in several forms, and what their answers say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

from seamwright.checks._cells import each_operation, these
from seamwright.checks._honest import Caller, caller
from seamwright.contracts.graphql.answers import answer_of, field_of
from seamwright.model.bench import Bench, Call
from seamwright.model.check import Applicability
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

if TYPE_CHECKING:
    from seamwright.engines.generate.graphql.fields import Bounds
    from seamwright.engines.generate.graphql.inputs import Share

__all__ = [
    "Answers",
    "Made",
    "applicable",
    "asked",
    "first_call",
    "further_calls",
    "gave",
    "in_rounds",
    "known",
    "renewed",
    "shown",
    "strange_call",
    "valid_calls",
]

_LONGEST = 320


@dataclass(frozen=True, slots=True)
class Made:
    """One valid call that was made: the case, what came, and what kind of call it was; `failing` are the fields that
    are known by then to take whole answers away."""

    case: Case
    exchange: Exchange
    form: str
    failing: frozenset[str] = frozenset()
    limit: bool = False
    """Whether one of its values is at a limit."""
    strange: bool = False
    """Whether the objects that it names are made up."""


def applicable(subject: Subject, why_not: Callable[[Operation], str | None] = lambda operation: None) -> Applicability:
    """The operations that can be called: no subscriptions, and nothing that needs a value which nobody knows."""
    contract = subject.contract

    def reason(operation: Operation) -> str | None:
        from seamwright.engines.generate.graphql.cases import valid_case

        if operation.method == "SUBSCRIPTION":
            return "is a subscription: its answers do not come over HTTP by POST"
        if contract is None:
            return "has no schema"
        try:
            valid_case(contract, operation, Random(0))
        except Undecided as error:
            return str(error)
        return why_not(operation)

    return these(subject, reason, "none of its operations can be called")


async def valid_calls(bench: Bench, operation: Operation, who: Caller) -> AsyncIterator[Made]:
    """Call an operation with valid values, in every form that there is: `first_call`, then `further_calls`."""
    first = await first_call(bench, operation, who)
    yield first
    async with aclosing(further_calls(bench, operation, who, first)) as calls:
        async for made in calls:
            yield made


async def in_rounds(
    bench: Bench,
    look: Callable[[Operation, Made], Iterator[Observation]],
    close: Callable[[Operation], Iterator[Observation]],
) -> AsyncIterator[Observation]:
    """Make the valid calls of every cell: each operation once, and then each in every other form, so that a slow
    service has shown them all before the time ends. `look` judges a call, `close` an operation after its last one."""
    known: dict[str, tuple[Caller, Made]] = {}

    async def once(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        who = caller(bench.subject, operation)
        made = await first_call(bench, operation, who)
        known[operation.id] = who, made
        for observation in look(operation, made):
            yield observation

    async def further(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        if operation.id not in known:
            return  # Why not is said already.
        who, first = known[operation.id]
        async with aclosing(further_calls(bench, operation, who, first)) as calls:
            async for made in calls:
                for observation in look(operation, made):
                    yield observation
        for observation in close(operation):
            yield observation

    for decide in (once, further):
        async for observation in each_operation(bench, decide, writes_first=True):
            yield observation


async def first_call(bench: Bench, operation: Operation, who: Caller) -> Made:
    """Call an operation on real objects, with no more than is required. Raises Undecided where there are none."""
    return await _made(bench, who, await who.case(bench, operation), "only what is required")


async def strange_call(bench: Bench, operation: Operation, who: Caller) -> Made:
    """The same where no real objects can be had: on such that are not there. Raises Undecided where none can be made.

    A number is one that no service has reached, so that nothing is hit by chance.
    """
    from seamwright.engines.generate.graphql.cases import LEAN, valid_case

    random = bench.random_for(f"{operation.id} strange")
    case = valid_case(bench.contract, operation, random, "least", bounds=LEAN)
    places = _named(bench.contract, operation)
    variables = {name: _far(value, (name,), places, random) for name, value in case.body["variables"].items()}
    case = case.but(body={**case.body, "variables": variables})
    return replace(await _made(bench, who, case, "on something that is not there"), strange=True)


async def further_calls(bench: Bench, operation: Operation, who: Caller, first: Made) -> AsyncGenerator[Made, None]:
    """After the first call: asking for little and for very much; with all that is optional, and with what is drawn, as
    often as the run is deep.

    An operation that changes things gets a fresh object for each of these calls, where it names one. A field deep
    inside that takes the whole answer away by its error is not asked for again.
    """
    from seamwright.engines.generate.graphql.cases import DEEP, LEAN, PLAIN

    if bench.subject.logins(operation):
        return  # A password that is made up tells nothing, and too many of them lock an account.
    random = bench.random_for(operation.id)
    failing = set(first.failing)
    forms: tuple[tuple[str, Bounds, Share], ...] = (
        ("asked for little", LEAN, "least"),
        ("asked for very much", DEEP, "least"),
        ("with all that is optional", PLAIN, "most"),
    )
    for form, bounds, share in forms:
        start = first.case if operation.safe or first.strange else await who.case(bench, operation)
        case = again(bench, operation, start, random, replace(bounds, avoid=frozenset(failing)), share)
        if case is not None and case != first.case:
            made = await _made(bench, who, case, form, failing)
            failing.update(made.failing)
            yield made
    plain = replace(PLAIN, avoid=frozenset(failing))
    async with aclosing(bench.stream(_drawn(bench, operation, who, first.case, random, plain))) as answers:
        async for call, exchange in answers:
            yield Made(call.case, exchange, "drawn", frozenset(failing))


async def _made(bench: Bench, who: Caller, case: Case, form: str, failing: Collection[str] = ()) -> Made:
    exchange = await who.call(bench, case, f"valid call: {form}")
    return Made(case, exchange, form, frozenset((*failing, *_taking_all(bench, exchange))))


def _taking_all(bench: Bench, exchange: Exchange) -> Iterator[str]:
    """The fields whose errors left nothing of an answer, by their coordinates; the root field is not one of them."""
    from seamwright.contracts.graphql.coordinates import coordinate

    answer = answer_of(exchange)
    if answer is None or answer.gave(field_of(exchange.operation)):
        return
    for error in answer.errors:
        if len([step for step in error.path if isinstance(step, str)]) > 1:
            yield coordinate(bench.contract, exchange, error.path)


def again(bench: Bench, operation: Operation, base: Case, random: Random, bounds: Bounds, share: Share) -> Case | None:
    """The same operation on the same objects, with other values and another selection; None where none can be made."""
    from seamwright.engines.generate.graphql.cases import valid_case

    given = known(bench.contract, operation, base)
    try:
        return valid_case(bench.contract, operation, random, share, bounds=bounds, given=given)
    except Undecided:
        return None


def known(contract: Contract, operation: Operation, case: Case) -> Callable[[tuple[str, ...]], Any]:
    """The values of a case that identify real objects, by their places among the arguments."""
    from seamwright.engines.generate.graphql.cases import arguments_of
    from seamwright.engines.generate.graphql.inputs import NOTHING

    places = _named(contract, operation)
    values = arguments_of(contract, case)

    def given(place: tuple[str, ...]) -> Any:
        if place not in places:
            return NOTHING
        value: Any = values
        for step in place:
            value = value[0] if isinstance(value, list) and value else value
            value = value.get(step, NOTHING) if isinstance(value, Mapping) else NOTHING
        return value

    return given


def _named(contract: Contract, operation: Operation) -> set[tuple[str, ...]]:
    """The places among the arguments whose values identify objects."""
    from seamwright.contracts.graphql.links import links_of

    return {need.place for need in links_of(contract).needs(operation) if need.required}


def _far(value: Any, place: tuple[str, ...], places: Collection[tuple[str, ...]], random: Random) -> Any:
    """A value with numbers beyond all that are in use wherever one identifies an object."""
    if isinstance(value, list):
        return [_far(item, place, places, random) for item in value]
    if isinstance(value, dict):
        return {name: _far(inner, (*place, name), places, random) for name, inner in value.items()}
    if place not in places or isinstance(value, bool) or not str(value).isdecimal():
        return value
    return type(value)(2**31 - 1 - int(random.random() * 10_000))


async def renewed(bench: Bench, operation: Operation, who: Caller, case: Case) -> Case:
    """The same call on a fresh object, where it changes one; its document stays as it is."""
    if operation.safe or not isinstance(case.body, Mapping):
        return case
    fresh = known(bench.contract, operation, await who.case(bench, operation))
    body = json.loads(json.dumps(case.body))
    variables = body.get("variables") or {}
    for name in list(variables):
        variables[name] = _replaced(variables[name], (name,), fresh)
    return case.but(body={**body, "variables": variables})


def _replaced(value: Any, place: tuple[str, ...], fresh: Callable[[tuple[str, ...]], Any]) -> Any:
    from seamwright.engines.generate.graphql.inputs import NOTHING

    found = fresh(place)
    if found is not NOTHING:
        return found
    if isinstance(value, dict):
        return {name: _replaced(inner, (*place, name), fresh) for name, inner in value.items()}
    return [_replaced(item, place, fresh) for item in value] if isinstance(value, list) else value


def _drawn(
    bench: Bench, operation: Operation, who: Caller, base: Case, random: Random, bounds: Bounds
) -> Iterator[Call]:
    """Generated calls on the objects of the first call; none where there is nothing to vary but these objects."""
    from seamwright.contracts.graphql.links import links_of

    links = links_of(bench.contract)
    named = {need.place[0] for need in links.needs(operation) if len(need.place) == 1 and need.required}
    if not set(links.field(operation).args) - named:
        return
    # Half of its share of the time that is left, so that a slow service lets every operation have its turn, and leaves
    # time for what comes after it.
    until = bench.remaining * (1 - 1 / max(2, 2 * len(bench.cells)))
    for _ in range(bench.depth):
        case = again(bench, operation, base, random, bounds, "some")
        if case is None or bench.remaining < until:
            return
        yield Call(case, who.identity, "valid call: drawn")


class Answers:
    """What was seen of an operation's answers, counted, so that a long stream needs no memory."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._counts: Counter[str] = Counter()
        self._failed = ""
        self._last = ""
        self.given = 0

    def add(self, exchange: Exchange) -> None:
        """Count one more."""
        if exchange.response is None:
            self._failed = self._failed or str(exchange)
        self.given += gave(exchange)
        self._counts[told(exchange)] += 1
        if not gave(exchange):
            self._last = shown(exchange)

    def verdict(self) -> Proved | Unknown:
        """Proved, where every call was answered and at least one with data; else unknown."""
        cell = self._operation.id
        if self._failed:
            return Unknown(cell, f"{cell}: no answer came to a valid call: {self._failed}", Cause.TARGET)
        if self.given:
            return self.proved()
        counted = ", ".join(f"{'once' if n == 1 else f'{n} times'} {what}" for what, n in self._counts.most_common(4))
        why = f"{cell}: no valid call was answered with data ({counted}); last: {self._last}"
        return Unknown(cell, why, Cause.TARGET)

    def proved(self) -> Proved:
        """Proved, as often as was tried."""
        return Proved(self._operation.id, tried=self._counts.total())


def gave(exchange: Exchange) -> bool:
    """Whether the data of the operation came."""
    answer = answer_of(exchange)
    return exchange.ok and answer is not None and answer.gave(field_of(exchange.operation))


def told(exchange: Exchange) -> str:
    """An answer in a few words: its status, and its first error."""
    answer = answer_of(exchange)
    if answer is None or not answer.errors:
        null = answer is not None and not gave(exchange)
        return f"{exchange.status or exchange}{' with null' if null else ''}"
    return f"{exchange.status} {answer.errors[0].message[:120]!r}"


def shown(exchange: Exchange) -> str:
    """An answer as it came, its beginning."""
    if exchange.response is None:
        return str(exchange)
    return f"{exchange.status}: {_short(exchange.response.text)}"


def asked(exchange: Exchange) -> str:
    """What was asked for: the document, and the variables beside it."""
    try:
        body = json.loads(exchange.request.body)
    except ValueError:
        return f"it was asked: {_short(exchange.request.body.decode('utf-8', 'replace'))}"
    variables = body.get("variables")
    beside = f"\nwith the variables {_short(json.dumps(variables, ensure_ascii=False))}" if variables else ""
    return f"it was asked: {_short(str(body.get('query')))}{beside}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
