"""Properties grow old as operations do."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.diff import Policy
from seamwright.model.operation import Contract
from tests.contracts.diff.versions import TODAY, Told, answering, sending, told


def _property(**says: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": {"type": "string", **says}}}


@pytest.mark.parametrize(("made", "side"), [(sending, "request"), (answering, "response")])
@pytest.mark.parametrize(
    ("old", "new", "days", "level", "kind"),
    [
        ({}, {"deprecated": True}, 0, "info", "deprecated"),
        ({}, {"deprecated": True}, 30, "breaking", "deprecated-sunset-missing"),
        ({}, {"deprecated": True, "x-sunset": "2030-07-15"}, 30, "info", "deprecated-with-sunset"),
        ({}, {"deprecated": True, "x-sunset": "2030-07-14"}, 30, "breaking", "sunset-date-too-small"),
        ({}, {"deprecated": True, "x-sunset": "soon"}, 0, "breaking", "deprecated-sunset-invalid"),
        ({"deprecated": True}, {}, 0, "info", "reactivated"),
        ({"x-stability-level": "beta"}, {"x-stability-level": "stable"}, 0, "info", "stability-increased"),
        ({}, {"x-stability-level": "beta"}, 0, "breaking", "stability-decreased"),
        ({}, {"x-stability-level": "ga"}, 0, "breaking", "stability-invalid"),
    ],
)
def test_properties_grow_old(made: Any, side: str, old: Any, new: Any, days: int, level: str, kind: str) -> None:
    one: Contract = made(_property(**old))
    other: Contract = made(_property(**new))
    expected: Told = {(level, f"{side}-property-{kind}")}
    assert told(one, other, Policy(days=days, today=TODAY)) == expected


def test_a_body_as_a_whole_has_no_life_of_its_own() -> None:
    assert told(sending({"type": "string"}), sending({"type": "string", "deprecated": True})) == set()
