"""The layout of the map: layers, cycles, strangers, and boundaries that nothing joins."""

from __future__ import annotations

import pytest

from seamwright.model.run import Seam
from seamwright.reports._map import HEIGHT, WIDTH, Map, map_of
from seamwright.reports._summary import Summary
from tests.reports import records


def drawn(edges: dict[str, tuple[str, ...]]) -> Map:
    seams = tuple(Seam(name, "http", f"http://{name}", "", targets) for name, targets in edges.items())
    return map_of(Summary(records.record((), seams)), {})


def test_who_depends_stands_before_whom_it_depends_on() -> None:
    found = map_of(Summary(records.broken()), {})
    x = {node.name: node.x for node in found.nodes}
    assert all(x[arrow.source] < x[arrow.target] for arrow in found.arrows)
    assert x["gateway"] == 0


def test_a_cycle_is_drawn_with_one_arrow_backwards() -> None:
    found = drawn({"a": ("b",), "b": ("c",), "c": ("a",)})
    assert [(a.source, a.target) for a in found.arrows if a.backwards] == [("c", "a")]


def test_an_arrow_to_itself_is_left_out_and_a_stranger_is_shown() -> None:
    found = drawn({"a": ("a", "elsewhere")})
    assert [(a.source, a.target) for a in found.arrows] == [("a", "elsewhere")]
    assert next(n for n in found.nodes if n.name == "elsewhere").kind == "not in this run"


@pytest.mark.parametrize("count", [0, 1, 5, 25])
def test_boundaries_that_nothing_joins_stand_in_rows(count: int) -> None:
    found = drawn({f"b{n}": () for n in range(count)})
    assert len({(n.x, n.y) for n in found.nodes}) == count
    assert found.width <= 5 * WIDTH


def test_one_that_depends_on_many_does_not_make_a_tower() -> None:
    found = drawn({"gateway": tuple(f"s{n}" for n in range(24)), **{f"s{n}": () for n in range(24)}})
    columns = [node.x for node in found.nodes]
    assert max(columns.count(x) for x in columns) <= 8
    assert found.height < 40 * HEIGHT


def test_everything_lies_inside_the_map() -> None:
    for record in (records.huge(), records.broken(), records.hostile()):
        found = map_of(Summary(record), {})
        for node in found.nodes:
            assert 0 <= node.x <= found.width - WIDTH
            assert -0.01 <= node.y <= found.height - HEIGHT + 0.01


def test_an_arrow_carries_what_was_tried_of_that_dependency() -> None:
    found = {(a.source, a.target): a.tally for a in map_of(Summary(records.broken()), {}).arrows}
    assert found["orders", "payments"].unknown == 1
    assert found["orders", "identity"].proved == 1
    assert found["orders", "events"].total == 0
