"""Every point that was not exercised has a reason: from the plan, the evidence, the answers, or the generator."""

from __future__ import annotations

from typing import Any

from seamwright.checks import checks
from seamwright.contracts.coverage import Meter
from seamwright.model.check import Dares
from seamwright.model.evidence import CellResult, Evidence
from seamwright.model.plan import Plan, Planned, Skipped
from seamwright.model.run import Covered
from seamwright.model.subject import Subject
from seamwright.model.verdict import Verdict
from seamwright.run.uncovered import TRIED_BY as TRIED_BY_KIND
from seamwright.run.uncovered import explained
from tests.run.rows import evidence
from tests.run.trial import contract_of, document, manifest_of

BODY = {
    "type": "object",
    "properties": {
        "n": {"type": "integer", "minimum": 1},
        "long": {"type": "string", "maxLength": 10_000_000},
        "s": {"type": "string", "minLength": 3, "pattern": "^[a-z]{3}$"},
    },
}
TRIED_BY = TRIED_BY_KIND["openapi"]
BOTH = tuple(Planned("api", check, "it holds", Dares.ATTACK, ("postItems", "getItems")) for check in TRIED_BY.values())


def subject(body: Any = BODY, **boundary: Any) -> Subject:
    made = document("POST /items", "GET /items")
    made["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]["schema"] = body
    manifest = manifest_of({"api": {"kind": "http", "url": "http://h", **boundary}})
    return Subject(manifest.boundaries["api"], contract_of(made), manifest)


def told(
    given: Subject,
    *,
    calls: int = 1,
    plan: Plan | None = None,
    rows: tuple[Evidence, ...] = (),
    operation: str = "postItems",
    seconds: float = 5.0,
) -> dict[tuple[str, str, str], str]:
    """The reason of every point of an operation, none of which was exercised."""
    assert given.contract is not None
    found = given.contract.operation(operation)
    assert found is not None
    row = Covered("api", operation, found.method, found.path, calls, {}, Meter(given.contract).points(found))
    (made,) = explained([row], {"api": given}, plan or Plan(BOTH, ()), rows, seconds=seconds)
    return {(p.place, p.keyword, aspect): why for p in made.points for aspect, why in p.missing.items()}


def test_the_checks_that_are_named_are_there() -> None:
    assert {check for tried_by in TRIED_BY_KIND.values() for check in tried_by.values()} <= set(checks())


def test_what_is_kept_back_says_why() -> None:
    reasons = told(subject(exclude=["postItems"]), calls=0)
    assert set(reasons.values()) == {"never called by a check: the manifest excludes it"}


def test_what_was_never_called_says_what_the_run_knows() -> None:
    assert set(told(subject(), calls=0).values()) == {"never called"}
    other = Plan((Planned("api", "contract.x", "it holds", Dares.WRITE, ("getItems",)),), ())
    assert set(told(subject(), calls=0, plan=other).values()) == {"never called: no check that ran is about it"}
    nothing = Plan((), (Skipped("api", "contract.x", "it holds", "nobody may call it", applicable=True),))
    assert set(told(subject(), calls=0, plan=nothing).values()) == {
        "never called: no check ran on api, since nobody may call it"
    }
    cell = CellResult("postItems", Verdict.UNKNOWN, 0, "no order can be had")
    assert set(told(subject(), calls=0, rows=(evidence(Verdict.UNKNOWN, cells=(cell,)),)).values()) == {
        "never called: no order can be had"
    }
    left_out = Plan(
        (Planned("api", "contract.x", "it holds", Dares.WRITE, ("getItems",), {"postItems": "too odd"}),), ()
    )
    assert set(told(subject(), calls=0, plan=left_out).values()) == {"never called: too odd"}


def test_what_the_generator_cannot_make_says_so() -> None:
    reasons = told(subject())
    assert reasons["body/long", "maxLength", "limit"] == (
        "no such value can be made: the limit is larger than anything that is sent"
    )
    assert reasons["body/s", "minLength", "broken"].startswith("no such value")
    assert reasons["body/n", "minimum", "broken"] == "no call that was judged broke it alone"
    assert reasons["body/n", "minimum", "valid"] == "no call that was judged had such a value"
    assert reasons["body/n", "optional", "sent"] == "no call that was judged had it"
    assert reasons["body/n", "optional", "left out"] == "no call that was judged did without it"
    assert reasons["body", "required", "broken"] == "no call that was judged broke it alone"


def test_what_is_impossible_says_what_contradicts_itself() -> None:
    reasons = told(subject({"type": "integer", "minimum": 3, "maximum": 1}))
    assert "no valid value can be made" in reasons["body", "minimum", "valid"]
    assert "lies above the maximum" in reasons["body", "minimum", "valid"]


def test_a_check_that_did_not_run_is_named() -> None:
    skipped = Skipped("api", TRIED_BY["broken"], "it holds", "environment is staging", forbidden=True)
    reasons = told(subject(), plan=Plan(BOTH[:1], (skipped,)))
    assert reasons["body/n", "minimum", "broken"] == f"{TRIED_BY['broken']} did not run: environment is staging"
    assert reasons["body/n", "minimum", "limit"] == "no call that was judged had such a value"

    other = Planned("api", "auth.x", "it holds", Dares.OBSERVE, ("postItems",))
    reasons = told(subject(), plan=Plan((other,), ()))
    assert reasons["body/n", "minimum", "limit"] == f"{TRIED_BY['limit']} was not among the checks of this run"

    without = Planned("api", TRIED_BY["limit"], "it holds", Dares.WRITE, ("getItems",), {"postItems": "it is a login"})
    reasons = told(subject(), plan=Plan((without,), ()))
    assert reasons["body/n", "minimum", "limit"] == f"{TRIED_BY['limit']} left the operation out: it is a login"


def test_a_budget_that_ended_is_told() -> None:
    cell = CellResult("postItems", Verdict.UNKNOWN, 3, "the time budget of the check ended after 3 broken values")
    reasons = told(subject(), rows=(evidence(Verdict.UNKNOWN, cells=(cell,)),))
    assert reasons["body/n", "minimum", "broken"] == (
        "no call that was judged broke it alone before the time budget ended"
    )


def test_answers_that_did_not_come_are_told() -> None:
    reasons = told(subject(), operation="getItems")
    assert reasons["response/2XX", "status", "answered"] == "no answer had this status"
    assert reasons["response", "success", "answered"].startswith("it was never answered in its success class")


def test_what_the_answers_told_stays_as_it_is() -> None:
    given = subject()
    assert given.contract is not None
    found = given.contract.operation("postItems")
    assert found is not None
    meter = Meter(given.contract)
    points = meter.points(found)
    missing = {"valid": "it was sent, and answered 401, which does not say that it was judged"}
    first = type(points[0])("keyword", "body/n", "minimum", (), missing)
    row = Covered("api", "postItems", "POST", "/items", 1, {"401": 1}, (first,))
    (made,) = explained([row], {"api": given}, Plan(BOTH, ()), ())
    assert made.points == (first,)


def test_the_generator_is_asked_for_a_bounded_time() -> None:
    reasons = told(subject(), seconds=0.0)
    assert reasons["body/long", "maxLength", "limit"] == "no call that was judged had such a value"
    assert all(reasons.values())


def test_contracts_without_points_stay_as_they_are() -> None:
    row = Covered("api", "x", "GET", "/", 0, {})
    assert explained([row], {"api": subject()}, Plan((), ()), ()) == (row,)
