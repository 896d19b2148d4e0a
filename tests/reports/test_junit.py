"""The JUnit report: parses, counts, and shows green for nothing that is not proved."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from seamwright.model.run import RunRecord
from seamwright.reports.junit import REPORT
from tests.reports import records


def parsed(record: RunRecord) -> ElementTree.Element:
    return ElementTree.fromstring(REPORT.render(record))


@pytest.mark.parametrize(
    "make", [records.empty, records.dead, records.healthy, records.broken, records.hostile, records.huge]
)
def test_parses_and_its_counts_are_those_of_its_cases(make: Callable[[], RunRecord]) -> None:
    root = parsed(make())
    assert root.tag == "testsuites"
    for where in (root, *root.findall("testsuite")):
        cases = [*where.iter("testcase")]
        assert int(where.get("tests", "")) == len(cases)
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(where.get(name, "")) == sum(case.find(tag) is not None for case in cases)
        assert float(where.get("time", "")) >= 0
    assert all(case.get("name") is not None and case.get("classname") is not None for case in root.iter("testcase"))


def test_one_suite_for_each_boundary_and_one_case_for_each_sentence() -> None:
    record = records.broken()
    root = parsed(record)
    assert [suite.get("name") for suite in root] == [seam.name for seam in record.seams]
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("24", "4", "5", "5")


def test_a_refuted_sentence_fails_with_the_command_that_shows_it() -> None:
    case = next(c for c in parsed(records.broken()).iter("testcase") if "security.other-owner" in str(c.get("name")))
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "critical"
    assert failure.get("message") == "A customer reads another customer's order."
    assert "Reproduce: seamwright verify orders --check security.other-owner" in str(failure.text)
    assert "By hand: curl -sS" in str(failure.text)


def test_every_unknown_errs_and_says_whose_fault_it_is() -> None:
    errors = [*parsed(records.broken()).iter("error")]
    assert sorted(str(error.get("type")) for error in errors) == ["not-tried", "ours", "target", "usage", "usage"]
    ours = next(error for error in errors if error.get("type") == "ours")
    assert "KeyError: 'limit'" in str(ours.text)
    assert "Traceback" in str(ours.text)
    assert all(str(error.get("message")).startswith("unknown: ") for error in errors)


def test_only_what_does_not_apply_is_skipped() -> None:
    record = records.broken()
    skipped = [case for case in parsed(record).iter("testcase") if case.find("skipped") is not None]
    assert len(skipped) == len([s for s in record.plan.skipped if not s.applicable])
    messages = [str(s.get("message")) for case in skipped for s in case.findall("skipped")]
    assert all(m.startswith("does not apply: ") for m in messages)


@pytest.mark.parametrize("make", [records.empty, records.dead])
def test_a_run_that_tried_nothing_is_never_green(make: Callable[[], RunRecord]) -> None:
    root = parsed(make())
    case = next(case for case in root.iter("testcase") if case.get("name") == "something was tried")
    error = case.find("error")
    assert error is not None
    assert error.get("message") == "Unknown: nothing was tried."


def test_a_healthy_run_has_neither_failure_nor_error() -> None:
    root = parsed(records.healthy())
    assert (root.get("failures"), root.get("errors")) == ("0", "0")
    assert int(root.get("tests", "")) - int(root.get("skipped", "")) == 17
