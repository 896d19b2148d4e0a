"""Recordings as scripts: only what went to the boundary, without its credentials, in its order."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.load import Entry, Recorded
from seamwright.model.errors import UsageError
from seamwright.model.subject import Subject
from seamwright.run.recorded import moments, recorded
from seamwright.run.scripts import Marks
from tests.run.trial import contract_of, document, manifest_of

BASE = "http://127.0.0.1:7001/v1"


def entry(at: float, method: str = "GET", path: str = "/orders", *, base: str = BASE, **more: Any) -> Entry:
    return Entry(
        1,
        at,
        more.get("took", 0.1),
        method,
        base + path,
        tuple(more.get("headers", ())),
        more.get("body", b""),
        more.get("status", 200),
    )


def subject(**boundary: Any) -> Subject:
    manifest = manifest_of(
        {"orders": {"kind": "http", "url": BASE, **boundary}}, identities={"alice": {"token": "t0ken-of-alice"}}
    )
    schemes = {
        "key": {"type": "apiKey", "in": "query", "name": "k"},
        "own": {"type": "apiKey", "in": "header", "name": "X-Own"},
    }
    made = document("GET /orders", "POST /orders", "GET /orders/{id}", "GET /orders/latest", schemes=schemes)
    return Subject(manifest.boundaries["orders"], contract_of(made), manifest)


def test_requests_come_in_their_order_with_their_pauses_matched_to_operations() -> None:
    given = Recorded(
        "out/shop.har",
        (
            entry(0.0),
            entry(1.1, "POST", headers=(("Content-Type", "application/json"),), body=b'{"a": 1}', took=0.5),
            entry(1.2, path="/orders/7?full=a%20b"),
            entry(3.3, path="/orders/latest"),
        ),
    )
    script = recorded(subject(), given, speed=2)
    ((name, (_, lines)),) = script.scenarios.items()
    assert name == "shop"
    assert [line.name for line in lines] == [
        *("shop/getOrders", "shop/postOrders", "shop/getOrdersId", "shop/getOrdersLatest"),
    ]
    assert [line.think.constant for line in lines] == pytest.approx([0.5, 0.0, 1.0, 0.0])
    posted, got = (line.request({}, Marks()) for line in lines[1:3])
    assert (posted.body, posted.headers) == (b'{"a": 1}', (("Content-Type", "application/json"),))
    assert got.url == f"{BASE}/orders/7?full=a%20b"
    assert (script.left_out, script.notes, script.writes) == ({}, (), True)


def test_credentials_are_not_taken_and_it_is_said() -> None:
    secrets = [("Authorization", "Bearer s3cret"), ("cookie", "a=b"), ("X-Own", "s3cret"), ("X-Auth-Token", "s3cret")]
    mine = [(":authority", "h"), ("Host", "h"), ("Accept-Encoding", "br"), ("If-None-Match", '"x"'), ("Accept", "*/*")]
    given = Recorded("s.har", (entry(0, path="/orders?k=s3cret&limit=5&access_token=s3cret", headers=secrets + mine),))
    script = recorded(subject(), given)
    (line,) = script.scenarios["s"][1]
    request = line.request({}, Marks())
    assert request.url == f"{BASE}/orders?limit=5"
    assert request.headers == (("Accept", "*/*"),)
    assert line.identity is not None
    assert line.identity.name == "alice"
    (note,) = script.notes
    assert note.startswith("credentials are not taken from the recording, those of the identity are sent: query k, ")
    assert note.endswith("query access_token, header authorization, header cookie, header x-own, header x-auth-token")


def test_everything_else_is_left_out_by_name() -> None:
    given = Recorded(
        "s.har",
        (
            entry(0, base="https://user:pw@cdn.example", path="/a.js"),
            entry(0, base="https://cdn.example", path="/b.js"),
            entry(0, base="http://127.0.0.1:7002/v1"),
            entry(0, base="http://127.0.0.1:7001", path="/favicon.ico"),
            entry(0, path="/unknown"),
            entry(0, "DELETE"),
            entry(0, path="/orders/9", status=404),
            entry(0, path="/orders/8", status=0),
            entry(0, "POST"),
            entry(0.5),
        ),
    )
    script = recorded(subject(exclude=["postOrders"]), given)
    assert [line.name for line in script.scenarios["s"][1]] == ["s/getOrders"]
    assert script.left_out == {
        "https://cdn.example": "another host than the boundary's (2 requests)",
        "http://127.0.0.1:7002": "another host than the boundary's",
        "GET /favicon.ico": "lies outside of /v1",
        "GET /v1/unknown": "is no operation of the contract",
        "DELETE /v1/orders": "is no operation of the contract",
        "GET /v1/orders/9": "was answered 404 when it was recorded",
        "GET /v1/orders/8": "was not answered when it was recorded",
        "postOrders": "the manifest excludes it",
    }


def test_what_cannot_be_put_on_the_wire_is_wrong_usage() -> None:
    for wrong in (entry(0, path="/orders?a=b c"), entry(0, headers=(("X-A", "b\r\nc: d"),))):
        with pytest.raises(UsageError, match=r"s.har: entry 1 cannot be sent as it is"):
            recorded(subject(), Recorded("s.har", (wrong,)))


def test_nothing_left_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"s.har: has no request that can be sent .* another host"):
        recorded(subject(), Recorded("s.har", (entry(0, base="http://other"),)))


def test_each_request_may_go_at_its_own_moment() -> None:
    given = Recorded("s.har", (entry(0, base="http://other"), entry(2.0), entry(2.5), entry(4.0, path="/orders/1")))
    script = recorded(subject(), given, apart=True)
    assert list(script.scenarios) == ["s/getOrders", "s/getOrders#2", "s/getOrdersId"]
    assert script.in_turn
    assert moments(subject(), given, 2.0).offsets.tolist() == [0, 250_000_000, 1_000_000_000]
