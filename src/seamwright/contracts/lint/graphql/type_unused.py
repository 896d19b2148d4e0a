"""Every type is used."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    used = _used(schema)
    for each in schema.types:
        if each.name not in used and not each.name.startswith("_"):
            yield Found(each.place, f"no operation leads to the {each.kind} {each.name}", "use it, or remove it")


def _used(schema: Schema) -> set[str]:
    """What can be reached from the root types and the directives; an object, by an interface that it implements."""
    waiting = [*schema.roots.values()]
    waiting += [argument.named for each in schema.directives for argument in each.arguments]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        each = schema.named.get(name)
        if each is None or name in used:
            continue
        used.add(name)
        waiting += [*each.members, *each.interfaces, *each.added]
        waiting += [inner.named for field in each.fields for inner in (field, *field.arguments)]
        if each.kind == "interface":
            waiting += [other.name for other in schema.types if name in other.interfaces]
    return used


RULE = Rule(
    id="graphql.type-unused",
    kind="graphql",
    severity=Severity.WARNING,
    says="every type is used",
    why="readers take it for a part of the API that they cannot find",
    run=_run,
    wrong="""
type Query { a: Int }
type Forgotten { id: ID! }
""",
    right="""
interface Node { id: ID! }
type Order implements Node { id: ID! }
type Query { node(id: ID!): Node }
""",
)
