"""What a fault makes of an answer."""

from __future__ import annotations

import pytest

from seamwright.engines.mock import Disturbance, fault_from
from seamwright.model.exchange import Response
from seamwright.services.mock.disturbing import disturbed
from seamwright.services.mock.listener import Delivery

ANSWER = Response(200, (), b"0123456789")


@pytest.mark.parametrize(
    ("fault", "delivered"),
    [
        ("drop", Delivery(None, 0.5, "reset")),
        ("reset", Delivery(None, 0.5, "reset")),
        ("hang", Delivery(None, 0.5, "hang")),
        ("slow=2s", Delivery(ANSWER, 2.5)),
        ("truncate", Delivery(ANSWER, 0.5, "truncate")),
        ("malformed", Delivery(Response(200, (), b"01234"), 0.5)),
        ("503", Delivery(ANSWER, 0.5)),
    ],
)
def test_faults(fault: str, delivered: Delivery) -> None:
    assert disturbed(ANSWER, Disturbance(0.5, fault_from(fault))) == delivered


def test_without_a_fault_there_is_but_the_delay() -> None:
    assert disturbed(ANSWER, Disturbance(0.5)) == Delivery(ANSWER, 0.5)


def test_a_fault_before_any_answer() -> None:
    assert disturbed(None, Disturbance(fault=fault_from("reset"))) == Delivery(None, 0.0, "reset")
