"""Readings are compared but for what changes by itself."""

from __future__ import annotations

import pytest

from seamwright.checks.contract._volatile import changes, may_change


@pytest.mark.parametrize(
    "name",
    [
        "updatedAt",
        "updated_at",
        "modified",
        "lastSeen",
        "last_login_ip",
        "version",
        "ETag",
        "views",
        "view_count",
        "now",
    ],
)
def test_what_may_change_by_itself(name: str) -> None:
    assert may_change(name)


@pytest.mark.parametrize("name", ["title", "status", "active", "read", "used", "count", "createdAt", "total", "editor"])
def test_what_may_not(name: str) -> None:
    assert not may_change(name)


def test_places_that_differ() -> None:
    before = {"id": 1, "tags": ["a", "b"], "inner": {"x": 1, "updatedAt": 1}, "gone": 1}
    after = {"id": 1, "tags": ["a", "c"], "inner": {"x": 2, "updatedAt": 2}, "new": 1}
    assert sorted(changes(before, after)) == ["/gone", "/inner/x", "/new", "/tags/1"]
    assert sorted(changes(before, after, {"/inner", "/tags/1"})) == ["/gone", "/new"]
    assert [*changes([1], [1, 2])] == ["/"]
    assert [*changes(before, before)] == []
