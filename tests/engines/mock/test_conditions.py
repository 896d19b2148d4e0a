"""Entity tags, and the requests that name them."""

from __future__ import annotations

import pytest

from seamwright.engines.mock.arrivals import Arrival
from seamwright.engines.mock.conditions import entity_tag, held, unchanged
from seamwright.engines.mock.store import Record
from seamwright.model.exchange import Case, Request
from seamwright.model.operation import Answer, Operation, Parameter

RECORD = Record("orders", (), "a", {})
TAG = entity_tag(RECORD)
MATCH = Parameter("If-Match", "header", False, {"type": "string"}, "simple", False)


def asking(name: str, value: str) -> Arrival:
    return Arrival(Request("PUT", "/a", ((name, value),)), Case("a"), {}, "/a")


def test_a_tag_changes_with_each_change_and_with_nothing_else() -> None:
    assert entity_tag(Record("orders", (), "a", {"other": 1})) == TAG
    assert entity_tag(Record("orders", (), "a", {}, version=2)) != TAG
    assert entity_tag(Record("orders", (), "b", {})) != TAG


@pytest.mark.parametrize(
    ("told", "expected"),
    [(TAG, True), (f'"x", {TAG}', True), ("*", True), (TAG.strip('"'), True), ('"x"', False), (f"W/{TAG}", False)],
)
def test_if_match(told: str, expected: bool) -> None:
    guarded = Operation("o", "PUT", "/a", (MATCH,))
    assert held(guarded, asking("if-match", told), RECORD) is expected
    assert held(Operation("o", "PUT", "/a"), asking("if-match", told), RECORD), "the contract does not have it"


def test_without_if_match_anything_may_be_changed() -> None:
    assert held(Operation("o", "PUT", "/a", (MATCH,)), asking("x", "y"), RECORD)


@pytest.mark.parametrize(("told", "expected"), [(TAG, True), (f"W/{TAG}", True), ("*", True), ('"x"', False)])
def test_if_none_match(told: str, expected: bool) -> None:
    declaring = Operation("o", "GET", "/a", answers={"200": Answer("200"), "304": Answer("304")})
    assert unchanged(declaring, asking("if-none-match", told), RECORD) is expected
    assert not unchanged(Operation("o", "GET", "/a"), asking("if-none-match", told), RECORD)
