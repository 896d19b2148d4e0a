"""Media types are the same under other parameters, and may be narrower or wider by their names."""

from __future__ import annotations

import pytest

from seamwright.contracts.diff.openapi.content import Naming, paired


@pytest.mark.parametrize(
    ("old", "new", "naming"),
    [
        ("application/json", "application/json", Naming.SAME),
        ("application/json", "Application/JSON", Naming.SAME),
        ("application/json", "application/json; charset=utf-8", Naming.PARAMETERS),
        ("application/json", "application/problem+json", Naming.NARROWER),
        ("application/problem+json", "application/json", Naming.WIDER),
        ("*/*", "text/plain", Naming.NARROWER),
        ("image/png", "image/*", Naming.WIDER),
    ],
)
def test_what_takes_the_place_of_a_media_type(old: str, new: str, naming: Naming) -> None:
    found = paired({old: 1}, {new: 1})
    assert found.both == ((old, new, naming),)
    assert not found.gone
    assert not found.come


def test_others_come_and_go() -> None:
    found = paired({"application/json": 1, "text/plain": 1}, {"application/json": 1, "application/xml": 1})
    assert found.both == (("application/json", "application/json", Naming.SAME),)
    assert found.gone == ("text/plain",)
    assert found.come == ("application/xml",)


def test_the_same_name_is_preferred() -> None:
    found = paired({"application/json": 1}, {"application/vnd.shop+json": 1, "application/json": 1})
    assert found.both == (("application/json", "application/json", Naming.SAME),)
    assert found.come == ("application/vnd.shop+json",)
