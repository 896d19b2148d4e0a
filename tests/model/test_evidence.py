"""Evidence."""

from __future__ import annotations

import pytest

from seamwright.model.verdict import Verdict
from tests.run.rows import evidence


@pytest.mark.parametrize(("check", "family"), [("auth.expired-token", "auth"), ("load.rate", "load")])
def test_its_family_is_that_of_its_check(check: str, family: str) -> None:
    assert evidence(Verdict.PROVED, check=check).family == family
