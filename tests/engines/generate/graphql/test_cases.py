"""Whole requests are valid in the eyes of the reference implementation."""

from __future__ import annotations

from random import Random

import pytest

from seamwright.engines.generate.graphql.cases import (
    BARE,
    DEEP,
    LEAN,
    PLAIN,
    arguments_of,
    asking,
    field_of,
    schema_of,
    valid_case,
)
from seamwright.engines.generate.graphql.fields import Bounds
from seamwright.engines.generate.graphql.inputs import Share
from seamwright.model.errors import Undecided
from tests.engines.generate.graphql.zoo import ZOO, contract, operation, wrong

CONTRACT = contract()
CALLABLE = [o for o in CONTRACT.operations if o.path not in ("mystery", "loop")]


@pytest.mark.parametrize("bounds", [BARE, LEAN, PLAIN, DEEP], ids=["bare", "lean", "plain", "deep"])
@pytest.mark.parametrize("share", ["least", "some", "most"])
def test_every_case_is_valid_and_the_same_for_one_seed(bounds: Bounds, share: Share) -> None:
    for each in CALLABLE:
        for seed in range(6):
            case = valid_case(CONTRACT, each, Random(seed), share, bounds=bounds)
            assert wrong(case) == [], case.body
            assert case == valid_case(CONTRACT, each, Random(seed), share, bounds=bounds)


def test_a_case_is_a_request_with_its_arguments_as_variables() -> None:
    case = valid_case(CONTRACT, operation("pets"), Random(1), bounds=BARE, wanted=[("totalCount",)])
    assert case.body == {
        "query": "query pets($first: Int) { pets(first: $first) { totalCount } }",
        "variables": {"first": 20},
    }
    assert (case.operation, case.media_type) == ("Query.pets", "application/json")
    assert arguments_of(CONTRACT, case) == {"first": 20}


def test_arguments_of_one_s_own_are_asked_with() -> None:
    case = asking(CONTRACT, operation("pet"), {"id": "7", "unknown": 1}, Random(1), bounds=BARE)
    assert case.body["variables"] == {"id": "7"}
    assert wrong(case) == []


@pytest.mark.parametrize("name", ["mystery", "loop"])
def test_what_cannot_be_made_is_told(name: str) -> None:
    with pytest.raises(Undecided, match=rf"Query\.{name}: no valid call can be made"):
        valid_case(CONTRACT, operation(name), Random(1))


def test_the_schema_and_root_field_behind_an_operation() -> None:
    assert schema_of(CONTRACT) is ZOO
    name, field = field_of(CONTRACT, operation("count"))
    assert (name, str(field.type)) == ("count", "Int!")
