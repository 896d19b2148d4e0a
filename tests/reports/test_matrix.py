"""Coverage of operations against checks."""

from __future__ import annotations

from seamwright.reports._matrix import matrix_of
from seamwright.reports._summary import Summary
from tests.reports import records


def test_a_cell_has_the_verdict_of_its_evidence() -> None:
    found = matrix_of(Summary(records.broken()))
    checks = [check for check, _ in found.checks]
    orders = {row.operation: row for row in dict(found.boundaries)["orders"]}

    def cell(operation: str, check: str) -> str:
        return orders[operation].cells[checks.index(check)].word

    assert cell("getOrder", "security.other-owner") == "refuted"
    assert cell("updateOrder", "security.other-owner") == "proved"
    assert cell("cancelOrder", "security.other-owner") == "unknown"
    assert cell("exportOrders", "auth.anonymous") == "left out"
    assert cell("exportOrders", "contract.conforms") == "does not apply"
    payments = {row.operation: row for row in dict(found.boundaries)["payments"]}
    assert payments["charge"].cells[checks.index("load.rate")].word == "unknown", "planned and not reached"


def test_checks_come_by_family_and_only_those_that_look_at_operations() -> None:
    found = matrix_of(Summary(records.broken()))
    assert [family for family, _ in found.families] == ["contract", "auth", "security", "load", "consistency"]
    assert not {"resilience.slow-dependency", "consistency.invariant"} & {check for check, _ in found.checks}
    assert sum(count for _, count in found.families) == len(found.checks)


def test_says_what_was_never_called_and_never_answered() -> None:
    found = dict(matrix_of(Summary(records.broken())).boundaries)
    rows = {row.operation: row for rows in found.values() for row in rows}
    assert rows["exportOrders"].answers == "never called"
    assert not rows["refund"].answered
    assert rows["createOrder"].answers.replace("\u00a0", " ") == "2xx 250, 4xx 136, 5xx 2"


def test_is_empty_where_no_operation_is_known() -> None:
    assert matrix_of(Summary(records.record(()))).operations == 0
