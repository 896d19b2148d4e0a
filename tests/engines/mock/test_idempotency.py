"""Repeated calls under one key are answered as the first one was."""

from __future__ import annotations

from typing import Any

from tests.contracts.documents import contract
from tests.engines.mock.conversation import Talk, answers, body

PAYMENT = {
    "type": "object",
    "required": ["id", "amount"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "amount": {"type": "integer"}},
}
KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}


def payments(*parameters: Any, **statuses: Any) -> Talk:
    return Talk(
        contract(
            {
                "/payments": {
                    "get": {"responses": answers(s200={"type": "array", "items": PAYMENT})},
                    "post": {
                        "parameters": list(parameters),
                        "requestBody": body(PAYMENT),
                        "responses": answers(s201=PAYMENT, **statuses),
                    },
                }
            }
        )
    )


def pay(mock: Talk, amount: int, key: str) -> Any:
    return mock.ask("POST", "/payments", {"amount": amount}, headers={"Idempotency-Key": key})


def test_the_same_key_gives_the_same_answer_and_does_nothing_again() -> None:
    mock = payments(KEY)
    count = len(mock.ask("GET", "/payments").json)
    first = pay(mock, 5, "k")
    again = pay(mock, 5, "k")
    assert again.response == first.response
    assert "answered as before" in again.reply.notes[0]
    assert len(mock.ask("GET", "/payments").json) == count + 1
    assert pay(mock, 5, "other").json["id"] != first.json["id"]


def test_a_key_for_another_request_is_refused_where_the_contract_can_say_so() -> None:
    mock = payments(KEY, s422=None)
    pay(mock, 5, "k")
    assert pay(mock, 6, "k").status == 422
    lax = payments(KEY)
    first = pay(lax, 5, "k")
    assert pay(lax, 6, "k").response == first.response


def test_a_key_that_the_contract_does_not_have_means_nothing() -> None:
    mock = payments()
    assert pay(mock, 5, "k").json["id"] != pay(mock, 5, "k").json["id"]


def test_keys_are_forgotten_with_everything_else() -> None:
    mock = payments(KEY)
    first = pay(mock, 5, "k")
    mock.mock.reset()
    assert pay(mock, 6, "k").json["amount"] == 6
    assert first.json["amount"] == 5
