"""SQL injection, by pairs of conditions: the boundary computes what was put in as text.

An object with a canary lies there for the operation to find. Then the same search is sent with a condition behind it
that is true, one that is false, and one that is none. Only a database that reads the parameter as part of its
statement shows the object for the first and hides it for the other two. Fresh random numbers and five kinds of
expression confirm it. An error message of a database is noted, and decides nothing alone.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from seamwright.checks._cells import by_operation, excerpt, these, undecidable
from seamwright.checks._honest import caller, nobody_may
from seamwright.checks._reading import json_of, lean
from seamwright.checks.security._objects import bears, plant
from seamwright.engines.generate.requests import valid_case
from seamwright.model.bench import Bench, Owned
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

_SEARCHES = re.compile(r"search|query|filter|find|lookup|list", re.IGNORECASE)

MOST = 8
"""Texts of the planted object that are searched for, where nothing better is known."""

FORMS = (
    ("a text", "' AND {} AND '1'='1"),
    ("a text, rest cut off", "' AND {} -- "),
    ("a text in brackets", "') AND {} AND ('1'='1"),
    ("a text in brackets, rest cut off", "') AND {} -- "),
    ("a LIKE pattern", "%' AND {} AND '%'='"),
    ("a LIKE pattern, rest cut off", "%' AND {} -- "),
    ("a LIKE pattern in brackets", "%') AND {} AND ('%'='"),
    ("a LIKE pattern in brackets, rest cut off", "%') AND {} -- "),
    ("a number", " AND {}"),
    ("a number in brackets", ") AND ({}"),
    ("a text in double quotes", '" AND {} AND "1"="1'),
)
"""Where the value may stand in the statement, and what makes it a whole one again; `{}` is the condition."""

OR_FORMS = tuple((f"{place}, OR", form.replace(" AND {}", " OR {}", 1)) for place, form in FORMS if "(" not in form)

DRAWS = 12
"""Generated cases that are looked through for a value of an optional parameter."""

_REFUSED = frozenset({400, 422})

_ERRORS = re.compile(
    r"syntax error|SQLSTATE|ORA-\d{5}|unclosed quotation|unterminated quoted|near \"|sqlite3?\.OperationalError|"
    r"psycopg|You have an error in your SQL",
    re.IGNORECASE,
)


def _applies(subject: Subject) -> Applicability:
    return these(
        subject, lambda operation: _why_not(subject, operation), "no operation takes anything to look for something by"
    )


def _why_not(subject: Subject, operation: Operation) -> str | None:
    if why := nobody_may(subject, operation):
        return why
    if operation.method == "GET":
        return (
            None if operation.at("query") or operation.at("path") else "it takes no parameter to look for something by"
        )
    if operation.body is not None and _SEARCHES.search(f"{operation.id} {operation.path}"):
        return None
    return "it neither lists nor finds: no answer tells a true condition from a false one"


@dataclass(frozen=True, slots=True)
class _Place:
    """A parameter, or a field of the body, that a value can be put into."""

    where: Literal["query", "path", "body"]
    name: str

    def filled(self, case: Case, value: Any) -> Case:
        if self.where == "query":
            return case.but(query={**case.query, self.name: value})
        if self.where == "path":
            return case.but(path={**case.path, self.name: value})
        body = case.body if isinstance(case.body, Mapping) else {}
        return case.but(body={**body, self.name: value})

    def __str__(self) -> str:
        return f"{self.where} parameter {self.name}" if self.where != "body" else f"field {self.name}"


@dataclass(frozen=True, slots=True)
class _Search:
    """A search whose answers show whether the planted object was found."""

    bench: Bench
    operation: Operation
    identity: Identity
    owned: Owned
    case: Case
    place: _Place

    async def found(self, value: Any, note: str) -> tuple[bool, Exchange]:
        """Send a value: whether the object was found by it, and the exchange."""
        exchange = await self.bench.call(self.place.filled(self.case, value), self.identity, note=note)
        return self.shows(exchange), exchange

    def shows(self, exchange: Exchange) -> bool:
        return bears(exchange, self.owned)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in by_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> Observation:
    identity = caller(bench.subject, operation).identity
    try:
        owned = await plant(bench, operation, identity)
    except Undecided as error:
        return await _without_object(bench, operation, identity, error)
    case = lean(operation, await bench.case(operation, identity))
    case = case.but(path={**case.path, **{k: v for k, v in owned.values.items() if k in case.path}})
    tried, signatures = 0, 0
    unseen: list[str] = []
    for place in _places(operation, case):
        search = _Search(bench, operation, identity, owned, case, place)
        value = await _hit(search)
        forms = FORMS if value is not None else OR_FORMS
        if value is None:
            value = bench.canary()
            if not await _seen_at_all(search):
                refused = await _all_refused(bench, operation, identity, case, place)
                tried += refused
                if not refused:
                    unseen.append(str(place))
                continue
        for where, form in forms:
            tried += 1
            witness, exchange = await _true_only(search, value, where, form)
            if witness is not None:
                return Refuted(operation.id, witness, tried=tried)
            if exchange.response is not None and _ERRORS.search(exchange.response.text):
                signatures += 1
    if not tried:
        raise Undecided(f"{operation.id}: no answer showed the object that had been created ({', '.join(unseen)})")
    measures = {f"{operation.id} parameters not told apart": unseen, f"{operation.id} database errors": signatures}
    return Proved(operation.id, tried=tried, measures=measures)


def _places(operation: Operation, case: Case) -> Iterator[_Place]:
    for parameter in operation.at("query"):
        yield _Place("query", parameter.name)
    for parameter in operation.at("path"):
        yield _Place("path", parameter.name)
    if isinstance(case.body, Mapping):
        for name, value in case.body.items():
            if isinstance(value, str | int) and not isinstance(value, bool):
                yield _Place("body", name)


async def _hit(search: _Search) -> Any:
    """A value by which the object is found, and nonsense does not; None where there is none."""
    owned, place = search.owned, search.place
    created = json_of(owned.created)
    shown = created if isinstance(created, Mapping) else {}
    texts = [v for v in shown.values() if isinstance(v, str)][:MOST]
    candidates = [
        owned.values.get(place.name),
        owned.canary or None,
        shown.get(place.name),
        *_stated(search.operation, place),
        *texts,
    ]
    for value in dict.fromkeys(str(c) for c in candidates if isinstance(c, str | int | float)):
        if (await search.found(value, "control: the object is found"))[0]:
            return value
    return None


def _stated(operation: Operation, place: _Place) -> tuple[Any, ...]:
    """Values that the contract gives for a parameter: its default and its examples."""
    parameter = operation.parameter(place.where, place.name) if place.where != "body" else None
    if parameter is None:
        return ()
    schema = parameter.schema if isinstance(parameter.schema, Mapping) else {}
    return (schema.get("default"), *parameter.examples)


async def _seen_at_all(search: _Search) -> bool:
    """Whether the operation shows the object when this parameter does not stand in its way."""
    exchange = await search.bench.call(search.case, search.identity, note="control: without the parameter")
    return search.shows(exchange)


async def _all_refused(bench: Bench, operation: Operation, identity: Identity, case: Case, place: _Place) -> int:
    """How many values with a condition behind them were refused, where all were and an ordinary one is taken.

    What is refused is not looked for: so it is with numbers and closed sets whose value is read as what it is.
    """
    usual = case.path.get(place.name) if place.where == "path" else None
    for _ in range(DRAWS if place.where == "query" else 0):
        usual = valid_case(bench.contract, operation, bench.random).query.get(place.name, usual)
    if usual is None:
        return 0
    control = await bench.call(place.filled(case, usual), identity, note="control: an ordinary value")
    if not control.ok:
        return 0
    for where, form in FORMS:
        value = f"{usual}{form.format('1=1')}"
        exchange = await bench.call(place.filled(case, value), identity, note=f"is a condition refused, in {where}?")
        if exchange.status not in _REFUSED:
            return 0
    return len(FORMS)


async def _without_object(bench: Bench, operation: Operation, identity: Identity, why: Undecided) -> Observation:
    """Where no object can be planted, all that can be proved is that conditions are refused. Raises Undecided."""
    case = lean(operation, await bench.case(operation, identity))
    tried = [await _all_refused(bench, operation, identity, case, place) for place in _places(operation, case)]
    if not tried or not all(tried):
        raise why
    return Proved(operation.id, tried=sum(tried))


async def _true_only(search: _Search, value: Any, where: str, form: str) -> tuple[Finding | None, Exchange]:
    """Whether a true condition finds, and a false and a broken one do not; confirmed with five expressions."""
    random = search.bench.random
    number = random.randrange(1000, 9999)

    def put(condition: str) -> str:
        return f"{value}{form.format(condition)}"

    found, first = await search.found(put(f"{number}={number}"), f"a true condition in {where}")
    if not found:
        return None, first
    false, second = await search.found(put(f"{number}={number + 1}"), f"a false condition in {where}")
    broken, third = await search.found(put(f"{number}=*="), f"no condition in {where}")
    if false or broken or (undecidable(second) and not _ERRORS.search(excerpt(second))):
        return None, first
    for true, untrue in _expressions(random):
        yes, _ = await search.found(put(true), "confirms: true")
        no, _ = await search.found(put(untrue), "confirms: false")
        if not yes or no:
            return None, first
    return _finding(search, where, (first, second, third), put(f"{number}={number}")), first


def _expressions(random: Random) -> Iterator[tuple[str, str]]:
    """Five kinds of expression, each true and untrue, with fresh numbers."""
    a = random.randrange(10_000, 90_000)
    b = a + random.randrange(1, 9_000)
    yield f"{b}>{a}", f"{a}>{b}"
    yield f"{a} BETWEEN {a - 1} AND {b}", f"{a} BETWEEN {b} AND {b + 5}"
    yield f"{a} IN ({b},{a})", f"{a} IN ({b},{b + 1})"
    yield f"NOT {a}={b}", f"NOT {a}={a}"
    yield f"{a}+{b}={a + b}", f"{a}+{b}={a + b + 1}"


def _finding(search: _Search, where: str, three: tuple[Exchange, Exchange, Exchange], payload: str) -> Finding:
    first, second, third = three
    operation, place = search.operation, search.place
    return Finding(
        title=f"{operation.label} puts its {place} into a SQL statement",
        detail=(
            "expected: a condition behind the value is looked for as text, and finds nothing\n"
            f"seen: with a true condition ({payload!r}) the object is found ({first.status}); with a false one it is "
            f"not ({second.status}), nor with a broken one ({third.status})\n"
            "five more pairs with fresh numbers say the same"
        ),
        severity=Severity.CRITICAL,
        operation=operation.id,
        key=f"sql-injection:{operation.id}:{place}",
        exchanges=(first.number, second.number, third.number),
        facts={"parameter": place.name, "where": place.where, "stands_in": where, "payload": payload},
    )


CHECK = Check(
    id="security.sql-injection",
    proves="what is searched for is never read as part of a SQL statement",
    oracle="a true condition finds the planted object, a false and a broken one do not, in five more expressions too",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-89",),
    owasp=("API8:2023",),
)
