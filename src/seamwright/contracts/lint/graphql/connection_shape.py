"""Every connection has edges with nodes and cursors, and a pageInfo."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema, Type

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.of_kind("object", "interface"):
        if schema.connection(each):
            yield from _connection(schema, each)
    info = schema.named.get("PageInfo")
    for name in ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor") if info else ():
        assert info is not None
        if info.field(name) is None:
            yield Found(info.place, f"PageInfo has no {name}")


def _connection(schema: Schema, each: Type) -> Iterator[Found]:
    info, edges = each.field("pageInfo"), each.field("edges")
    if info is None or info.type != "PageInfo!":
        yield Found(info.place if info else each.place, f"{each.name} has no pageInfo: PageInfo!")
    if edges is None or not edges.listed:
        yield Found(edges.place if edges else each.place, f"{each.name} has no list of edges")
        return
    edge = schema.named.get(edges.named)
    for name in ("node", "cursor") if edge else ():
        assert edge is not None
        if edge.field(name) is None:
            yield Found(edge.place, f"{edge.name} has no {name}")


RULE = Rule(
    id="graphql.connection-shape",
    kind="graphql",
    severity=Severity.WARNING,
    says="every connection has edges with nodes and cursors, and a pageInfo",
    why="clients that page by themselves rely on it (Relay cursor connections specification, sections 2 to 5)",
    run=_run,
    wrong="""
type Order { id: ID! }
type OrderConnection { edges: [OrderEdge!]! }
type OrderEdge { node: Order! }
type Query { orders(first: Int, after: String): OrderConnection! }
""",
    right="""
type Order { id: ID! }
type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
type OrderEdge { node: Order! cursor: String! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type Query { orders(first: Int, after: String): OrderConnection! }
""",
)
