"""Latency and faults: how they are written, and when they strike."""

from __future__ import annotations

import pytest

from seamwright.engines.mock.profile import Fault, Latency, Profile, fault_from, latency_from
from seamwright.model.errors import UsageError
from seamwright.model.operation import Operation

CREATE = Operation("createOrder", "POST", "/orders")
LIST = Operation("listOrders", "GET", "/orders")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50ms", Latency(0.05, 0.05)),
        ("20ms..0.2s", Latency(0.02, 0.2)),
        ("1s@createOrder", Latency(1, 1, "createOrder")),
        ("1s@POST /orders", Latency(1, 1, "POST /orders")),
    ],
)
def test_latencies_are_read(text: str, expected: Latency) -> None:
    assert latency_from(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500:0.1", Fault("status", 0.1, 500)),
        ("reset:0.05", Fault("reset", 0.05)),
        ("slow", Fault("slow", seconds=2)),
        ("slow=5s:0.2", Fault("slow", 0.2, seconds=5)),
        ("503@createOrder", Fault("status", 1, 503, on="createOrder")),
    ],
)
def test_faults_are_read(text: str, expected: Fault) -> None:
    assert fault_from(text) == expected


@pytest.mark.parametrize("text", ["soon", "50", "200ms..20ms", ""])
def test_what_is_no_latency(text: str) -> None:
    with pytest.raises(UsageError, match="--latency"):
        latency_from(text)


@pytest.mark.parametrize("text", ["explode", "500:2", "500:x", "99", "slow=x"])
def test_what_is_no_fault(text: str) -> None:
    with pytest.raises(UsageError, match="--fault"):
        fault_from(text)


def test_chance_is_seeded() -> None:
    def drawn(seed: int) -> list[bool]:
        profile = Profile(faults=(Fault("reset", 0.3),), seed=seed)
        return [profile.draw(CREATE).fault is not None for _ in range(200)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert 30 < sum(drawn(1)) < 90


def test_some_operations_are_spoken_of_alone() -> None:
    profile = Profile((Latency(0.1, 0.1), Latency(0.5, 0.5, "create*")), (Fault("hang", on="GET *"),))
    create, listing = profile.draw(CREATE), profile.draw(LIST)
    assert (create.delay, create.fault) == (0.5, None)
    assert listing.delay == 0.1
    assert listing.fault is not None
    assert listing.fault.kind == "hang"


def test_latency_lies_between_its_ends() -> None:
    profile = Profile((Latency(0.02, 0.2),))
    delays = [profile.draw(LIST).delay for _ in range(100)]
    assert all(0.02 <= delay <= 0.2 for delay in delays)
    assert len(set(delays)) > 50
