"""What a refusal says of a body is read from its text, however it spells a place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seamwright.model.exchange import Exchange, Request, Response
from seamwright.run.bodies import at, is_taken, members, places, put, without

BODY: dict[str, Any] = {"user": {"name": "Ada", "tags": [{"key": "a"}]}, "note": "n"}


def refusal(told: Any, status: int = 400) -> Exchange:
    response = Response(status, (("content-type", "application/json"),), json.dumps(told).encode())
    return Exchange(Request("POST", "http://t/"), response, None, 0.0, 0.0)


@pytest.mark.parametrize(
    "told",
    [
        {"message": "user.name in body: is required"},
        {"errors": [{"pointer": "/user/name"}]},
        {"detail": [{"loc": ["body", "user", "name"], "msg": "field required"}]},
        "body.user.name is missing",
    ],
)
def test_a_place_is_found_however_it_is_spelt(told: Any) -> None:
    assert ("user", "name") in places(refusal(told))


def test_an_address_of_the_web_is_no_place_of_this_body() -> None:
    assert not set(places(refusal({"info": "https://example.com/help"}))) & set(members(BODY))


@pytest.mark.parametrize(
    ("status", "text", "taken"),
    [
        (409, "conflict", True),
        (400, "This name already exists", True),
        (422, "email has been taken", True),
        (400, "property note should not exist", False),
        (400, "name is required", False),
        (500, "duplicate key", False),
    ],
)
def test_what_is_taken_is_told_by_the_status_or_in_words(status: int, text: str, taken: bool) -> None:
    assert is_taken(refusal({"error": text}, status)) is taken


def test_a_member_is_put_where_its_way_is_there() -> None:
    assert at(put(BODY, ("user", "city"), "Ulm"), ("user", "city")) == "Ulm"
    assert at(put(BODY, ("user", "tags", 0, "key"), "b"), ("user", "tags", 0, "key")) == "b"
    assert put("text", ("user",), "Ulm") == "text"
    assert at(BODY, ("user", "city")) is None
    assert without(put(BODY, ("user", "city"), "Ulm"), [("user", "city")]) == BODY
