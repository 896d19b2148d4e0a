"""References become pointers that lead somewhere without passing through another reference."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.bundle import FILES, bundled, escaped, plain, pointed
from seamwright.contracts.conformance import violations
from seamwright.model.errors import ContractError
from tests.contracts.documents import answered, contract, operation


def _schemas(**schemas: Any) -> dict[str, Any]:
    return {"components": {"schemas": schemas}}


def test_anchors_and_ids_become_pointers() -> None:
    document = _schemas(
        A={"$id": "https://x.test/a", "$defs": {"in": {"$anchor": "here"}}, "properties": {"p": {"$ref": "#here"}}},
        B={"$ref": "https://x.test/a"},
        C={"$ref": "https://x.test/a#/$defs/in"},
        D={"$anchor": "d"},
        E={"$ref": "#d"},
    )
    schemas = bundled(document, source="a").document["components"]["schemas"]
    assert schemas["A"]["properties"]["p"]["$ref"] == "#/components/schemas/A/$defs/in"
    assert schemas["B"]["$ref"] == "#/components/schemas/A"
    assert schemas["C"]["$ref"] == "#/components/schemas/A/$defs/in"
    assert schemas["E"]["$ref"] == "#/components/schemas/D"


def test_a_pointer_through_a_reference_becomes_direct() -> None:
    document = _schemas(
        A={"properties": {"x": {"type": "string"}}},
        B={"$ref": "#/components/schemas/A"},
        C={"$ref": "#/components/schemas/B/properties/x"},
    )
    found = bundled(document, source="a")
    assert found.document["components"]["schemas"]["C"]["$ref"] == "#/components/schemas/A/properties/x"
    assert found.dangling == ()


def test_what_only_looks_like_a_reference_is_left_alone() -> None:
    document = _schemas(
        A={
            "properties": {"$ref": {"type": "string"}, "example": {"$ref": "#/components/schemas/B"}},
            "example": {"$ref": "gone.json"},
            "enum": [{"$ref": "http://x.test/"}],
        },
        B={"type": "string"},
    )
    found = bundled(document, source="a")
    assert found.document == document
    assert found.dangling == ()


def test_neighbouring_files_are_put_inside() -> None:
    files = {
        "s/order.json": {"$ref": "item.json#/defs/Item"},
        "s/item.json": {"defs": {"Item": {"$ref": "#/defs/It"}, "It": {}}},
    }
    found = bundled({"a": {"$ref": "s/order.json"}}, source="a", load=files.__getitem__)
    assert set(found.document[FILES]) == set(files)
    assert found.document["a"]["$ref"] == f"#/{FILES}/s~1order.json"
    assert pointed(found.document, found.document[FILES]["s/order.json"]["$ref"]) == {
        "$ref": f"#/{FILES}/s~1item.json/defs/It"
    }


def test_another_file_needs_a_folder() -> None:
    with pytest.raises(ContractError, match=r"a\.json: #/a: refers to another file"):
        bundled({"a": {"$ref": "b.json"}}, source="a.json")


def test_references_to_other_hosts_stay_and_are_listed() -> None:
    document = _schemas(
        A={"$ref": "https://x.test/a#/b"}, B={"$ref": "//x.test/a"}, C={"$ref": "http://["}, D={"$ref": "#/no"}
    )
    found = bundled(document, source="a")
    assert found.document == document
    places = [f"#/components/schemas/{name}" for name in "ABC"]
    assert found.remote == tuple(zip(places, ("https://x.test/a#/b", "//x.test/a", "http://["), strict=True))
    assert found.dangling == (("#/components/schemas/D", "#/no"),)


def test_a_dynamic_reference_is_followed_like_a_plain_one() -> None:
    tree = {"$dynamicAnchor": "node", "type": "object", "properties": {"kid": {"$dynamicRef": "#node"}}}
    paths = {
        "/t": {"get": {"operationId": "t", "responses": {"200": {"content": {"application/json": {"schema": tree}}}}}}
    }
    found = contract(paths, openapi="3.1.0")
    assert violations(found, operation(found, "t"), answered(200, {"kid": {"kid": {}}})) == ()
    [broken] = violations(found, operation(found, "t"), answered(200, {"kid": {"kid": 1}}))
    assert broken.place == "/body/kid/kid"


def test_escaping_is_undone_by_pointing() -> None:
    for name in ("a/b", "a~b", "50%", "{id}", "a b"):
        assert pointed({name: 1}, f"#/{escaped(name)}") == 1
    with pytest.raises(KeyError):
        pointed({"a": [1]}, "#/a/1")


def test_keys_become_text() -> None:
    assert plain({200: {True: None}, None: (1, 2)}, source="a") == {"200": {"true": None}, "null": [1, 2]}
