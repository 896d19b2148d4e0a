"""Schemas are read as SDL and as introspection results; what is wrong is told with its place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, introspection_from_schema

from seamwright.contracts.graphql import load_introspection, load_sdl
from seamwright.contracts.graphql.reading import schema_of
from seamwright.contracts.reading import contract_of, read_contract
from seamwright.model.errors import ContractError, UsageError
from seamwright.model.operation import Contract

SDL = '''
"""What a shop sells."""
schema { query: Root mutation: Changes }
type Root {
  "All of them. Sorted."
  items(first: Int = 10): [Item!]!
  old: Int @deprecated(reason: "use items")
  _service: String
}
type Changes { addItem(name: String!): Item }
type Item @key(fields: "id") { id: ID! name: String }
'''


def read(sdl: str) -> Contract:
    return load_sdl(sdl, source="shop.graphql", digest="d")


def test_root_fields_are_operations_whatever_their_types_are_called() -> None:
    found = read(SDL)
    assert [(o.id, o.method, o.path, o.safe) for o in found.operations] == [
        ("Query.items", "QUERY", "items", True),
        ("Query.old", "QUERY", "old", True),
        ("Mutation.addItem", "MUTATION", "addItem", False),
    ]
    items, old, _ = found.operations
    assert (items.summary, items.label) == ("All of them. Sorted.", "Query.items")
    assert old.deprecated
    assert (found.kind, found.dialect, found.title, found.digest) == ("graphql", "graphql", "What a shop sells.", "d")


def test_a_part_of_a_schema_may_only_extend() -> None:
    found = read("extend type Query { a: Int } extend enum E { X } extend type Query { b(e: E): Int }")
    assert [o.id for o in found.operations] == ["Query.a", "Query.b"]


@pytest.mark.parametrize(
    ("sdl", "told"),
    [
        ("type Query { a: Ordr }", r"shop\.graphql:1:17.*Unknown type 'Ordr'"),
        ("type Query {\n  a: }", r"shop\.graphql:2:6.*Syntax Error"),
        ("type Query { a: A } input A { x: Int }", r"Query\.a cannot be of type A"),
        ("type Query { a(b: B): Int } type B { x: Int }", r"Query\.a\(b:\) cannot be of type B"),
        ("query { a }", "holds no schema but a request"),
        ("type A { x: Int }", "has no query type"),
        ("scalar D @specifiedBy(uri: 1) type Query { a: D }", r"shop\.graphql:1:10.*Argument 'url'"),
        ("type Query { a: Int } type Query { b: Int }", "There can be only one type named 'Query'"),
    ],
)
def test_what_is_no_schema_is_told_with_its_place(sdl: str, told: str) -> None:
    with pytest.raises(ContractError, match=told):
        read(sdl)


def test_schemas_that_break_rules_which_hurt_nobody_are_taken() -> None:
    assert read("interface N { id: ID! } type Query implements N { id: ID! @deprecated id: ID! }").operations


def test_an_introspection_result_reads_like_the_schema() -> None:
    result: Any = introspection_from_schema(build_schema(SDL.replace('@key(fields: "id")', "")))
    for document in (result, {"data": result, "extensions": {}}):
        found = load_introspection(document, source="shop.json", digest="d")
        assert [o.id for o in found.operations] == ["Query.items", "Query.old", "Mutation.addItem"]
        assert schema_of(found).query_type is not None
        assert "items(first: Int = 10): [Item!]!" in found.document["sdl"]


@pytest.mark.parametrize("document", [{"data": {"__schema": {"types": []}}}, {"__schema": {}}, {"data": None}])
def test_half_an_introspection_result_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match="introspection"):
        load_introspection(document, source="shop.json", digest="d")


def test_files_and_bytes_are_known_for_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "shop.graphqls").write_text("# nothing tells\nextend type Query { a: Int }\n")
    (tmp_path / "shop.txt").write_text(SDL)
    result: Any = introspection_from_schema(build_schema("type Query { a: Int }"))
    (tmp_path / "shop.json").write_text(json.dumps({"data": result}))
    for name in ("shop.graphqls", "shop.txt", "shop.json"):
        found = read_contract(name, base=tmp_path)
        assert found.kind == "graphql", name
        assert len(found.digest) == 64
    assert contract_of(json.dumps(result).encode(), source="http://127.0.0.1/graphql").kind == "graphql"


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphql", None)
    with pytest.raises(UsageError, match=r"pip install 'seamwright\[graphql\]'"):
        load_sdl(SDL, source="shop.graphql", digest="d")


def test_nothing_but_graphql_needs_the_extra() -> None:
    code = (
        "import sys; sys.modules['graphql'] = None\n"
        "from seamwright.checks import checks; from seamwright.drivers import drivers\n"
        "from seamwright.run.speech import speeches; from seamwright.faces.workbench import Workbench\n"
        "import seamwright.run.once, seamwright.run.subjects, seamwright.contracts.diff\n"
        "print(len(checks()), sorted(drivers()), sorted(speeches()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "graphql" in done.stdout
