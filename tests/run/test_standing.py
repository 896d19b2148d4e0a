"""Whose credentials work: counted in a row, and in sum over a run."""

from __future__ import annotations

from seamwright.run.standing import ALIKE, IN_A_ROW, MANY, Standing


def _after(*answers: tuple[str, int]) -> Standing:
    standing = Standing()
    for identity, status in answers:
        standing.count(identity, status)
    return standing


def test_a_few_in_a_row_are_enough() -> None:
    standing = _after(*[("alice", 401)] * IN_A_ROW)
    assert standing.why_dead("alice").startswith("the credentials of alice no longer work: 3 honest calls in a row")
    assert standing.why_dead("bob") == ""


def test_what_a_single_operation_says_of_credentials_that_have_worked_is_not_enough() -> None:
    standing = Standing()
    standing.count("alice", 200, "listOrders")
    for _ in range(5):
        standing.count("alice", 401, "deleteUser")
    assert standing.why_dead("alice") == "", "it may mean that alice may not delete users"
    standing.count("alice", 401, "listOrders")
    assert "6 honest calls in a row" in standing.why_dead("alice")


def test_any_other_answer_ends_the_row_and_no_answer_says_nothing() -> None:
    assert _after(("alice", 401), ("alice", 401), ("alice", 403), ("alice", 401)).why_dead("alice") == ""
    assert _after(*[("alice", 401), ("alice", 0)] * 2).why_dead("alice") == ""


def test_most_of_many_are_enough_although_never_in_a_row() -> None:
    standing = _after(*[("alice", 401), ("alice", 401), ("alice", 200)] * 7)
    assert MANY < 21
    assert "mostly do not work: 14 of 21" in standing.why_dead("alice")


def test_half_of_them_are_not() -> None:
    assert _after(*[("alice", 401), ("alice", 200)] * MANY).why_dead("alice") == ""


def test_most_of_a_run_are_enough_for_all() -> None:
    dead = [("alice", 401), ("alice", 401), ("alice", 200)] * 6
    standing = _after(*dead, *[("bob", 401), ("bob", 401)] * 2)
    assert standing.why_dead("carol").startswith("most honest calls of this run are answered 401, 16 of 22")


_THREE = ("listOrders", "listPeople", "addOrder")


def _forbidden(standing: Standing, times: int, operations: tuple[str, ...] = _THREE) -> Standing:
    for number in range(times):
        standing.count("alice", 403, operations[number % len(operations)])
    return standing


def test_credentials_that_were_never_answered_but_403_do_not_work() -> None:
    assert _forbidden(Standing(), ALIKE - 1).why_dead("alice") == ""
    standing = _forbidden(Standing(), ALIKE)
    assert standing.why_dead("alice") == (
        "the credentials of alice never worked: each of 10 honest calls of 3 operations was answered 403, "
        "and nothing else ever came"
    )
    assert standing.why_dead("bob") == ""


def test_a_few_operations_that_are_denied_are_no_dead_credentials() -> None:
    assert _forbidden(Standing(), 5 * ALIKE, _THREE[:2]).why_dead("alice") == ""


def test_whoever_was_ever_answered_something_else_is_known() -> None:
    for status in (200, 404, 401, 422, 500):
        standing = Standing()
        standing.count("alice", status, "getOrder")
        assert _forbidden(standing, 5 * ALIKE).why_dead("alice") == ""
    standing = Standing()
    standing.count("alice", 0, "getOrder")
    assert _forbidden(standing, ALIKE).why_dead("alice") != "", "no answer says nothing"


def test_what_somebody_else_may_do_is_denied_by_the_policy() -> None:
    standing = _forbidden(Standing(), 2 * ALIKE)
    standing.count("admin", 200, "listPeople")
    assert standing.why_dead("alice") == ""
