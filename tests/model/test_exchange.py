"""Exchanges: what is read from them, and that they come back from JSON as they went."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from seamwright.model.exchange import Case, Exchange, Failure, Request, Response

ANSWERED = Exchange(
    Request("POST", "http://h/orders", (("Content-Type", "application/json"), ("X-A", "1"), ("x-a", "2")), b'{"a":1}'),
    Response(
        201, (("content-type", "Application/JSON; charset=utf-8"), ("location", "/orders/1")), b'{"id":"\xc3\xa4"}'
    ),
    None,
    started=1.5,
    seconds=0.25,
    boundary="orders",
    operation="createOrder",
    identity="alice",
    check="contract.x",
    number=7,
    note="creates",
)
FAILED = Exchange(Request("GET", "http://h/"), None, Failure("reset", "the connection was reset"), 1.0, 0.1)


def test_headers_are_found_without_case_and_the_first_wins() -> None:
    assert ANSWERED.request.header("CONTENT-TYPE") == "application/json"
    assert ANSWERED.request.header("x-A") == "1"
    assert ANSWERED.request.header("missing") is None


def test_an_answer_is_read() -> None:
    assert ANSWERED.response is not None
    assert ANSWERED.response.media_type == "application/json"
    assert ANSWERED.response.json() == {"id": "ä"}
    assert Response(200).media_type == ""
    assert Response(200, (), b"\xff").text == "\ufffd"
    with pytest.raises(ValueError):
        Response(200, (), b"{").json()


def test_only_an_answer_of_the_success_class_is_ok() -> None:
    assert ANSWERED.ok
    assert not FAILED.ok
    assert FAILED.status == 0
    assert not replace(ANSWERED, response=Response(302)).ok


def test_it_says_what_happened() -> None:
    assert str(ANSWERED) == "POST http://h/orders → 201"
    assert str(FAILED) == "GET http://h/ → no answer (reset)"


@pytest.mark.parametrize(
    "exchange", [ANSWERED, FAILED, replace(ANSWERED, response=Response(200, (), b"\xff\x00"), identity=None)]
)
def test_it_comes_back_from_json_as_it_went(exchange: Exchange) -> None:
    again = Exchange.from_json(json.loads(json.dumps(exchange.to_json())))

    assert again == exchange
    assert again.digest() == exchange.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"started": 1.6},
        {"note": "other"},
        {"request": Request("POST", "http://h/orders", (), b'{"a":1}')},
        {"response": Response(201, (), b"")},
        {"number": 8},
    ],
)
def test_the_digest_changes_with_any_part(change: dict[str, object]) -> None:
    assert replace(ANSWERED, **change).digest() != ANSWERED.digest()  # type: ignore[arg-type]


def test_a_case_is_copied_with_changes() -> None:
    case = Case("createOrder", body={"a": 1}, media_type="application/json")
    assert case.but(body={"a": 2}) == Case("createOrder", body={"a": 2}, media_type="application/json")
    assert case.body == {"a": 1}
