"""Objectives on a command line: what is said takes the place of what the manifest says, and nothing else does."""

from __future__ import annotations

import pytest

from seamwright.model.boundary import Latency, Objectives
from seamwright.model.errors import UsageError
from seamwright.run.promises import promised

MANIFEST = Objectives(availability=0.999, latency=Latency(p50=0.05, p99=0.3), rate=200.0)


def test_what_is_said_takes_the_place_of_what_was_promised() -> None:
    said = promised(["p99<100ms, errors<0.5%", "p999 <= 1s"], MANIFEST)
    assert said == Objectives(availability=0.995, latency=Latency(p50=0.05, p99=0.1, p999=1.0), rate=200.0)
    assert promised(["rate>=600/min"], Objectives()) == Objectives(rate=10.0)
    assert promised(["errors<=0%"], Objectives()).availability == 1.0


def test_nothing_said_changes_nothing() -> None:
    assert promised([], MANIFEST) == MANIFEST


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("p99", "write it like"),
        ("p99>300ms", "wrong side"),
        ("rate<3/s", "wrong side"),
        ("p42<300ms", "none of p50"),
        ("p99<soon", "no duration"),
        ("errors<many", "no share"),
        ("errors<101%", "no share"),
        ("rate>=fast", "no rate"),
        ("", "write it like"),
    ],
)
def test_what_is_no_objective_is_told(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        promised([text], MANIFEST)
