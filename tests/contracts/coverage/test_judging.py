"""Statuses judge what was sent, a part of it, or nothing."""

from __future__ import annotations

import pytest

from seamwright.contracts.coverage.judging import Judgement, Where, authenticated, judgement, refused_entry, succeeded
from seamwright.model.operation import Answer, Operation

OPERATION = Operation("op", "POST", "/", answers={"302": Answer("302")})


@pytest.mark.parametrize(
    ("status", "where", "expected"),
    [
        (200, "body", Judgement.ACCEPTED),
        (302, "query", Judgement.ACCEPTED),
        (301, "query", Judgement.NONE),
        (400, "cookie", Judgement.REFUSED),
        (422, "body", Judgement.REFUSED),
        (404, "path", Judgement.REFUSED),
        (404, "body", Judgement.NONE),
        (409, "body", Judgement.NONE),
        (412, "header", Judgement.REFUSED),
        (413, "body", Judgement.REFUSED),
        (414, "query", Judgement.REFUSED),
        (415, "body", Judgement.NONE),
        (401, "body", Judgement.NONE),
        (403, "path", Judgement.NONE),
        (429, "query", Judgement.NONE),
        (500, "body", Judgement.NONE),
        (0, "path", Judgement.NONE),
    ],
)
def test_judgement(status: int, where: Where, expected: Judgement) -> None:
    assert judgement(OPERATION, status, where) is expected


def test_success_is_2xx_or_a_declared_redirect() -> None:
    assert [status for status in (199, 200, 299, 301, 302, 400) if succeeded(OPERATION, status)] == [200, 299, 302]
    assert succeeded(Operation("op", "GET", "/", answers={"3XX": Answer("3XX")}), 307)


def test_who_was_let_in_and_who_was_turned_away() -> None:
    assert [s for s in (0, 200, 401, 403, 404, 407, 429, 500) if authenticated(s)] == [200, 404]
    assert [s for s in (0, 200, 401, 403, 404, 407, 429, 500) if refused_entry(s)] == [401, 403, 407]
