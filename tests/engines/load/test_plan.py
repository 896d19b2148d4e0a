"""A plan that could not be carried out is refused when it is made."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.load.plan import LoadPlan, RequestTemplate


@pytest.mark.parametrize(
    "wrong",
    [
        {"requests": ()},
        {"rate": 0},
        {"duration": float("nan")},
        {"timeout": -1},
        {"connections": 0},
        {"max_samples": -1},
        {"arrival": "ramp"},
    ],
)
def test_nonsense_is_refused_by_name(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"requests": (RequestTemplate("a", b""),), "rate": 1, "duration": 1}
    assert LoadPlan("127.0.0.1", 1, **right).arrival == "constant"
    with pytest.raises(ValueError, match=next(iter(wrong)).rstrip("s")):
        LoadPlan("127.0.0.1", 1, **(right | wrong))
