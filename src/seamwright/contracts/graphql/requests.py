"""Reads GraphQL requests as a server should: which operation of the document is meant, and what is wrong with it."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_variable_values,
    parse,
    validate,
)

__all__ = ["Asked", "Requests"]

_KEPT = 256
"""Documents that stay parsed; a check sends the same one many times."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is valid but perhaps for the values of its variables."""

    document: DocumentNode
    operation: OperationDefinitionNode
    variables: Mapping[str, Any]


class Requests:
    """Reads the requests for one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._parsed: OrderedDict[str, tuple[DocumentNode | None, tuple[str, ...]]] = OrderedDict()

    def read(self, body: Any) -> tuple[Asked | None, tuple[str, ...]]:
        """Read the body of a request: what is asked (None where that cannot be told), and what is wrong (syntax,
        validation as in section 5, coercion of variables as in section 6.1.2)."""
        if not isinstance(body, Mapping) or not isinstance(body.get("query"), str):
            return None, ("the body is no GraphQL request with a query",)
        document, errors = self._document(body["query"])
        if document is None or errors:
            return None, errors
        operation = _named(document, body.get("operationName"))
        if operation is None:
            return None, ("operationName does not name an operation of the document",)
        variables = body.get("variables") or {}
        if not isinstance(variables, Mapping):
            return None, ("the variables are no mapping",)
        values = get_variable_values(self._schema, operation.variable_definitions or (), dict(variables))
        wrong = tuple(error.message for error in values) if isinstance(values, list) else ()
        return Asked(document, operation, variables), wrong

    def sent(self, body: bytes) -> Asked | None:
        """Read what was sent; None where it was no valid request."""
        try:
            asked, errors = self.read(json.loads(body))
        except ValueError:
            return None
        return None if errors else asked

    def _document(self, text: str) -> tuple[DocumentNode | None, tuple[str, ...]]:
        kept = self._parsed.get(text)
        if kept is None:
            try:
                document = parse(text, no_location=True)
                kept = document, tuple(error.message for error in validate(self._schema, document))
            except (GraphQLError, RecursionError) as error:
                kept = None, (getattr(error, "message", "it is nested too deep"),)
            self._parsed[text] = kept
            if len(self._parsed) > _KEPT:
                self._parsed.popitem(last=False)
        return kept


def _named(document: DocumentNode, name: Any) -> OperationDefinitionNode | None:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is None:
        return found[0] if len(found) == 1 else None
    return next((node for node in found if node.name is not None and node.name.value == name), None)
