"""Cases for operations: valid ones, ones at a limit, and ones that break a single rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.generator import Compiler, Generator
from seamwright.engines.generate.rendering import media_type_for, names_something, render
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case
from seamwright.model.operation import Contract, Operation, Parameter
from seamwright.model.verdict import Cause

__all__ = [
    "STRANGE_TAG",
    "Varied",
    "boundary_cases",
    "example_cases",
    "invalid_cases",
    "long_cases",
    "merged",
    "render",
    "unusual_cases",
    "valid_case",
]

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Where = Literal["path", "query", "header", "cookie", "body"]

OPTIONAL = 0.3
"""How often an optional parameter is sent in a valid case."""

DRAWS = 24
"""Values that are drawn for a path until one of them is not empty there."""

# Their values mean something that no schema can say; whoever sends the case fills them in.
_MEANT = frozenset({"if-match", "if-none-match", "idempotency-key"})

_TAGS = ("*", '"a"', 'W/"1"', '"1", "2"', "*a", 'a"b', "0", "tag")
"""What may stand where entity tags are expected, and those that are none (RFC 9110, sections 8.8.3 and 13.1)."""

STRANGE_TAG = "an entity tag of a strange form"


@dataclass(frozen=True, slots=True)
class Varied:
    """One part of a request with a value of its own, to be laid over a case that is valid otherwise.

    `place` is for people: `body/lines/0/quantity`, `query/limit`. With `absent` the part is left out.
    """

    where: Where
    name: str
    value: Any
    keyword: str
    place: str
    why: str
    absent: bool = False
    raw: bytes | None = None


def valid_case(contract: Contract, operation: Operation, random: Random) -> Case:
    """A valid case: required parameters, now and then optional ones, and a body where there is one.

    Raises Undecided when the contract leaves no value for something that is required.
    """
    parts: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for parameter in operation.parameters:
        if not parameter.required and (parameter.deprecated or random.random() > OPTIONAL):
            continue
        if parameter.name.lower() in _MEANT and not parameter.required:
            continue
        try:
            parts[parameter.location][parameter.name] = _parameter_value(contract, parameter, random)
        except Undecided:
            if parameter.required:
                raise
    media_type = media_type_for(operation)
    body = _made(_body(contract, operation, media_type), random) if media_type else None
    return _case(operation, parts, body, media_type)


def example_cases(contract: Contract, operation: Operation, random: Random) -> Iterator[Case]:
    """Cases whose body is an example of the contract, in its order; at least one when the operation takes no body."""
    media_type = media_type_for(operation)
    base = valid_case(contract, operation, random)
    if media_type is None or operation.body is None:
        yield base
        return
    seen: list[Any] = []
    generator = _body(contract, operation, media_type)
    for example in (*operation.body.content[media_type].examples, *generator.examples()):
        if example not in seen:
            seen.append(example)
            yield base.but(body=example)


def boundary_cases(contract: Contract, operation: Operation, random: Random) -> Iterator[Varied]:
    """Valid values with one keyword at its limit, parameters first."""
    for parameter in operation.parameters:
        if parameter.location == "path" or parameter.name.lower() in _MEANT:
            continue
        for edge in _generator(contract, parameter).boundary(random):
            place = f"{parameter.location}/{parameter.name}{edge.place}"
            why = f"{edge.keyword} {edge.limit} its limit"
            yield Varied(parameter.location, parameter.name, edge.value, edge.keyword, place, why)
    media_type = media_type_for(operation)
    if media_type is not None:
        for edge in _body(contract, operation, media_type).boundary(random):
            why = f"{edge.keyword} {edge.limit} its limit"
            yield Varied("body", "", edge.value, edge.keyword, f"body{edge.place}", why)


def unusual_cases(contract: Contract, operation: Operation, random: Random) -> Iterator[Varied]:
    """Valid values that no keyword forbids and nobody expects, one at a time, parameters first; no long texts."""
    for parameter in operation.parameters:
        if parameter.name.lower() in ("if-match", "if-none-match") and parameter.location == "header":
            fitting = _generator(contract, parameter).accepts
            for tag in filter(fitting, _TAGS):
                yield Varied("header", parameter.name, tag, "unusual", f"header/{parameter.name}", STRANGE_TAG)
    yield from _odd(contract, operation, random, long=False)


def long_cases(contract: Contract, operation: Operation, random: Random) -> Iterator[Varied]:
    """A long text in each place that sets it no limit, parameters first."""
    yield from _odd(contract, operation, random, long=True)


def _odd(contract: Contract, operation: Operation, random: Random, *, long: bool) -> Iterator[Varied]:
    for parameter in operation.parameters:
        if parameter.name.lower() in _MEANT:
            continue
        for odd in _generator(contract, parameter).unusual(random):
            if odd.long is long and names_something(parameter, odd.value):
                place = f"{parameter.location}/{parameter.name}{odd.place}"
                yield Varied(parameter.location, parameter.name, odd.value, "unusual", place, odd.what)
    media_type = media_type_for(operation)
    if media_type is not None:
        for odd in _body(contract, operation, media_type).unusual(random):
            if odd.long is long:
                yield Varied("body", "", odd.value, "unusual", f"body{odd.place}", odd.what)


def invalid_cases(contract: Contract, operation: Operation, random: Random) -> Iterator[Varied]:
    """Values that break one keyword at one place; also a required part that is missing, and a body that is no JSON."""
    for parameter in operation.parameters:
        if parameter.name.lower() in _MEANT:
            continue
        yield from _invalid_parameter(contract, parameter, random)
    media_type = media_type_for(operation)
    if media_type is None or operation.body is None:
        return
    for broken in _body(contract, operation, media_type).invalid(random):
        if media_type.partition(";")[0].strip().lower() in _FORMS and not _in_a_form(broken.value, broken.keyword):
            continue
        yield Varied("body", "", broken.value, broken.keyword, f"body{broken.place}", broken.why)
    if operation.body.required:
        yield Varied("body", "", None, "required", "body", "the body is missing", absent=True)
    if "json" in media_type:
        yield Varied("body", "", None, "syntax", "body", "the body is no JSON", raw=b'{"unfinished": ')


def _in_a_form(value: Any, keyword: str) -> bool:
    """Whether what is broken is still so in a form: whatever is put into one arrives as an object, and a list without
    items does not arrive at all."""
    return isinstance(value, Mapping) and not (keyword == "minItems" and [] in value.values())


def _invalid_parameter(contract: Contract, parameter: Parameter, random: Random) -> Iterator[Varied]:
    place = f"{parameter.location}/{parameter.name}"
    for broken in _generator(contract, parameter).invalid(random):
        if not names_something(parameter, broken.value):
            continue
        yield Varied(
            parameter.location, parameter.name, broken.value, broken.keyword, f"{place}{broken.place}", broken.why
        )
    if parameter.required and parameter.location != "path":
        why = f"the required {parameter.location} parameter {parameter.name} is missing"
        yield Varied(parameter.location, parameter.name, None, "required", place, why, absent=True)


def merged(base: Case, varied: Varied) -> Case:
    """Lay a varied part over a case."""
    if varied.where == "body":
        if varied.absent:
            return base.but(body=None, raw=b"")
        return base.but(raw=varied.raw) if varied.raw is not None else base.but(body=varied.value, raw=None)
    attribute = {"path": "path", "query": "query", "header": "headers", "cookie": "cookies"}[varied.where]
    values = {name: value for name, value in getattr(base, attribute).items() if name.lower() != varied.name.lower()}
    if not varied.absent:
        values[varied.name] = varied.value
    return base.but(**{attribute: values})


def _case(operation: Operation, parts: dict[str, dict[str, Any]], body: Any, media_type: str | None) -> Case:
    return Case(
        operation.id,
        path=parts["path"],
        query=parts["query"],
        headers=parts["header"],
        cookies=parts["cookie"],
        body=body,
        media_type=media_type,
    )


def _parameter_value(contract: Contract, parameter: Parameter, random: Random) -> Any:
    if parameter.examples and random.random() < 0.5:
        return random.choice(parameter.examples)
    for _ in range(DRAWS):
        value = _made(_generator(contract, parameter), random)
        if names_something(parameter, value):
            return value
    raise Undecided(
        f"no value can be made for the path parameter {parameter.name} that is not empty there", Cause.USAGE
    )


def _made(generator: Generator, random: Random) -> Any:
    try:
        return generator.valid(random)
    except Unsatisfiable as error:
        raise Undecided(f"no valid value can be made: {error}", Cause.USAGE) from None


class _Compiled:
    """The generators of one contract, compiled once."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        dialect = "3.1" if contract.dialect == "3.1" else "3.0"
        self._compilers = {
            where: Compiler(resolve=contract.resolve, dialect=dialect, direction="request", location=where)  # type: ignore[arg-type]
            for where in ("path", "query", "header", "cookie", "body")
        }
        self._generators: dict[tuple[Where, int], Generator] = {}

    def get(self, where: Where, schema: Any) -> Generator:
        # The contract is kept alive by this object, so that the id of a schema cannot be taken by another one.
        key = (where, id(schema))
        if key not in self._generators:
            try:
                self._generators[key] = self._compilers[where].compile(schema)
            except Unsatisfiable as error:
                raise Undecided(f"no valid {where} value can be made: {error}", Cause.USAGE) from None
        return self._generators[key]


_KEPT: dict[int, _Compiled] = {}
_MOST = 32


def _compiled(contract: Contract) -> _Compiled:
    kept = _KEPT.get(id(contract))
    if kept is None or kept.contract is not contract:
        if len(_KEPT) >= _MOST:
            _KEPT.pop(next(iter(_KEPT)))
        kept = _KEPT[id(contract)] = _Compiled(contract)
    return kept


def _generator(contract: Contract, parameter: Parameter) -> Generator:
    where: Where = "body" if parameter.media_type is not None else parameter.location
    return _compiled(contract).get(where, parameter.schema)


def _body(contract: Contract, operation: Operation, media_type: str) -> Generator:
    assert operation.body is not None
    return _compiled(contract).get("body", operation.body.content[media_type].schema)
