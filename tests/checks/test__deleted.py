"""Objects that are kept and say that they are gone."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.checks._deleted import marks
from tests.contracts.documents import answered


@pytest.mark.parametrize(
    "shown",
    [
        {"status": "deleted"},
        {"state": "ARCHIVED"},
        {"deleted": True},
        {"is_deleted": 1},
        {"isActive": False},
        {"deletedAt": "2024-01-01T00:00:00Z"},
        {"archived_on": "2024-01-01"},
        {"data": {"item": {"enabled": False}}},
    ],
)
def test_what_says_that_an_object_is_gone(shown: dict[str, Any]) -> None:
    assert [*marks(answered(200, shown))]


@pytest.mark.parametrize(
    "shown",
    [
        {"status": "open"},
        {"deleted": False},
        {"deletedAt": None},
        {"active": True},
        {"note": "deleted"},
        {"createdAt": "2024-01-01T00:00:00Z"},
        [],
        None,
    ],
)
def test_what_does_not(shown: Any) -> None:
    assert [*marks(answered(200, shown))] == []
