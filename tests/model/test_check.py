"""What checks may dare, and the families they belong to."""

from __future__ import annotations

from seamwright.model.check import FAMILIES
from tests.run.trial import check


def test_the_family_is_the_first_part_of_the_id() -> None:
    assert check("auth.expired-token").family == "auth"
    assert check("contract.a.b").family == "contract"


def test_families_are_named_once() -> None:
    assert len(set(FAMILIES)) == len(FAMILIES)
