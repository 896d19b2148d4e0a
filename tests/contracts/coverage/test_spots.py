"""A walk over a value finds what is still open, and what is found leaves the tree."""

from __future__ import annotations

from seamwright.contracts.coverage.points import Points, Universe
from seamwright.contracts.coverage.spots import MOST_ITEMS, Choice, Hits, Spot


def tree() -> tuple[Spot, Points, Points]:
    """`{"n": …, "l": [...]}` where 1 is looked for at both places."""
    universe = Universe(9)
    root = Spot("body")
    n, items = Spot("body/n", root), Spot("body/l", root)
    root.members = {"n": n, "l": items}
    root.named = frozenset(root.members)
    items.items = Spot("body/l/*", items)
    at_n, at_l = (
        universe.at("keyword", "body/n", "const", "valid"),
        universe.at("keyword", "body/l/*", "const", "valid"),
    )
    n.look_for(lambda value: "valid" if value == 1 else None, at_n)
    items.items.look_for(lambda value: "valid" if value == 1 else None, at_l)
    return root, at_n, at_l


def found(root: Spot, value: object) -> list[str]:
    hits: Hits = []
    root.walk(value, hits)
    return [points.place for points, _, _ in hits]


def test_values_are_walked_by_name_and_index() -> None:
    root, _, _ = tree()
    assert found(root, {"n": 1, "l": [0, 1]}) == ["body/n", "body/l/*"]
    assert found(root, {"n": [1], "l": {"n": 1}, "x": 1}) == []
    assert found(root, [1]) == []


def test_what_is_found_leaves_the_tree_up_to_its_root() -> None:
    root, at_n, at_l = tree()
    at_n.cover("valid")
    assert set(root.members) == {"l"}
    assert found(root, {"n": 1, "l": [1]}) == ["body/l/*"]
    at_l.cover("valid")
    assert not root.live
    assert found(root, {"n": 1, "l": [1]}) == []


def test_names_that_had_a_spot_are_never_the_rest() -> None:
    root, at_n, _ = tree()
    root.rest = Spot("body/*", root)
    rest = Universe(1).at("keyword", "body/*", "const", "valid")
    root.rest.look_for(lambda value: "valid", rest)
    at_n.cover("valid")
    assert found(root, {"n": 1}) == []
    assert found(root, {"other": 1}) == ["body/*"]


def test_a_path_leads_through_choices() -> None:
    root, _, _ = tree()
    branch = Spot("body", root)
    branch.members = {"n": Spot("body/n", branch)}
    root.choose(Choice(None, [(lambda value: True, "", branch)]))
    assert set(root.along(("n",))) == {root.members["n"], branch.members["n"]}
    assert [spot.place for spot in root.along(("l", 7))] == ["body/l/*"]
    assert list(root.along(("l", 7, "x"))) == []


def test_a_branch_that_is_not_taken_is_not_exercised_unless_none_is() -> None:
    universe = Universe(9)
    root, one = Spot("body"), Spot("body")
    own = universe.at("keyword", "body", "oneOf", "1", "broken")
    inner = universe.at("keyword", "body", "minimum", "valid", "broken")
    one.look_for(lambda value: "valid" if value > 2 else "broken", inner)
    root.choose(Choice(own, [(lambda value: value > 2, "1", one)]))
    hits: Hits = []
    root.walk(3, hits)
    assert [(points.keyword, aspect) for points, aspect, _ in hits] == [("oneOf", "1"), ("minimum", "valid")]
    hits.clear()
    root.walk(1, hits)
    assert [(points.keyword, aspect) for points, aspect, _ in hits] == [("oneOf", "broken"), ("minimum", "broken")]


def test_long_arrays_are_looked_at_in_part() -> None:
    root, _, _ = tree()
    assert found(root, {"l": [0] * MOST_ITEMS + [1]}) == []
    assert found(root, {"l": [0] * (MOST_ITEMS - 1) + [1]}) == ["body/l/*"]


def test_texts_are_read_first() -> None:
    root, _, _ = tree()
    root.members["n"].read = int
    assert found(root, {"n": "1"}) == ["body/n"]
