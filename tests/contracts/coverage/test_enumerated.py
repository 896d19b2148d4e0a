"""Operations are compiled once, when they are first met; what was sent counts only where it was judged."""

from __future__ import annotations

from dataclasses import dataclass

from seamwright.contracts.coverage.enumerated import Enumerated, cover
from seamwright.contracts.coverage.judging import Judgement
from seamwright.contracts.coverage.points import Universe
from seamwright.model.operation import Operation


@dataclass
class _Compiled:
    universe: Universe


class _Meter(Enumerated[_Compiled]):
    def __init__(self, most: int = 10) -> None:
        super().__init__()
        self.most = most
        self.times = 0

    def _compile(self, operation: Operation) -> _Compiled:
        self.times += 1
        universe = Universe(self.most)
        universe.at("keyword", "body", "type", "string", "broken")
        universe.at("keyword", "body/name", "type", "string", "broken")
        universe.clipped = universe.room < 0
        return _Compiled(universe)


LIST = Operation("list", "GET", "/list")


def test_an_operation_is_compiled_once() -> None:
    meter = _Meter()
    assert [point.place for point in meter.points(LIST)] == ["body", "body/name"]
    assert not meter.clipped(LIST)
    assert meter.times == 1


def test_more_points_than_there_is_room_for_are_told() -> None:
    assert _Meter(most=1).clipped(LIST)


def test_what_was_not_judged_is_sent_and_not_exercised() -> None:
    points = Universe(10).at("keyword", "body", "type", "string", "broken")
    cover([(points, "string")], Judgement.NONE, 401)
    assert points.unjudged == {"string": 401}
    cover([(points, "string")], Judgement.ACCEPTED, 200)
    assert points.result().missing == {"broken": ""}
