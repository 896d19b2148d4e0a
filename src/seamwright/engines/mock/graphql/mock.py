"""A GraphQL schema that answers: requests come in and answers go out as values, and no byte is read or sent here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationType, get_operation_ast, graphql_sync, is_abstract_type, parse

from seamwright.engines.mock.graphql.entities import Entities
from seamwright.engines.mock.graphql.objects import Objects
from seamwright.engines.mock.graphql.resolving import Part, Resolver
from seamwright.engines.mock.graphql.values import Values
from seamwright.engines.mock.store import Store
from seamwright.model.operation import Contract

__all__ = ["GraphqlMock"]


class GraphqlMock:
    """Answers for one schema, with state.

    The same seed, schema and requests in the same order give the same answers. `parts` says what each operation does;
    an operation is named by its id (`Mutation.createOrder`).
    """

    def __init__(
        self, contract: Contract, parts: Callable[[str], Part], *, seed: int = 0, store: Store | None = None
    ) -> None:
        self.contract = contract
        self.store = Store() if store is None else store
        self._schema: GraphQLSchema = contract.document["schema"]
        entities = Entities(self._schema)
        values = Values(seed, [*entities.ids] if _finds_anything(self._schema) else ())
        self._objects = Objects(entities, values, self.store)
        self._resolver = Resolver(self._objects, parts)

    def reset(self) -> None:
        """Put the first state back."""
        self._objects.reset()

    def answer(self, body: Any, *, only_queries: bool = False) -> Mapping[str, Any]:
        """Answer a request: `data`, or `errors`, or both. With `only_queries` mutations are refused, as by GET."""
        query = body.get("query") if isinstance(body, Mapping) else None
        variables = body.get("variables") if isinstance(body, Mapping) else None
        name = body.get("operationName") if isinstance(body, Mapping) else None
        if not isinstance(query, str):
            return _refused("the body must be an object with the document under 'query'")
        if variables is not None and not isinstance(variables, Mapping):
            return _refused("'variables' must be an object")
        kind = self.kind(query, name)
        if kind is OperationType.SUBSCRIPTION:
            return _refused("subscriptions are not answered here")
        if only_queries and kind is OperationType.MUTATION:
            return _refused("a mutation must be sent by POST")
        result = graphql_sync(
            self._schema,
            query,
            variable_values=dict(variables or {}),
            operation_name=name if isinstance(name, str) else None,
            field_resolver=self._resolver,
            type_resolver=self._resolver.kind_of,
        )
        formatted: dict[str, Any] = dict(result.formatted)
        if formatted.get("data") is None and all(error.path is None for error in result.errors or ()):
            formatted.pop("data", None)  # Nothing was executed (section 7.1.2).
        return formatted

    def kind(self, query: str, name: Any = None) -> OperationType | None:
        """What a document asks for; None where it cannot be read."""
        try:
            node = get_operation_ast(parse(query), name if isinstance(name, str) else None)
        except (GraphQLError, RecursionError):
            return None
        return node.operation if node is not None else None


def _finds_anything(schema: GraphQLSchema) -> bool:
    """Whether a field of queries finds objects of several types by an id alone, as `node(id:)` does."""
    fields = schema.query_type.fields if schema.query_type is not None else {}
    return any(
        is_abstract_type(getattr(field.type, "of_type", field.type)) and set(field.args) & {"id", "ids"}
        for field in fields.values()
    )


def _refused(why: str) -> Mapping[str, Any]:
    return {"errors": [{"message": why, "extensions": {"code": "BAD_REQUEST"}}]}
