"""Values that a contract itself states to be valid, each with what to compare it with when it is refused.

Only such values are here whose refusal contradicts the contract whatever a service knows beside it: a value at a stated
limit, where one inside the limit is taken; a member of an enumeration, a default, an example; a declared media type; a
call without something that need not be there. That a date lies in the past or an id is unknown, no schema can say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any

from seamwright.checks.contract._calls import limit_over
from seamwright.contracts.conformance import request_violations
from seamwright.contracts.links import references
from seamwright.contracts.media import is_form, is_json, is_text
from seamwright.engines.generate.rendering import media_type_for
from seamwright.engines.generate.requests import Varied, boundary_cases, merged, valid_case
from seamwright.model.bench import Bench
from seamwright.model.exchange import Case
from seamwright.model.operation import Contract, Operation, Parameter

__all__ = ["Lay", "Sized", "Stated", "passing", "stated", "surroundings"]

LONGEST = 2_000
"""The longest text that is made to stand at a limit; larger limits are those of whole bodies."""

DRAWS = 12
"""Generated cases that are looked through for optional parts."""

MIXED = 5
"""Other surroundings that are made of an accepted case."""

_LENGTHS = ("maxLength", "minLength", "maxItems")
_EDGES = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems")

_PAGE_SIZE = re.compile(r"limit|(page|max|batch)?[_-]?(size|results|count|items)|per[_-]?page|first|top", re.IGNORECASE)
"""Query parameters that say how many are wanted: a number that is too large is refused for being too large alone."""

_STATE = re.compile(r"(.*[_-]?)(status|state|phase|stage|step)", re.IGNORECASE)
"""Fields whose values follow each other by rules of their own: not every one is right at every time."""

_NAMES = re.compile(r".*(id|uuid|guid|key|code|slug|sku|ref|number)s?", re.IGNORECASE)
"""Fields that name something that is there or not."""

_MEANT = frozenset({"if-match", "if-none-match", "idempotency-key"})

Lay = Callable[[Case], Case | None]
"""Makes of an accepted case the same one with something else in one place; None where that cannot be."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A value that the contract states to be valid at one place, and another one there to compare with.

    `lay` puts it into an accepted case, `other` the other one; where that is None, the case as it is will do. With
    `around`, its being refused may hang on what stands around it, so that other surroundings are to be tried before
    anything is concluded. With `narrow`, the place is the whole body, and what in it is refused has to be found out.
    """

    keyword: str
    place: str
    what: str
    lay: Lay
    other: Lay | None = None
    around: bool = False
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Sized:
    """A value at a limit of its size, which can be made of any size: so the service's own limit can be found.

    `lay` makes the case with a value of a size; `usual` is a size that lies well inside the limit.
    """

    keyword: str
    place: str
    unit: str
    limit: int
    usual: int
    lay: Callable[[Case, int], Case | None]

    @property
    def what(self) -> str:
        return f"{self.place} with {self.limit} {self.unit} ({self.keyword})"

    def of(self, size: int) -> Lay:
        """Lays a value of this size."""
        return lambda case: self.lay(case, size)


def stated(bench: Bench, operation: Operation, base: Case) -> Iterator[Stated | Sized]:
    """All values of an operation that its contract states to be valid, examples first."""
    yield from _examples(bench.contract, operation, base)
    yield from _media_types(bench.contract, operation, base)
    yield from _defaults(bench.contract, operation, base)
    yield from _left_out(bench.contract, operation, base)
    yield from _limits(bench, operation, base)


def surroundings(contract: Contract, operation: Operation, base: Case, random: Random) -> Iterator[Case]:
    """The accepted case with all that is optional, then ones in which some parts are other ones, or not there."""
    full = base
    for _ in range(DRAWS):
        drawn = valid_case(contract, operation, random)
        for where in ("query", "body"):
            for name in sorted(_members(drawn, where).keys() - _members(full, where).keys()):
                more = {**_members(full, where), name: _members(drawn, where)[name]}
                full = _checked(contract, operation, full.but(**{where: more})) or full
    if full != base:
        yield full
    for _ in range(MIXED):
        drawn, mixed = valid_case(contract, operation, random), base
        for where in ("query", "body"):
            parts = dict(_members(base, where))
            for name in sorted({*parts, *_members(drawn, where)}):
                if random.random() < 0.5:
                    parts.pop(name, None)
                    parts |= {name: _members(drawn, where)[name]} if name in _members(drawn, where) else {}
            mixed = mixed.but(**{where: parts}) if parts != _members(mixed, where) else mixed
        if mixed != base and _checked(contract, operation, mixed) is not None:
            yield mixed


def _members(case: Case, where: str) -> dict[str, Any]:
    members = getattr(case, where)
    return dict(members) if isinstance(members, Mapping) else {}


def _examples(contract: Contract, operation: Operation, base: Case) -> Iterator[Stated]:
    """Examples that are valid; those of ids and dates are left out, which nobody keeps true."""
    for parameter in operation.parameters:
        if parameter.location == "path" or _meant(parameter.name):
            continue
        for example in parameter.examples:
            lay = partial(_valid_with, contract, operation, _of(parameter, example))
            if not passing(contract, operation, parameter.location, parameter.name, example) and lay(base) is not None:
                place = f"{parameter.location}/{parameter.name}"
                yield Stated("example", place, f"{place} with the example {_shown(example)}", lay, around=True)
    media_type = media_type_for(operation)
    if media_type is None or operation.body is None:
        return
    for example in operation.body.content[media_type].examples:
        lay = partial(_valid_with, contract, operation, Varied("body", "", example, "example", "body", ""))
        if lay(base) is not None:
            yield Stated("example", "body", "the body with an example of the contract", lay, narrow=True)


def _of(parameter: Parameter, value: Any) -> Varied:
    return Varied(parameter.location, parameter.name, value, "", "", "")


def passing(contract: Contract, operation: Operation, location: str, name: str, value: Any) -> bool:
    """Whether a value may be true today and not tomorrow: a moment, an id, a state that follows another one."""
    refers = any(r.location == location and name in r.place.split("/")[:2] for r in references(contract, operation))
    return refers or bool(_NAMES.fullmatch(name) or _STATE.fullmatch(name)) or _dated(value)


def _media_types(contract: Contract, operation: Operation, base: Case) -> Iterator[Stated]:
    """The other declared media types of a body whose encoding is known, with the very values of the accepted call."""
    for media_type in operation.body.content if operation.body else ():
        plain = media_type.partition(";")[0].strip().lower()
        known = is_json(plain) or is_form(plain) or (is_text(plain) and isinstance(base.body, str))
        if media_type != base.media_type and known and "*" not in plain:
            lay = partial(_as_media_type, contract, operation, media_type)
            if lay(base) is not None:
                yield Stated("media type", "header/content-type", f"the body as {media_type}, which is declared", lay)


def _as_media_type(contract: Contract, operation: Operation, media_type: str, base: Case) -> Case | None:
    return _checked(contract, operation, base.but(media_type=media_type, raw=None))


def _defaults(contract: Contract, operation: Operation, base: Case) -> Iterator[Stated]:
    """Optional parameters, given with the value that they have when they are not."""
    for parameter in operation.parameters:
        known = isinstance(parameter.schema, Mapping) and parameter.schema.get("default") is not None
        if parameter.required or parameter.location == "path" or not known or _meant(parameter.name):
            continue
        default = parameter.schema["default"]  # type: ignore[index]
        lay = partial(_valid_with, contract, operation, _of(parameter, default))
        if lay(base) is not None:
            place = f"{parameter.location}/{parameter.name}"
            yield Stated("default", place, f"{place} with its own default {_shown(default)}", lay, around=True)


def _left_out(contract: Contract, operation: Operation, base: Case) -> Iterator[Stated]:
    """The accepted call without a part that need not be there."""
    for location, values in (("query", base.query), ("header", base.headers), ("cookie", base.cookies)):
        for name in values:
            lay = partial(_without, contract, operation, location, name)
            # A call without If-Match is a call of its own kind (RFC 6585, section 3); one without a key is not.
            if (not _meant(name) or name.lower() == "if-match") and lay(base) is not None:
                yield Stated(
                    "required",
                    f"{location}/{name}",
                    f"a call without {name}, which need not be there",
                    lay,
                    around=True,
                )
    for name in base.body if isinstance(base.body, dict) and len(base.body) > 1 else ():
        lay = partial(_without, contract, operation, "body", name)
        if lay(base) is not None:
            yield Stated(
                "required", f"body/{name}", f"a body without {name}, which need not be there", lay, around=True
            )


def _without(contract: Contract, operation: Operation, location: str, name: str, base: Case) -> Case | None:
    """The case without one part; None where it is not there, or must be."""
    attribute = {"header": "headers", "cookie": "cookies"}.get(location, location)
    values = getattr(base, attribute)
    if not isinstance(values, Mapping) or name not in values:
        return None
    fewer = {key: value for key, value in values.items() if key != name}
    return _checked(contract, operation, base.but(**{attribute: fewer}))


def _limits(bench: Bench, operation: Operation, base: Case) -> Iterator[Stated | Sized]:
    """Values at each limit that is stated, and members of enumerations."""
    known: dict[tuple[str, str], dict[str, Varied]] = {}
    for varied in boundary_cases(bench.contract, operation, bench.random_for(f"{operation.id} stated")):
        if varied.keyword == "enum":
            if not _follows(operation, varied):
                lay = partial(_alone, bench.contract, operation, varied)
                what = f"{_shown(_at(varied))}, a member of the enumeration at {varied.place}"
                yield Stated("enum", varied.place, what, lay, around=True)
        elif varied.keyword in (*_LENGTHS, *_EDGES):
            limit = varied.why.removeprefix(f"{varied.keyword} ").partition(" ")[0]
            known.setdefault((varied.place, varied.keyword), {}).setdefault(limit, varied)
    for limits in known.values():
        if "at" in limits:
            yield from _at_limit(bench, operation, base, limits["at"], limits.get("over") or limits.get("under"))


def _alone(contract: Contract, operation: Operation, varied: Varied, base: Case) -> Case | None:
    """The case with a value at its place and nothing else changed; None where that place cannot be had in it."""
    case = limit_over(contract, operation, base, varied)
    if case is None or varied.where != "body":
        return case
    steps = _steps(varied)
    return case if _cut(case.body, steps) == _cut(base.body, steps) else None


def _cut(node: Any, steps: list[str]) -> Any:
    """A value without what lies at a place."""
    if not steps:
        return None
    if isinstance(node, list) and steps[0].isdigit():
        return [_cut(each, steps[1:]) if n == int(steps[0]) else each for n, each in enumerate(node)]
    if isinstance(node, dict) and len(steps) == 1:
        return {name: value for name, value in node.items() if name != steps[0]}
    if isinstance(node, dict):
        return {name: _cut(value, steps[1:]) if name == steps[0] else value for name, value in node.items()}
    return node


def _at_limit(
    bench: Bench, operation: Operation, base: Case, varied: Varied, inner: Varied | None
) -> Iterator[Stated | Sized]:
    value = _at(varied)
    sized = _sized(bench, operation, base, varied, value)
    if sized is not None:
        yield sized
    elif inner is not None and value not in ("", []):
        lay = partial(limit_over, bench.contract, operation, varied=varied)
        other = partial(limit_over, bench.contract, operation, varied=inner)
        yield Stated(
            varied.keyword, varied.place, f"{varied.place} with {_shown(value)} ({varied.keyword})", lay, other
        )


def _sized(bench: Bench, operation: Operation, base: Case, varied: Varied, value: Any) -> Sized | None:
    """The value as one that can be made of any size: plain letters, the first items of a list, the size of a page."""
    make: Callable[[int], Any]
    if isinstance(value, str) and varied.keyword in _LENGTHS and 0 < len(value) <= LONGEST:
        limit, unit, usual = len(value), "characters", 8
        make = partial(_letters, bench)
    elif isinstance(value, list) and varied.keyword == "maxItems" and len(value) > 1:
        limit, unit, usual = len(value), "items", 1
        make = partial(_first, value)
    elif varied.where == "query" and varied.keyword == "maximum" and isinstance(value, int) and _is_page_size(varied):
        limit, unit, usual = value, "entries", 10
        make = int
    else:
        return None
    usual = max(usual, limit + 1) if varied.keyword.startswith("min") else min(usual, limit - 1)

    def lay(case: Case, size: int) -> Case | None:
        return limit_over(bench.contract, operation, case, replace(varied, value=_put(varied, make(size))))

    if usual < 1 or lay(base, limit) is None or lay(base, usual) is None:
        return None
    return Sized(varied.keyword, varied.place, unit, limit, usual, lay)


def _first(items: list[Any], size: int) -> list[Any]:
    return items[:size]


def _is_page_size(varied: Varied) -> bool:
    return _PAGE_SIZE.fullmatch(varied.name) is not None


def _letters(bench: Bench, size: int) -> str:
    """Plain letters that nobody has sent yet: what must be unique must not be refused for being there already."""
    text = ""
    while len(text) < size:
        text += "".join(c for c in bench.canary() if c.isalpha())[3:]
    return text[:size]


def _follows(operation: Operation, varied: Varied) -> bool:
    """Whether a member may be refused by what an object is at the time: its state, or what it is changed from."""
    changes = varied.where == "body" and bool(operation.at("path"))
    return changes or _STATE.fullmatch(varied.place.rpartition("/")[2]) is not None


def _steps(varied: Varied) -> list[str]:
    """Where in its value the place of a varied part lies."""
    depth = 1 if varied.where == "body" else 2
    return [step.replace("~1", "/").replace("~0", "~") for step in varied.place.split("/")[depth:]]


def _at(varied: Varied) -> Any:
    value = varied.value
    for step in _steps(varied):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _put(varied: Varied, value: Any) -> Any:
    """The value of a varied part with another one at its place."""

    def put(node: Any, steps: list[str]) -> Any:
        if not steps:
            return value
        if isinstance(node, list):
            place = int(steps[0])
            return [*node[:place], put(node[place], steps[1:]), *node[place + 1 :]]
        return {**node, steps[0]: put(node[steps[0]], steps[1:])}

    return put(varied.value, _steps(varied))


def _valid_with(contract: Contract, operation: Operation, varied: Varied, base: Case) -> Case | None:
    return _checked(contract, operation, merged(base, varied))


def _checked(contract: Contract, operation: Operation, case: Case) -> Case | None:
    return None if request_violations(contract, operation, case) else case


def _meant(name: str) -> bool:
    return name.lower() in _MEANT


def _dated(value: Any) -> bool:
    """Whether a moment or an id is in a value, by its look: whether that is right changes with time and data."""
    if isinstance(value, Mapping | list):
        return any(_dated(each) for each in (value.values() if isinstance(value, Mapping) else value))
    return isinstance(value, str) and bool(re.match(r"\d{4}-\d\d-\d\d|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-", value))


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
