"""The error for what cannot be made."""

from __future__ import annotations

import pytest

from seamwright.engines.generate.cases import Unsatisfiable


@pytest.mark.parametrize(("place", "shown"), [("", "/"), ("/lines/0", "/lines/0")])
def test_it_says_where_and_for_which_keyword(place: str, shown: str) -> None:
    error = Unsatisfiable(place, "minLength", "is more than maxLength")
    assert str(error) == f"no value can be made at '{shown}': minLength is more than maxLength"
    assert (error.place, error.keyword, error.why) == (place, "minLength", "is more than maxLength")
    assert isinstance(error, ValueError)
