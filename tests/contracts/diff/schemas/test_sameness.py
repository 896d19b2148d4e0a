"""What is written alike, with all that it refers to, is not compared further."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.diff.schemas.normal import Schemas
from seamwright.contracts.diff.schemas.sameness import Sameness
from tests.contracts.diff.versions import operation, shop

TREE = {"properties": {"below": {"$ref": "#/components/schemas/Tree"}, "leaf": {"$ref": "#/components/schemas/Leaf"}}}


def _known(openapi: str = "3.0.3", **schemas: Any) -> Schemas:
    return Schemas(shop(operation(), openapi=openapi, components={"schemas": schemas}))


def _same(old: Schemas, new: Schemas, ref: str = "#/components/schemas/Tree") -> bool:
    return Sameness(old, new).same(old.part({"$ref": ref}), new.part({"$ref": ref}))


def test_circles_of_references_end() -> None:
    assert _same(_known(Tree=TREE, Leaf={"type": "string"}), _known(Tree=TREE, Leaf={"type": "string"}))


def test_a_change_far_below_is_seen() -> None:
    assert not _same(_known(Tree=TREE, Leaf={"type": "string"}), _known(Tree=TREE, Leaf={"type": "integer"}))


def test_a_change_beside_is_not() -> None:
    old, new = (_known(Tree=TREE, Leaf={}, Other={"type": kind}) for kind in ("string", "integer"))
    assert _same(old, new)
    assert not _same(old, new, "#/components/schemas/Other")


def test_nothing_is_claimed_across_versions_of_which_references_mean_different_things() -> None:
    assert not _same(_known(Tree=TREE, Leaf={}), _known("3.1.0", Tree=TREE, Leaf={}))
