"""Holds GraphQL calls and answers against a schema: what was asked for must come back, each value of its type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from graphql import (
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLType,
    SelectionSetNode,
    is_abstract_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from seamwright.contracts.graphql.reading import schema_of
from seamwright.contracts.graphql.requests import Requests
from seamwright.contracts.graphql.selections import Selections
from seamwright.model.bench import Violation
from seamwright.model.exchange import Case, Exchange, Response
from seamwright.model.operation import Contract, Operation

__all__ = ["GraphQLValidator"]

RESPONSE = "application/graphql-response+json"
_TOP = frozenset({"data", "errors", "extensions"})
_INT = 2**31
_LONGEST = 80
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


class GraphQLValidator:
    """The contract of one endpoint, ready to judge."""

    def __init__(self, contract: Contract) -> None:
        self._schema = schema_of(contract)
        self._requests = Requests(self._schema)

    def request_violations(self, operation: Operation, case: Case) -> tuple[Violation, ...]:
        """How a case breaks the contract, or that it is not the operation that it says it is."""
        asked, errors = self._requests.read(case.body if case.raw is None else None)
        found = [Violation("body", "request", text) for text in errors]
        kind = asked.operation.operation.value if asked else ""
        if kind and kind != operation.method.lower():
            what = f"asks for a {kind}, and {operation.id} is a {operation.method.lower()}"
            found.append(Violation("body/query", "operation", what))
        return tuple(found)

    def violations(self, operation: Operation, exchange: Exchange) -> tuple[Violation, ...]:
        """How an answer breaks the contract: its form (section 7), its status and media type (GraphQL over HTTP, draft
        of 2025, section 6), and each value of `data` where the request was a valid one."""
        response = exchange.response
        if response is None:
            return ()
        failed = not 200 <= response.status < 300
        try:
            whole = response.json()
        except ValueError:
            told = Violation("", "shape", f"is no JSON ({response.media_type or 'no media type'})")
            return () if failed else (told,)
        if not isinstance(whole, Mapping) or not {"data", "errors"} & whole.keys():
            return () if failed else (Violation("", "shape", "is no GraphQL response: it has neither data nor errors"),)
        return (*_carried(whole, response), *_formed(whole), *self._data(exchange, whole.get("data")))

    def _data(self, exchange: Exchange, data: Any) -> Iterator[Violation]:
        if data is None:
            return
        if not isinstance(data, Mapping):
            yield Violation("/data", "shape", f"must be an object or null, and is {_told(data)}")
            return
        asked = self._requests.sent(exchange.request.body)
        root = self._schema.get_root_type(asked.operation.operation) if asked else None
        if asked is not None and root is not None:
            selections = Selections(self._schema, asked)
            yield from _Walk(self._schema, selections).object(root, [selections.root], data, "/data")


class _Walk:
    """Walks through an answer beside what was selected."""

    def __init__(self, schema: GraphQLSchema, selections: Selections) -> None:
        self._schema = schema
        self._selections = selections

    def object(
        self, kind: GraphQLNamedType, sets: list[SelectionSetNode], value: Mapping[str, Any], place: str
    ) -> Iterator[Violation]:
        wanted = self._selections.of(kind, sets)
        for key, selected in wanted.items():
            where = f"{place}/{key}"
            if key not in value:
                yield Violation(where, "missing", "was selected, and is not there")
            elif selected.name == "__typename":
                if is_object_type(kind) and value[key] != kind.name:
                    yield Violation(where, "typename", f"must be {kind.name!r}, and is {_told(value[key])}")
            elif selected.definition is not None:
                yield from self.value(selected.definition.type, selected.inside, value[key], where)
        for key in value:
            if key not in wanted and not is_abstract_type(kind):
                yield Violation(f"{place}/{key}", "unexpected", "was not selected")

    def value(self, kind: GraphQLType, sets: list[SelectionSetNode], value: Any, place: str) -> Iterator[Violation]:
        if is_non_null_type(kind):
            if value is None:
                yield Violation(place, "non-null", f"is null, and its type is {kind}")
                return
            kind = kind.of_type
        if value is None:
            return
        if is_list_type(kind):
            if not isinstance(value, list):
                yield Violation(place, "type", f"must be a list ({kind}), and is {_told(value)}")
                return
            for index, item in enumerate(value):
                yield from self.value(kind.of_type, sets, item, f"{place}/{index}")
        elif isinstance(kind, GraphQLNamedType) and sets:
            if isinstance(value, Mapping):
                yield from self._composite(kind, sets, value, place)
            else:
                yield Violation(place, "type", f"must be an object ({kind}), and is {_told(value)}")
        else:
            wrong = _leaf(kind, value)
            if wrong:
                yield Violation(place, "enum" if is_enum_type(kind) else "type", wrong)

    def _composite(
        self, kind: GraphQLNamedType, sets: list[SelectionSetNode], value: Mapping[str, Any], place: str
    ) -> Iterator[Violation]:
        if not is_abstract_type(kind):
            yield from self.object(kind, sets, value, place)
            return
        key = next((k for k, s in self._selections.of(kind, sets).items() if s.name == "__typename"), None)
        told = value.get(key) if key is not None else None
        if told is None:
            # Nobody asked what the object is, or the answer does not say; then only what is common can be judged.
            yield from self.object(kind, sets, value, place)
            return
        possible = {each.name: each for each in self._schema.get_possible_types(kind)}
        if not isinstance(told, str) or told not in possible:
            known = ", ".join(sorted(possible)[:8])
            yield Violation(f"{place}/{key}", "typename", f"is {_told(told)}, and {kind} can be: {known}")
            return
        yield from self.object(possible[told], sets, value, place)


def _leaf(kind: GraphQLType, value: Any) -> str:
    """What is wrong with the value of a scalar or an enum; custom scalars may be any JSON (section 3.5.5)."""
    if is_enum_type(kind):
        known = isinstance(value, str) and value in kind.values
        return "" if known else f"is {_told(value)}, which is no value of {kind}"
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    whole = whole and not isinstance(value, bool)
    right = {
        "Int": whole and -_INT <= value < _INT,
        "Float": whole or (isinstance(value, float) and isfinite(value)),
        "String": isinstance(value, str),
        "ID": isinstance(value, str),
        "Boolean": isinstance(value, bool),
    }.get(str(kind), True)
    if right:
        return ""
    beyond = ", beyond 32 bits" if str(kind) == "Int" and whole else ""
    return f"must be of type {kind}, and is {_told(value)}{beyond}"


def _formed(whole: Mapping[str, Any]) -> Iterator[Violation]:
    """The form of a response and of its errors (sections 7.1 and 7.1.2)."""
    for key in whole.keys() - _TOP:
        yield Violation(f"/{key}", "shape", "is no entry of a GraphQL response: those are data, errors and extensions")
    if whole.get("data") is None and "errors" not in whole:
        yield Violation("/data", "shape", "is null, and there are no errors that say why")
    if "errors" not in whole:
        return
    errors = whole["errors"]
    if not isinstance(errors, list) or not errors:
        yield Violation("/errors", "shape", f"must be a list with at least one error, and is {_told(errors)}")
        return
    for index, error in enumerate(errors):
        place = f"/errors/{index}"
        if not isinstance(error, Mapping):
            yield Violation(place, "errors", f"must be an object, and is {_told(error)}")
            continue
        if not isinstance(error.get("message"), str):
            yield Violation(f"{place}/message", "errors", f"must be text, and is {_told(error.get('message'))}")
        for key, right in (("locations", _locations), ("path", _path)):
            # The reference implementations write null where they know none.
            if error.get(key) is not None and not right(error[key]):
                yield Violation(f"{place}/{key}", "errors", f"has not the form that it must have: {_told(error[key])}")
        if error.get("extensions") is not None and not isinstance(error["extensions"], Mapping):
            yield Violation(f"{place}/extensions", "errors", f"must be an object, and is {_told(error['extensions'])}")


def _locations(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, Mapping) and all(isinstance(each.get(k), int) and each[k] > 0 for k in ("line", "column"))
        for each in value
    )


def _path(value: Any) -> bool:
    """Whether it is made of response keys, which are names, and of indexes, which are numbers."""
    return isinstance(value, list) and all(
        _NAME.fullmatch(step) is not None if isinstance(step, str) else isinstance(step, int) and step is not True
        for step in value
    )


def _carried(whole: Mapping[str, Any], response: Response) -> Iterator[Violation]:
    """Media type and status (GraphQL over HTTP, sections 6.2 and 6.4)."""
    kind, status = response.media_type, response.status
    if kind not in (RESPONSE, "application/json"):
        yield Violation("", "media-type", f"must be {RESPONSE} or application/json, and is {kind or 'not told'}")
    if kind == RESPONSE and "data" not in whole and status < 400:
        yield Violation("", "status", f"is {status}; without data, {RESPONSE} wants a 4xx or 5xx")
    if kind == RESPONSE and whole.get("data") is not None and status >= 300:
        yield Violation("", "status", f"is {status}; with data, {RESPONSE} wants a 2xx")


def _told(value: Any) -> str:
    if value is None:
        return "null"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
