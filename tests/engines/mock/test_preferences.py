"""What a client prefers to be answered with (RFC 7240)."""

from __future__ import annotations

import pytest

from seamwright.engines.mock.preferences import Preferences, preferences


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ((), {}, Preferences()),
        (("code=404",), {}, Preferences(404)),
        (("code=404, example=gone; dynamic=true",), {}, Preferences(404, "gone", True)),
        (('example="two words"',), {}, Preferences(example="two words")),
        (("code=404", "code=500"), {}, Preferences(404)),
        (("respond-async, code=404",), {}, Preferences(404)),
        (("code=many, dynamic=maybe",), {}, Preferences()),
        (("dynamic=false",), {}, Preferences(dynamic=False)),
        ((), {"__code": "404", "__example": "gone"}, Preferences(404, "gone")),
        (("code=500",), {"__code": "404"}, Preferences(500)),
    ],
)
def test_preferences(headers: tuple[str, ...], query: dict[str, str], expected: Preferences) -> None:
    assert preferences([("Prefer", value) for value in headers], query) == expected


def test_what_was_followed_is_told() -> None:
    assert Preferences(404, "gone", True).applied("code", "dynamic") == "code=404, dynamic=true"
    assert Preferences().applied("code") == ""
