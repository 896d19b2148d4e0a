"""How rpcs are spoken: the message as JSON or raw bytes, metadata as headers; safe is what is declared so."""

from __future__ import annotations

import json

from seamwright.model.exchange import Case
from seamwright.run.speech import spoken
from seamwright.run.speech.protobuf import SPEECH
from tests.rpc import SHOP, contract_of

CONTRACT = contract_of(SHOP)
BASE = "grpc://127.0.0.1:9"


def test_it_is_the_speech_of_its_contracts() -> None:
    assert spoken(CONTRACT) is SPEECH


def test_requests() -> None:
    operation = CONTRACT.operation("Orders.GetOrder")
    assert operation is not None
    request = SPEECH.render(BASE, CONTRACT, operation, Case(operation.id, body={"id": "ä"}, headers={"X-Trace": 7}))
    assert (request.method, request.url) == ("GRPC", f"{BASE}/shop.v1.Orders/GetOrder")
    assert request.headers == (("content-type", "application/json"), ("x-trace", "7"))
    assert json.loads(request.body) == {"id": "ä"}
    assert SPEECH.render(BASE, CONTRACT, operation, Case(operation.id)).body == b"{}"
    raw = SPEECH.render(BASE, CONTRACT, operation, Case(operation.id, body={"id": "a"}, raw=b"\x0a"))
    assert (raw.header("content-type"), raw.body) == ("application/grpc", b"\x0a")


def test_what_production_lets_pass() -> None:
    read, write = CONTRACT.operation("Orders.GetOrder"), CONTRACT.operation("Orders.CreateOrder")
    assert read is not None
    assert write is not None
    assert SPEECH.declared(read, Case(read.id, body={}))
    assert not SPEECH.declared(read, Case(read.id, raw=b""))
    assert not SPEECH.declared(read, Case(read.id, headers={"x": "y"}))
    assert not SPEECH.declared(write, Case(write.id, body={}))
