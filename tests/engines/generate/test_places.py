"""Every alternative of every place is visited, in a value that has all its parts."""

from __future__ import annotations

from random import Random
from typing import Any

from seamwright.engines.generate.dialect import Document
from seamwright.engines.generate.nodes import Graph
from seamwright.engines.generate.places import places, pointer


def visited(schema: Any) -> list[tuple[str, str]]:
    document = Document(lambda ref: schema, "3.1", "request", narrow=True, textual=False)
    root = Graph(document, "body", False).node(document.translate(schema))
    return [(each.spot.place, each.kind) for each in places(root, Random(1))]


def test_the_outermost_places_come_first() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "array", "items": {"type": ["integer", "null"]}}, "b/c": {"type": "boolean"}},
    }

    assert visited(schema) == [
        ("", "object"),
        ("/a", "array"),
        ("/b~1c", "boolean"),
        ("/a/0", "integer"),
        ("/a/0", "null"),
    ]


def test_a_schema_that_holds_itself_ends() -> None:
    schema = {"type": "object", "properties": {"child": {"$ref": "#"}, "n": {"type": "integer"}}}

    seen = visited(schema)
    assert ("/child/n", "integer") in seen
    assert len(seen) < 20


def test_a_name_becomes_a_token_of_a_pointer() -> None:
    assert pointer("a/b~c") == "a~1b~0c"
