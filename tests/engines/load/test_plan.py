"""A plan that could not be carried out is refused when it is made."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.load.plan import LoadPlan, RequestTemplate
from seamwright.engines.load.profile import Profile


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


def test_a_plan_offers_its_rate_or_its_profile_and_never_both() -> None:
    request = (RequestTemplate("a", b""),)
    steady = LoadPlan("127.0.0.1", 1, request, 20, 3, arrival="poisson")
    assert steady.offered == Profile.constant(20, 3).poisson()
    ramp = Profile.ramp(1, 9, 2)
    assert LoadPlan("127.0.0.1", 1, request, profile=ramp).offered is ramp
    with pytest.raises(ValueError, match="profile"):
        LoadPlan("127.0.0.1", 1, request, 20, 3, profile=ramp)
    with pytest.raises(ValueError, match="rate"):
        LoadPlan("127.0.0.1", 1, request)
