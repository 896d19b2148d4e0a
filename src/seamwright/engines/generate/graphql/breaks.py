"""Requests that break one rule of a schema each: in the document, or in the value of one variable.

A server refuses all of them before anything is executed (GraphQL, September 2025, sections 5 and 6.1.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
    is_composite_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.graphql.cases import LEAN, document_of, field_of, schema_of
from seamwright.engines.generate.graphql.fields import Bounds, Selection, lists_around, selection
from seamwright.engines.generate.graphql.inputs import NOTHING, input_value, is_one_of, required
from seamwright.engines.generate.graphql.scalars import INT_MAX
from seamwright.model.exchange import Case
from seamwright.model.operation import Contract, Operation

__all__ = ["Broken", "broken"]

DEEPEST = 3
"""Input objects inside each other whose fields are broken."""

NO_SUCH = "seamwrightNoSuch"

_WRONG: Mapping[str, tuple[tuple[Any, str], ...]] = {
    "Int": (("not a number", "a text"), (1.5, "a fraction"), (INT_MAX + 1, "a number beyond 32 bits"), (True, "true")),
    "Float": (("not a number", "a text"), (True, "true")),
    "String": ((12345, "a number"), ({"a": 1}, "an object")),
    "ID": (({"a": 1}, "an object"), (1.5, "a fraction"), (True, "true")),
    "Boolean": (("not a boolean", "a text"), (2, "a number")),
}
"""Scalar → values that it must refuse (section 3.5), those that servers wave through most seldom first."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A case that breaks one rule; `place` is where, `why` says it in words. What breaks the same rule for the same
    type is refused by the same code, or is not."""

    case: Case
    rule: str
    place: str
    why: str
    kind: str = ""


def broken(
    contract: Contract, operation: Operation, base: Mapping[str, Any], random: Random, bounds: Bounds = LEAN
) -> Iterator[Broken]:
    """Break a call with these arguments, which was accepted, in one place each; first the document, then the values."""
    name, field = field_of(contract, operation)
    picked = selection(schema_of(contract), get_named_type(field.type), Random(0), bounds, lists=lists_around(field))
    yield from _documents(operation, name, field, base, picked)
    for given, argument in field.args.items():
        for value, rule, place, why, kind in _values(argument, base.get(given, NOTHING), random, (given,)):
            changed = {n: v for n, v in {**base, given: value}.items() if v is not NOTHING}
            yield Broken(_case(operation, name, field, changed, picked), rule, ".".join(place), why, kind)


# -- the document --


def _case(operation: Operation, name: str, field: GraphQLField, values: Mapping[str, Any], picked: Selection) -> Case:
    """A call that declares a variable for every argument that the call has, and for the required ones."""
    asked = [n for n, argument in field.args.items() if n in values or required(argument)]
    declared = {n: (str(field.args[n].type), None) for n in asked} | picked.variables
    query = document_of(operation, name, dict.fromkeys(asked), declared, picked.text)
    variables = {n: values[n] for n in asked if n in values} | {n: v for n, (_, v) in picked.variables.items()}
    return Case(operation.id, body={"query": query, "variables": variables}, media_type="application/json")


def _documents(
    operation: Operation, name: str, field: GraphQLField, base: Mapping[str, Any], picked: Selection
) -> Iterator[Broken]:
    known = {n: v for n, v in base.items() if n in field.args}
    declared = {n: (str(field.args[n].type), v) for n, v in known.items()} | picked.variables
    inside = picked.text

    def made(said: Mapping[str, str], text: str, head: str = "", tail: str = "") -> Case:
        """The document with these arguments and this selection; variables that it no longer uses are not declared."""
        body = f"{name}" + (f"({', '.join(f'{n}: {v}' for n, v in said.items())})" if said else "") + head
        used = {n: d for n, d in declared.items() if f"${n}" in body + text}
        variables = ", ".join(f"${n}: {kind}" for n, (kind, _) in used.items())
        whole = f"{operation.method.lower()} {name}" + (f"({variables})" if variables else "")
        query = f"{whole} {{ {body}{f' {text}' if text else ''} }}{tail}"
        values = {n: v for n, (_, v) in used.items()}
        return Case(operation.id, body={"query": query, "variables": values}, media_type="application/json")

    honest = {n: f"${n}" for n in known}
    if is_composite_type(get_named_type(field.type)):
        unknown = f"{inside[:-1]}{NO_SUCH} }}"
        yield Broken(made(honest, unknown), "unknown field", name, f"there is no field {NO_SUCH}")
        yield Broken(
            made(honest, ""), "no selection", name, f"{field.type} is an object, and nothing is selected of it"
        )
        fragment = f"{inside[:-1]}... on {NO_SUCH} {{ __typename }} }}"
        yield Broken(made(honest, fragment), "unknown type", name, f"there is no type {NO_SUCH}")
    else:
        yield Broken(made(honest, "{ id }"), "selection of a leaf", name, f"{field.type} has no fields to select")
    extra = {**honest, NO_SUCH: "1"}
    yield Broken(made(extra, inside), "unknown argument", name, f"there is no argument {NO_SUCH}")
    yield Broken(made(honest, inside, head=f" @{NO_SUCH}"), "unknown directive", name, f"there is no @{NO_SUCH}")
    yield Broken(made(honest, inside, tail=" }"), "syntax", name, "one brace too many closes the document")
    for argument, declaration in field.args.items():
        if required(declaration):
            less = {n: v for n, v in honest.items() if n != argument}
            yield Broken(made(less, inside), "missing argument", argument, "it is required, and not there")
        undefined = {**honest, argument: f"${NO_SUCH}"}
        yield Broken(made(undefined, inside), "undefined variable", argument, f"${NO_SUCH} is not declared")
        literal = _wrong_literal(declaration)
        if literal is not None:
            wrong = {**honest, argument: literal}
            kind = get_named_type(declaration.type).name
            yield Broken(made(wrong, inside), "wrong literal", argument, f"{literal} is no {kind}", kind)


def _wrong_literal(declared: GraphQLArgument) -> str | None:
    kind = get_named_type(declared.type)
    if is_enum_type(kind):
        return f"{NO_SUCH}"
    if is_input_object_type(kind):
        return '"not an object"'
    return {"Int": '"not a number"', "Float": '"x"', "String": "12345", "ID": "1.5", "Boolean": '"x"'}.get(kind.name)


# -- the values --

_Wrong = tuple[Any, str, tuple[str, ...], str, str]


def _values(
    declared: GraphQLArgument | GraphQLInputField, value: Any, random: Random, place: tuple[str, ...]
) -> Iterator[_Wrong]:
    """Values for a place that break one rule: value, rule, place, in words, named type."""
    kind: GraphQLInputType = declared.type
    named = get_named_type(kind).name
    if required(declared):
        yield NOTHING, "missing value", place, "it is required, and not there", named
    if is_non_null_type(kind):
        yield None, "null", place, f"it may not be null ({kind})", named
        kind = kind.of_type
    yield from _inner(kind, declared, value, random, place)


def _inner(
    kind: GraphQLInputType, declared: Any, value: Any, random: Random, place: tuple[str, ...]
) -> Iterator[_Wrong]:
    named = get_named_type(kind).name
    if is_list_type(kind):
        item = value[0] if isinstance(value, list) and value else _made(kind.of_type, declared, random, place)
        of = kind.of_type
        if is_non_null_type(of):
            of = of.of_type
            yield [None], "null in a list", place, f"its items may not be null ({kind})", named
        for wrong, rule, where, why, name in _inner(of, declared, item, random, place):
            if wrong is not NOTHING:
                yield [wrong], rule, where, why, name
    elif is_enum_type(kind):
        yield NO_SUCH.upper(), "unknown enum value", place, f"{NO_SUCH.upper()} is no value of {named}", named
        yield 12345, "wrong type", place, f"a number is no {named}", named
    elif is_input_object_type(kind):
        yield "not an object", "wrong type", place, f"a text is no {named}", named
        yield from _object(kind, value, random, place)
    else:
        for wrong, what in _WRONG.get(named, ()):
            yield wrong, "wrong type", place, f"{what} is no {named}", f"{named}: {what}"


def _object(kind: GraphQLInputObjectType, value: Any, random: Random, place: tuple[str, ...]) -> Iterator[_Wrong]:
    if len(place) > DEEPEST:
        return
    base = value if isinstance(value, Mapping) else _made(kind, None, random, place)
    if not isinstance(base, Mapping):
        return
    unknown = {**base, NO_SUCH: 1}
    yield unknown, "unknown input field", (*place, NO_SUCH), f"{kind.name} has no field {NO_SUCH}", kind.name
    if is_one_of(kind):
        yield {}, "oneOf", place, f"exactly one field of {kind.name} must be given, and none is", kind.name
        return
    for name, field in kind.fields.items():
        for wrong, rule, where, why, named in _values(field, base.get(name, NOTHING), random, (*place, name)):
            changed = {n: v for n, v in {**base, name: wrong}.items() if v is not NOTHING}
            yield changed, rule, where, why, named


def _made(kind: GraphQLInputType, declared: Any, random: Random, place: tuple[str, ...]) -> Any:
    try:
        return input_value(kind, declared, random, "least", place=place)
    except Unsatisfiable:
        return NOTHING
