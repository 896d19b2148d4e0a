"""Errors say whose fault it is, and where."""

from __future__ import annotations

import pytest

from seamwright.model import errors
from seamwright.model.errors import ContractError, ManifestError, Problem, SeamwrightError, Undecided
from seamwright.model.verdict import Cause


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("SeamwrightError", Cause.OURS),
        ("UsageError", Cause.USAGE),
        ("TargetError", Cause.TARGET),
        ("ContractError", Cause.USAGE),
        ("LedgerError", Cause.USAGE),
        ("RefusedByScope", Cause.USAGE),
        ("BudgetSpent", Cause.USAGE),
    ],
)
def test_every_error_says_whose_fault_it_is(kind: str, cause: Cause) -> None:
    error = getattr(errors, kind)("what happened")
    assert isinstance(error, SeamwrightError)
    assert (error.cause, str(error)) == (cause, "what happened")


def test_a_check_says_itself_whose_fault_it_is() -> None:
    assert Undecided("it does not answer").cause is Cause.TARGET
    assert Undecided("no credentials", Cause.USAGE).cause is Cause.USAGE


def test_problems_are_lines_that_an_editor_can_jump_to() -> None:
    first, second = Problem("a.yaml", 3, "system", "is missing"), Problem("a.yaml", None, "", "cannot be read")
    assert str(ManifestError((first, second))) == "a.yaml:3: system: is missing\na.yaml: cannot be read"


def test_what_a_contract_says_at_length_is_cut() -> None:
    told = str(ContractError(f"a.yaml: the version {'x' * 5000!r} is not known\nb.yaml: is empty"))
    first, second = told.splitlines()
    assert (len(first), first[-1], second) == (ContractError.LONGEST + 1, "…", "b.yaml: is empty")
