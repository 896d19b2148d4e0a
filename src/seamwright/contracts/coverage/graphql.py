"""Measures what of a GraphQL schema is exercised: root fields, their arguments and what comes back.

The points of an operation are: that its data came, that it was refused with errors; of each argument and of each field
of an input, that it was sent, left out, null, of a wrong type, and every value of an enum; of each field of the answer,
that it came with a value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLScalarType,
    GraphQLSchema,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_non_null_type,
    is_specified_scalar_type,
    value_from_ast_untyped,
)

from seamwright.contracts.coverage.enumerated import Enumerated, cover
from seamwright.contracts.coverage.judging import Judgement, of_status
from seamwright.contracts.coverage.points import ANSWERED, BROKEN, LEFT_OUT, SENT, VALID, Points, Universe
from seamwright.contracts.graphql.answers import Answer, answer_of, field_of
from seamwright.contracts.graphql.reading import schema_of
from seamwright.contracts.graphql.requests import Asked, Requests
from seamwright.contracts.graphql.selections import Selections
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation
from seamwright.model.run import PointKind

__all__ = ["GraphqlMeter"]

MOST = 1_000
"""Points of one operation at most; the deepest are left out."""

DEEPEST_INPUT = 4
DEEPEST_ANSWER = 2
"""Objects in objects whose fields are points."""

_ABSENT = object()
_NULL = "null"

_NO_JUDGEMENT = (
    "unauthenticated", "unauthorized", "forbidden", "denied", "permission", "internal", "unavailable", "throttl",
    "ratelimit", "toomany", "timeout",
)  # fmt: skip
"""Parts of error codes of answers that would have come to any value."""

_Hits = list[tuple[Points, str]]
_Breaches = list[tuple[Points, str] | None]
"""None stands for a breach that is no point."""


@dataclass(slots=True)
class _Input:
    """Something that goes in: an argument, a field of an input, an item of a list."""

    type: Any
    null: Points
    value: Points | None = None
    """Of a scalar or an enum: which values it took."""
    fields: dict[str, tuple[Points, str, _Input]] = field(default_factory=dict)
    """Of an input object: name → whether it was sent, what it is to leave it out, and what it holds."""
    item: _Input | None = None
    whole: bool = True
    """Whether its fields are points; deeper ones are not looked at."""


@dataclass(slots=True)
class _Compiled:
    universe: Universe
    success: Points
    data: Points
    errors: Points
    arguments: dict[str, tuple[Points, str, _Input]] = field(default_factory=dict)
    answers: dict[str, Points] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        """Whether anything is still looked for."""
        return any(points.pending for points in self.universe)


class GraphqlMeter(Enumerated[_Compiled]):
    """What was exercised of one schema."""

    def __init__(self, contract: Contract) -> None:
        super().__init__()
        self._schema: GraphQLSchema = schema_of(contract)
        self._requests = Requests(self._schema)

    def sent(self, operation: Operation, case: Case, exchange: Exchange) -> None:
        """A case of an operation was sent, and this came of it."""
        made = self._made(operation)
        if case.raw is not None or not any(points.pending for points in _inputs(made)):
            return
        asked, _ = self._requests.read(_body(exchange))
        given = _arguments(asked, field_of(operation.id)) if asked is not None else None
        if given is None:
            return
        hits: _Hits = []
        wrong: _Breaches = []
        _object(made.arguments, given, hits, wrong)
        judged = _judgement(exchange, answer_of(exchange), field_of(operation.id))
        # A value counts as broken only where nothing else of the call breaks the schema.
        tried = [each for each in wrong if each is not None] if len(wrong) == 1 else []
        if not wrong or judged is Judgement.ACCEPTED:
            tried += hits
        cover(tried, judged, exchange.status)

    def answered(self, operation: Operation, exchange: Exchange) -> None:
        """An operation was answered, whatever was sent: with data or errors, and with which fields."""
        made = self._made(operation)
        if not made.live:
            return
        name, answer = field_of(operation.id), answer_of(exchange)
        if answer is None:
            return
        if exchange.ok and answer.gave(name):
            made.success.cover(ANSWERED)
            made.data.cover(ANSWERED)
            self._fields(made, operation, exchange, answer)
        elif _judgement(exchange, answer, name) is Judgement.REFUSED:
            made.errors.cover(ANSWERED)

    def counted(self, operation: Operation, status: int) -> None:
        """Nothing: a status of GraphQL over HTTP does not say whether data came."""

    def _compile(self, operation: Operation) -> _Compiled:
        universe = Universe(MOST)
        made = _Compiled(
            universe,
            universe.at("operation", "answer", "success", ANSWERED),
            universe.at("status", "answer", "data", ANSWERED),
            universe.at("status", "answer", "errors", ANSWERED),
        )
        root: Any = getattr(self._schema, f"{operation.method.lower()}_type")
        definition = root.fields[field_of(operation.id)]
        made.arguments = _named_inputs(universe, definition.args, "argument", 0)
        self._enumerate(made, get_named_type(definition.type), "answer", 1)
        return made

    def _enumerate(self, made: _Compiled, kind: Any, place: str, depth: int) -> None:
        """The fields of an answer; those of all types that an interface or a union may turn out to be."""
        for each in _possible(self._schema, kind):
            for name, definition in getattr(each, "fields", {}).items():
                below = f"{place}/{name}"
                if made.universe.room <= 0:
                    made.universe.clipped = True
                    return
                # A field with an argument that must be given is asked for only by those who know a value for it.
                if any(is_non_null_type(a.type) and _default(a) is None for a in definition.args.values()):
                    continue
                if below not in made.answers:
                    made.answers[below] = made.universe.at("property", below, "field", ANSWERED)
                if depth < DEEPEST_ANSWER:
                    self._enumerate(made, get_named_type(definition.type), below, depth + 1)

    def _fields(self, made: _Compiled, operation: Operation, exchange: Exchange, answer: Answer) -> None:
        if not any(points.pending for points in made.answers.values()):
            return
        asked, wrong = self._requests.read(_body(exchange))
        root = self._schema.get_root_type(asked.operation.operation) if asked is not None and not wrong else None
        if asked is None or root is None or answer.data is None:
            return
        selections = Selections(self._schema, asked)
        for key, selected in selections.of(root, [selections.root]).items():
            if selected.name == field_of(operation.id) and selected.definition is not None:
                kind = get_named_type(selected.definition.type)
                self._look(made, selections, kind, selected.inside, answer.data.get(key), "answer", 1)

    def _look(
        self, made: _Compiled, selections: Selections, kind: Any, sets: list[Any], value: Any, place: str, depth: int
    ) -> None:
        if isinstance(value, list):
            for item in value:
                self._look(made, selections, kind, sets, item, place, depth)
            return
        if not isinstance(value, Mapping):
            return
        told = value.get("__typename")
        for each in _possible(self._schema, kind):
            if told is not None and is_abstract_type(kind) and each.name != told and each is not kind:
                continue
            for key, selected in selections.of(each, sets).items():
                inner, below = value.get(key), f"{place}/{selected.name}"
                if inner is None or selected.definition is None:
                    continue
                if below in made.answers:
                    made.answers[below].cover(ANSWERED)
                if depth < DEEPEST_ANSWER:
                    named = get_named_type(selected.definition.type)
                    self._look(made, selections, named, selected.inside, inner, below, depth + 1)


def _default(each: Any) -> Any:
    """The default as it is written; the library keeps it in ways that differ between its versions."""
    return getattr(each.ast_node, "default_value", None)


def _possible(schema: GraphQLSchema, kind: Any) -> tuple[GraphQLNamedType, ...]:
    return (kind, *schema.get_possible_types(kind)) if is_abstract_type(kind) else (kind,)


def _inputs(made: _Compiled) -> Iterator[Points]:
    """The points of what goes in."""
    answers = {id(points) for points in (made.success, made.data, made.errors, *made.answers.values())}
    return (points for points in made.universe if id(points) not in answers)


def _named_inputs(
    universe: Universe, fields: Mapping[str, Any], place: str, depth: int
) -> dict[str, tuple[Points, str, _Input]]:
    found = {}
    for name, each in fields.items():
        if universe.room <= 0:
            universe.clipped = True
            break
        required = is_non_null_type(each.type) and _default(each) is None
        missing, below = BROKEN if required else LEFT_OUT, f"{place}/{name}"
        kind: PointKind = "parameter" if depth == 0 else "property"
        presence = universe.at(kind, below, "required" if required else "optional", SENT, missing)
        found[name] = (presence, missing, _input(universe, each.type, below, depth))
    return found


def _input(universe: Universe, given: Any, place: str, depth: int) -> _Input:
    null = universe.at("keyword", place, "nullable", BROKEN if is_non_null_type(given) else _NULL)
    bare = get_nullable_type(given)
    made = _Input(bare, null)
    if isinstance(bare, GraphQLList):
        made.item = _input(universe, bare.of_type, f"{place}/*", depth)
    elif isinstance(bare, GraphQLEnumType):
        made.value = universe.at("keyword", place, "enum", *bare.values, BROKEN)
    elif isinstance(bare, GraphQLInputObjectType):
        made.whole = depth + 1 < DEEPEST_INPUT
        made.fields = _named_inputs(universe, bare.fields, place, depth + 1) if made.whole else {}
    else:
        # What a scalar of the schema's own takes, nobody but the server knows.
        judged = [BROKEN] if is_specified_scalar_type(bare) else []
        made.value = universe.at("keyword", place, "type", VALID, *judged)
    return made


def _object(
    named: Mapping[str, tuple[Points, str, _Input]],
    given: Mapping[str, Any],
    hits: _Hits,
    wrong: _Breaches,
) -> None:
    for name, (presence, missing, inner) in named.items():
        value = given.get(name, _ABSENT)
        if value is _ABSENT:
            into: Any = wrong if missing == BROKEN else hits
            into.append((presence, missing))
        else:
            hits.append((presence, SENT))
            _value(inner, value, hits, wrong)
    wrong += [None] * len(given.keys() - named.keys())


def _value(made: _Input, value: Any, hits: _Hits, wrong: _Breaches) -> None:
    """What a value exercises, and what of the schema it breaks."""
    if value is None:
        if _NULL in made.null.wanted:
            hits.append((made.null, _NULL))
        else:
            wrong.append((made.null, BROKEN))
    elif made.item is not None:
        # One value stands for a list of one (specification, section 3.11).
        for item in value if isinstance(value, list) else [value]:
            _value(made.item, item, hits, wrong)
    elif isinstance(made.type, GraphQLInputObjectType):
        if not isinstance(value, Mapping):
            wrong.append(None)
        elif made.whole:
            _object(made.fields, value, hits, wrong)
    elif made.value is not None:
        fits = value in made.type.values if isinstance(made.type, GraphQLEnumType) else _fits(made.type, value)
        if not fits:
            wrong.append((made.value, BROKEN))
        else:
            hits.append((made.value, value if isinstance(made.type, GraphQLEnumType) else VALID))


def _fits(kind: GraphQLScalarType, value: Any) -> bool:
    try:
        kind.parse_value(value)
    except (GraphQLError, TypeError, ValueError):
        return False
    return True


def _body(exchange: Exchange) -> Any:
    try:
        return json.loads(exchange.request.body)
    except ValueError:
        return None


def _arguments(asked: Asked, name: str) -> dict[str, Any] | None:
    """The arguments of a root field as they were given, in the document or as variables; None where it is not asked."""
    defaults = {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in asked.operation.variable_definitions or ()
        if each.default_value is not None
    }
    variables = {**defaults, **asked.variables}
    for node in asked.operation.selection_set.selections:
        if isinstance(node, FieldNode) and node.name.value == name:
            return {
                each.name.value: value
                for each in node.arguments or ()
                if (value := _given_value(each.value, variables)) is not _ABSENT
            }
    return None


def _given_value(node: Any, variables: dict[str, Any]) -> Any:
    if isinstance(node, VariableNode):
        return variables.get(node.name.value, _ABSENT)
    return value_from_ast_untyped(node, variables)


def _judgement(exchange: Exchange, answer: Answer | None, name: str) -> Judgement:
    """What an answer says of the arguments: accepted where data came, refused where errors are about the call."""
    by_status = of_status(exchange.status)
    if answer is None:
        return Judgement.REFUSED if by_status is Judgement.REFUSED else Judgement.NONE
    if answer.gave(name):
        return Judgement.ACCEPTED
    codes = ["".join(filter(str.isalpha, error.code)).lower() for error in answer.errors]
    if by_status is Judgement.NONE or any(word in code for code in codes for word in _NO_JUDGEMENT):
        return Judgement.NONE
    # Null without an error is an answer too: there is no such thing.
    return Judgement.REFUSED
