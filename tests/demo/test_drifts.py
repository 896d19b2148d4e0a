"""Each drifted contract is still a contract, and differs from the true one."""

from __future__ import annotations

import pytest

from seamwright.contracts.openapi import load_openapi
from seamwright.demo.drifts import DRIFTS
from seamwright.demo.orders.contract import openapi as orders
from seamwright.demo.payments.contract import openapi as payments

TRUE = {"orders": orders("http://127.0.0.1:1"), "payments": payments("http://127.0.0.1:1")}


@pytest.mark.parametrize("name", DRIFTS)
def test_it_can_be_read_and_has_the_operations_that_it_is_about(name: str) -> None:
    drift = DRIFTS[name]
    document = drift.applied(TRUE[drift.service])
    contract = load_openapi(document, source="drifted", digest="0" * 64)

    assert document != TRUE[drift.service]
    assert all(contract.operation(operation) for operation in drift.operations)


def test_there_are_drifts_of_many_kinds() -> None:
    assert len(DRIFTS) >= 60
    assert len({drift.kind for drift in DRIFTS.values()}) >= 12
