"""Every fault ends by itself, so a time to live is a number and not too long."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.faults.door import MAX_TTL, FaultDoor, check_ttl
from seamwright.engines.faults.relay import Relay
from seamwright.engines.faults.remote import RemoteRelay


@pytest.mark.parametrize("ttl", [0, -1, float("inf"), float("nan"), 10**400, MAX_TTL + 1, True, "5", None])
def test_no_fault_without_an_end(ttl: Any) -> None:
    with pytest.raises(ValueError, match="time to live"):
        check_ttl(ttl)


def test_a_relay_here_and_a_relay_elsewhere_are_the_same_door() -> None:
    doors: list[FaultDoor] = [Relay("127.0.0.1", 0, "127.0.0.1", 1), RemoteRelay("http://127.0.0.1:1", "t")]
    for door in doors:
        for name in ("arm", "disarm", "clear", "armed", "log"):
            assert callable(getattr(door, name))
