"""The document as a whole: servers, shared schemas, and whether the version owns up to what changed."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.diff.change import Level, Rule
from seamwright.contracts.diff.openapi.document import compare_version
from seamwright.contracts.diff.openapi.sides import Sides
from seamwright.contracts.diff.policy import Policy
from tests.contracts.diff.versions import Told, operation, shop, told


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["https://a.test/v1"], ["https://b.test/v1"], {("info", "server-removed"), ("info", "server-added")}),
        (
            ["https://a.test/v1"],
            ["https://a.test/v2"],
            {("potentially", "server-base-path-removed"), ("info", "server-added")},
        ),
        (
            ["https://a.test", "https://b.test"],
            ["https://b.test/"],
            {("info", "server-removed"), ("info", "server-added")},
        ),
        ([], ["https://a.test"], {("info", "server-added")}),
    ],
)
def test_servers(old: list[str], new: list[str], expected: Told) -> None:
    one, other = (shop(operation(), servers=[{"url": url} for url in urls]) for urls in (old, new))
    assert told(one, other) == expected


def test_a_shared_schema_that_is_gone() -> None:
    old = shop(operation(), components={"schemas": {"A": {}, "B": {}}})
    assert told(old, shop(operation(), components={"schemas": {"A": {}}})) == {("info", "api-schema-removed")}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1.0.0", "1.0.0", ["api-version-not-bumped"]),
        ("1.2.0", "1.1.9", ["api-version-decreased"]),
        ("1.0.0", "1.1.0", ["api-major-version-not-bumped"]),
        ("v1.0.0", "v2.0.0-rc.1", []),
        ("0.1.0", "0.2.0", []),
        ("0.1.0", "0.1.1", ["api-major-version-not-bumped"]),
        ("2024-01", "2024-02", []),
    ],
)
def test_a_break_wants_a_new_major_version(old: str, new: str, expected: list[str]) -> None:
    def versioned(version: str) -> Any:
        return shop(operation(), info={"title": "t", "version": version})

    broken = Rule("gone", Level.BREAKING, "", "it is gone", "it is gone").change("a", "b")
    sides = Sides(versioned(old), versioned(new), Policy())
    assert [change.id for change in compare_version(sides, [broken])] == expected
    assert list(compare_version(sides, [])) == []
