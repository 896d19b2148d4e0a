"""Patterns of the policy."""

from __future__ import annotations

import pytest

from seamwright.model.policy import matches


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("*", True),
        ("getOrder", True),
        ("orders.getOrder", True),
        ("orders.*", True),
        ("payments.*", False),
        ("payments.getOrder", False),
        ("getOrders", False),
        ("get*", False),
        ("", False),
    ],
)
def test_a_pattern_names_an_operation_of_a_boundary(pattern: str, named: bool) -> None:
    assert matches(pattern, "orders", "getOrder") is named
