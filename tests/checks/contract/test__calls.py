"""A broken value is put into an accepted call so that nothing else differs."""

from __future__ import annotations

from seamwright.checks.contract._calls import laid_over, limit_over
from seamwright.engines.generate.requests import Varied
from seamwright.model.exchange import Case
from tests.checks.contract.items import document
from tests.checks.stage import contract_of

_CONTRACT = contract_of(document())
_CREATE = _CONTRACT.operation("createItem")
_BASE = Case("createItem", body={"name": "lamp", "count": 3, "note": "kept"}, media_type="application/json")


def test_only_the_broken_place_is_taken_over() -> None:
    varied = Varied("body", "", {"name": "other", "count": -1}, "minimum", "body/count", "one below")
    case = laid_over(_CONTRACT, _CREATE, _BASE, varied)
    assert case is not None
    assert case.body == {"name": "lamp", "count": -1, "note": "kept"}


def test_a_missing_member_is_taken_out() -> None:
    varied = Varied("body", "", {"count": 3}, "required", "body/name", "missing")
    case = laid_over(_CONTRACT, _CREATE, _BASE, varied)
    assert case is not None
    assert case.body == {"count": 3, "note": "kept"}


def test_what_does_not_break_the_contract_is_not_sent() -> None:
    varied = Varied("body", "", {"name": "other", "count": 4}, "minimum", "body/count", "not broken at all")
    assert laid_over(_CONTRACT, _CREATE, _BASE, varied) is None


def test_a_body_that_is_wrong_as_a_whole_replaces_it() -> None:
    case = laid_over(_CONTRACT, _CREATE, _BASE, Varied("body", "", [], "type", "body", "a list"))
    assert case is not None
    assert case.body == []


def test_a_limit_keeps_the_call_valid() -> None:
    varied = Varied("body", "", {"name": "UPPER", "count": 10}, "maximum", "body/count", "at its limit")
    case = limit_over(_CONTRACT, _CREATE, _BASE, varied)
    assert case is not None
    assert case.body == {"name": "lamp", "count": 10, "note": "kept"}
    assert limit_over(_CONTRACT, _CREATE, _BASE, Varied("body", "", 7, "type", "body", "no object")) is None
