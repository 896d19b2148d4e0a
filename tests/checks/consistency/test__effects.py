"""Keys and canaries of the calls whose effects are counted."""

from __future__ import annotations

from seamwright.checks.consistency._effects import created_id, key_header, room, with_key
from seamwright.model.exchange import Case, Exchange, Request, Response
from tests.checks.consistency.accounts import DOCUMENT
from tests.checks.stage import contract_of

CONTRACT = contract_of(DOCUMENT)
OPEN = CONTRACT.operation("openAccount")


def _made(status: int, body: bytes) -> Exchange:
    return Exchange(Request("POST", "http://127.0.0.1/accounts"), Response(status, (), body), None, 0, 0)


def test_the_key_replaces_that_of_the_case_however_it_is_spelt() -> None:
    assert key_header(OPEN) == "Idempotency-Key"
    case = with_key(Case("openAccount", headers={"idempotency-key": "old", "x": "y"}), "Idempotency-Key", "new")
    assert case.headers == {"x": "y", "Idempotency-Key": "new"}


def test_what_was_made_is_told_by_an_answer_of_the_success_class_only() -> None:
    assert created_id(CONTRACT, OPEN, _made(201, b'{"id": 5}')) == (5,)
    assert created_id(CONTRACT, OPEN, _made(409, b'{"id": 5}')) is None


def test_a_canary_goes_where_it_is_read_back() -> None:
    assert room(CONTRACT, OPEN) == "note"
