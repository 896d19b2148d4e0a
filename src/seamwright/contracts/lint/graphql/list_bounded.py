"""Every list of objects can be asked for a part of it."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


_PAGED = frozenset(
    {"first", "last", "limit", "take", "top", "size", "page", "pagesize", "perpage", "count", "max", "maxresults"}
    | {"offset", "skip", "cursor", "after", "before", "pagination", "paging", "ids", "input"}
)


def _run(schema: Schema) -> Iterator[Found]:
    for each, field in schema.fields():
        if not field.listed or schema.kind_of(field) not in ("object", "interface", "union"):
            continue
        # The lists of a page are as long as the page, and a change answers what it changed.
        if each.name.endswith(("Connection", "Page", "Payload", "Result", "Response")) or each.name in (
            schema.roots.get("mutation"),
            schema.roots.get("subscription"),
        ):
            continue
        if not any("".join(words(argument.name)) in _PAGED for argument in field.arguments):
            yield Found(
                field.place,
                f"{field.place} answers a list of any length, and takes neither a limit nor a cursor",
                "give it first and after, and let it answer a connection",
                None if schema.is_root(each) else Severity.INFO,
            )


RULE = Rule(
    id="graphql.list-bounded",
    kind="graphql",
    severity=Severity.WARNING,
    says="every list of objects can be asked for a part of it",
    why="the list grows until it no longer fits, and nested lists multiply (OWASP API4:2023)",
    run=_run,
    wrong="""
type Order { id: ID! }
type Query { orders: [Order!]! }
""",
    right="""
type Order { id: ID! }
type Query { orders(first: Int = 20, after: String): [Order!]!, states: [String!]! }
""",
)
