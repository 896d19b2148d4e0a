"""A place is read as the type that it must have, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.document import Document, Misread, Node, OutOfReach
from seamwright.model.errors import ContractError


def _top(root: dict[str, Any]) -> Node:
    return Document("a.json", root).top()


def test_values_of_the_right_type() -> None:
    top = _top({"a": {"$ref": "#/b"}, "b": {"n": 1.0, "yes": "true", "l": [{"$ref": "#/b"}]}, "x-own": 1})
    assert top.at("a").text("n") == "1.0"
    assert top.at("a").flag("yes") is True
    assert top.at("a").at("l").items()[0].place == "#/b"
    assert top.raw("a").value == {"$ref": "#/b"}
    assert [name for name, _ in top.children()] == ["a", "b"]
    assert top.at("none").mapping() == {}


def test_a_description_beside_a_reference_wins() -> None:
    top = _top({"a": {"$ref": "#/b", "description": "ours"}, "b": {"description": "theirs", "in": "query"}})
    assert top.at("a").mapping() == {"description": "ours", "in": "query"}


def test_values_of_the_wrong_type_name_their_place() -> None:
    top = _top({"a": [1], "b": {"c": {}}})
    with pytest.raises(ContractError, match=r"a.json: #/a: must be a mapping, and is a list"):
        top.at("a").mapping()
    with pytest.raises(ContractError, match=r"#/b: must be a list, and is a mapping"):
        top.at("b").items()
    with pytest.raises(ContractError, match=r"#/b/c: must be text"):
        top.at("b").text("c")
    with pytest.raises(ContractError, match=r"#/b: d is missing"):
        top.at("b").text("d")


def test_a_notice_is_kept_once() -> None:
    document = Document("a", {})
    document.notice("#/a", "odd")
    document.notice("#/a", "odd")
    assert document.notices == ["#/a: odd"]


def test_a_reference_to_another_host_is_told_from_one_that_is_wrong() -> None:
    top = _top({"a": {"$ref": "https://x.test/a"}, "b": {"$ref": "#/gone"}, "c": {"$ref": "#/c"}})
    with pytest.raises(OutOfReach, match="nothing is fetched for a reference") as far:
        top.at("a")
    assert far.value.ref == "https://x.test/a"
    for name in ("b", "c"):
        with pytest.raises(Misread) as wrong:
            top.at(name)
        assert wrong.value.place == f"#/{name}"
