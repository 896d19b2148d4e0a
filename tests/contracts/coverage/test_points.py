"""Points are wanted, covered, and told with why they are not."""

from __future__ import annotations

from seamwright.contracts.coverage.points import Universe
from seamwright.model.run import Exercised


def test_a_limit_is_a_valid_value_too() -> None:
    points = Universe(10).at("keyword", "body/n", "minimum", "valid", "limit", "broken")
    points.cover("limit")
    points.cover("limit")
    points.cover("nothing of the kind")
    assert points.result() == Exercised("keyword", "body/n", "minimum", ("valid", "limit"), {"broken": ""})


def test_whoever_looks_is_told_once_when_all_is_found() -> None:
    points = Universe(10).at("keyword", "body", "enum", '"a"', '"b"')
    told: list[str] = []
    points.when_done(lambda: told.append("done"))
    points.cover('"a"')
    assert told == []
    points.cover('"b"')
    points.cover('"b"')
    assert told == ["done"]


def test_the_same_keyword_at_the_same_place_is_one() -> None:
    universe = Universe(10)
    one = universe.at("keyword", "body", "enum", '"a"', "broken")
    one.cover('"a"')
    assert universe.at("keyword", "body", "enum", '"a"', '"b"', "broken") is one
    assert one.result().missing == {"broken": "", '"b"': ""}
    assert universe.room == 7


def test_what_was_sent_and_not_judged_says_so() -> None:
    points = Universe(10).at("keyword", "body", "type", "string", "broken")
    points.unjudged.update({"string": 401, "broken": 0})
    assert points.result().missing == {
        "string": "it was sent, and answered 401, which does not say that it was judged",
        "broken": "it was sent, and no answer came",
    }


def test_results_of_one_place_stand_together() -> None:
    universe = Universe(10)
    for place, keyword in (("body/a", "type"), ("body/b", "type"), ("body/a", "minimum")):
        universe.at("keyword", place, keyword, "valid")
    assert [(r.place, r.keyword) for r in universe.results()] == [
        ("body/a", "type"),
        ("body/a", "minimum"),
        ("body/b", "type"),
    ]
    assert len(list(universe)) == 3
