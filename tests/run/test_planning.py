"""The plan: which checks apply, which do not and why, and in what order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from seamwright.model.check import Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import UsageError
from seamwright.model.plan import Plan
from seamwright.model.subject import Subject
from seamwright.run.planning import Selection, plan
from tests.run.trial import check, contract_of, document, manifest_of

CONTRACT = contract_of(document("GET /items", "POST /items", "GET /items/{id}"))


def subjects(environment: Any = "test") -> dict[str, Subject]:
    boundaries = {"api": "http://h:1", "other": "http://h:2", "db": {"kind": "sql", "url": "sqlite:///x"}}
    manifest = manifest_of(boundaries, environment=environment)
    return {n: Subject(b, None if n == "db" else CONTRACT, manifest) for n, b in manifest.boundaries.items()}


def made(
    known: Iterable[Check],
    /,
    *,
    environment: Any = "test",
    unreadable: Mapping[str, str] | None = None,
    **selection: Any,
) -> Plan:
    return plan(
        subjects(environment), {c.id: c for c in known}, Selection(**{"boundaries": ("api",), **selection}), unreadable
    )


def test_a_check_that_applies_is_planned_with_its_cells() -> None:
    (item,) = made([check()]).planned
    assert (item.boundary, item.check, item.dares) == ("api", "contract.tried", Dares.OBSERVE)
    assert item.cells == ("getItems", "postItems", "getItemsId")


def test_it_is_pure() -> None:
    given = subjects()
    checks = {"contract.tried": check()}
    assert plan(given, checks, Selection()) == plan(given, checks, Selection())


def test_every_boundary_is_asked_and_what_does_not_apply_says_why() -> None:
    result = made([check()], boundaries=())
    assert [item.boundary for item in result.planned] == ["api", "other"]
    (skipped,) = result.skipped
    assert (skipped.boundary, skipped.applicable) == ("db", False)
    assert skipped.why == "speaks about boundaries of kind http, and this is sql"


def test_a_check_says_itself_why_it_does_not_apply() -> None:
    (skipped,) = made([check(applies=lambda s: DoesNotApply("there is no login"))]).skipped
    assert (skipped.why, skipped.applicable) == ("there is no login", False)


def test_without_cells_the_reasons_are_told() -> None:
    answer = Applies((), {"a": "no body", "b": "no body", "c": "not declared"})
    (skipped,) = made([check(applies=lambda s: answer)]).skipped
    assert (skipped.why, skipped.applicable) == ("no body; not declared", False)
    (skipped,) = made([check(applies=lambda s: Applies(()))]).skipped
    assert skipped.why == "there is nothing here that it speaks about"


def test_a_check_whose_question_breaks_stays_unknown_and_the_plan_goes_on() -> None:
    def broken(subject: Subject) -> Applies:
        raise KeyError("typo")

    result = made([check("contract.broken", applies=broken), check("contract.fine")])
    (skipped,) = result.skipped
    assert (skipped.check, skipped.applicable) == ("contract.broken", True)
    assert skipped.why == "its applies() failed: KeyError: 'typo'"
    assert [item.check for item in result.planned] == ["contract.fine"]


def test_a_boundary_whose_contract_cannot_be_read_stays_unknown() -> None:
    result = made([check(), check("source.sql", kinds=("sql",))], unreadable={"api": "nothing answers"})
    assert not result.planned
    assert [(s.why, s.applicable) for s in result.skipped] == [
        ("the contract could not be read: nothing answers", True),
        ("speaks about boundaries of kind sql, and this is http", False),
    ]


@pytest.mark.parametrize(
    ("environment", "allowed"),
    [
        ("test", set(Dares)),
        ("staging", {Dares.OBSERVE, Dares.WRITE, Dares.ATTACK}),
        ("production", {Dares.OBSERVE}),
    ],
)
def test_the_environment_says_what_may_be_dared(environment: str, allowed: set[Dares]) -> None:
    checks = [check(f"contract.{dares}", dares=dares) for dares in Dares]
    result = made(checks, environment=environment)

    assert {item.dares for item in result.planned} == allowed
    assert {s.check for s in result.skipped} == {f"contract.{d}" for d in set(Dares) - allowed}
    assert all(s.forbidden and s.blocked and s.why.startswith(f"environment is {environment}") for s in result.skipped)


def test_production_leaves_out_cells_that_are_not_safe() -> None:
    (item,) = made([check()], environment="production").planned
    assert item.cells == ("getItems", "getItemsId")
    assert item.left_out == {"postItems": "environment is production, and the operation is not safe"}
    (skipped,) = made([check(applies=lambda s: Applies(("postItems",)))], environment="production").skipped
    assert (skipped.why, skipped.forbidden) == (
        "environment is production, and none of its operations is safe",
        True,
    )


def test_operations_are_picked() -> None:
    (item,) = made([check()], operations=("postItems",)).planned
    assert item.cells == ("postItems",)


def test_an_operation_leaves_alone_the_checks_whose_cells_are_no_operations() -> None:
    (item,) = made([check(applies=lambda s: Applies(("CORS",)))], operations=("postItems",)).planned
    assert item.cells == ("CORS",)


def test_families_and_checks_are_picked_together() -> None:
    checks = [check("auth.a"), check("auth.b"), check("load.c"), check("contract.d")]
    result = made(checks, families=("auth",), checks=("load.c",))
    assert [item.check for item in result.planned] == ["auth.a", "auth.b", "load.c"]
    assert not result.skipped


def test_checks_that_run_alone_come_last_and_the_order_is_kept_otherwise() -> None:
    checks = [check("load.a", alone=True), check("contract.b"), check("resilience.c", alone=True), check("auth.d")]
    result = made(checks, boundaries=("api", "other"))
    assert [(item.boundary, item.check) for item in result.planned] == [
        ("api", "contract.b"),
        ("api", "auth.d"),
        ("other", "contract.b"),
        ("other", "auth.d"),
        ("api", "load.a"),
        ("api", "resilience.c"),
        ("other", "load.a"),
        ("other", "resilience.c"),
    ]


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        ({"boundaries": ("apii",)}, "there is no boundary 'apii'; did you mean 'api'?"),
        ({"checks": ("contract.tryed",)}, "there is no check 'contract.tryed'; did you mean 'contract.tried'?"),
        ({"families": ("zzz",)}, "there is no family 'zzz'; there are: contract"),
        ({"operations": ("getItem",)}, "there is no operation 'getItem'; did you mean 'getItems'?"),
    ],
)
def test_a_name_that_does_not_exist_is_told(selection: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        made([check()], **selection)
    assert str(caught.value) == told


def test_an_operation_that_only_disposable_accounts_may_call_can_be_asked_for() -> None:
    manifest = manifest_of({"api": "http://h:1"})
    contract = contract_of(document("GET /items", "DELETE /me", "POST /logout"))
    subject = {"api": Subject(manifest.boundaries["api"], contract, manifest)}
    own = check(applies=lambda s: Applies(tuple(operation.id for operation in s.account_operations)))
    (item,) = plan(subject, {own.id: own}, Selection()).planned
    assert item.cells == ("deleteMe", "postLogout")
    (item,) = plan(subject, {own.id: own}, Selection(operations=("deleteMe",))).planned
    assert item.cells == ("deleteMe",)
    (item,) = plan(subject, {own.id: check()}, Selection()).planned
    assert item.cells == ("getItems",), "no other check calls them"
    assert set(item.left_out) == {"deleteMe", "postLogout"}
