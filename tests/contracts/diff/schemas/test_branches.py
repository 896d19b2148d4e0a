"""Alternatives are found again by name, by meaning, by looks, in this order."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.diff.schemas.branches import labels, matched_branches, matched_unions
from seamwright.contracts.diff.schemas.compare import Comparison
from seamwright.contracts.diff.schemas.normal import Schemas
from seamwright.contracts.diff.schemas.pair import Lens, Pair
from tests.contracts.diff.versions import operation, shop

TEXT = {"type": "string"}
SCHEMAS = {name: {"type": "object", "properties": {name: TEXT}} for name in ("Cat", "Dog", "Cow")}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _pair(old: Any, new: Any) -> Pair:
    known = [Schemas(shop(operation(), components={"schemas": SCHEMAS})) for _ in range(2)]
    one, other = known[0].part(old), known[1].part(new)
    return Pair(one, other, known[0].shape(one), known[1].shape(other), Lens("request"), Comparison(*known))


def _matched(old: list[Any], new: list[Any]) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    pair = _pair({"oneOf": old}, {"oneOf": new})
    both, gone, come = matched_branches(pair, pair.old.unions[0].branches, pair.new.unions[0].branches)
    return [(a.label, b.label) for a, b in both], [a.label for a in gone], [b.label for b in come]


def test_by_name_before_looks() -> None:
    assert _matched([_ref("Cat"), _ref("Dog")], [_ref("Dog"), _ref("Cow")]) == ([("Dog", "Dog")], ["Cat"], ["Cow"])


def test_by_meaning_among_many_that_look_alike() -> None:
    old = [{"type": "string", "pattern": pattern} for pattern in ("^a", "^b", "^c")]
    new = [{"type": "string", "pattern": pattern, "title": pattern} for pattern in ("^c", "^a", "^d")]
    both, gone, come = _matched(old, new)
    assert both[:2] == [("#1: string", "^a"), ("#3: string", "^c")]
    assert both[2:] == [("#2: string", "^d")], "what is left on each side became the other"
    assert not gone
    assert not come


def test_what_is_of_another_type_is_another_one() -> None:
    old, new = [TEXT, {"type": "object", "properties": {"a": TEXT}}], [{"type": "integer", "minimum": 1}, _ref("Cat")]
    assert _matched(old, new) == ([], ["#1: string", "object with a"], ["#1: integer", "Cat"])


def test_an_alternative_that_stands_there_twice_is_one() -> None:
    both, gone, come = _matched([_ref("Cat"), _ref("Dog"), _ref("Cat")], [_ref("Cat"), _ref("Dog")])
    assert both == [("Cat", "Cat"), ("Dog", "Dog")]
    assert not gone
    assert not come


def test_choices_are_matched_by_what_they_name() -> None:
    animals, numbers = {"oneOf": [_ref("Cat"), _ref("Dog")]}, {"anyOf": [{"minimum": 3}, {"maximum": 1}]}
    pair = _pair({"allOf": [animals, numbers]}, {"allOf": [numbers, animals, {"oneOf": [_ref("Cow"), TEXT]}]})
    both, gone, come = matched_unions(pair.old.unions, pair.new.unions)
    assert [(one.keyword, labels(other.branches)) for one, other in both] == [
        ("oneOf", "Cat, Dog"),
        ("anyOf", "#1, #2"),
    ]
    assert not gone
    assert [labels(union.branches) for union in come] == ["Cow, #2: string"]


def test_many_are_not_all_named() -> None:
    pair = _pair({}, {"oneOf": [{"type": "string", "minLength": n} for n in range(1, 8)]})
    assert labels(pair.new.unions[0].branches, 2) == "#1: string, #2: string, … (7 in all)"
