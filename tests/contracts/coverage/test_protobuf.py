"""What of a protobuf contract was exercised, by what was sent and how it ended."""

from __future__ import annotations

import json
from typing import Any

from seamwright.contracts.coverage import Meter
from seamwright.model.exchange import Case, Exchange, Failure, Request, Response
from tests.rpc import contract_of

PROTO = """
syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
service Orders {
  rpc Create(CreateRequest) returns (Order);
  rpc Watch(stream CreateRequest) returns (stream Order);
}
enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }
message CreateRequest {
  string customer_name = 1;
  repeated Line lines = 2;
  State state = 3;
  map<string, Line> by_name = 4;
  google.protobuf.Timestamp at = 5;
}
message Line { string sku = 1; Line inner = 2; }
message Order { string id = 1; Line line = 2; map<string, int32> counts = 3; }
"""

OK, INVALID, UNAUTHENTICATED, INTERNAL = "0", "3", "16", "13"
_HTTP = {OK: 200, INVALID: 400, UNAUTHENTICATED: 401, INTERNAL: 500}


class Rpc:
    """One rpc under a meter."""

    def __init__(self, operation: str = "Orders.Create") -> None:
        contract = contract_of(PROTO)
        found = contract.operation(operation)
        assert found is not None
        self.operation, self.meter = found, Meter(contract)

    def call(self, body: Any, answer: Any = None, *, code: str = OK, raw: bytes | None = None) -> None:
        """Send a message and count what came of it; an empty code stands for no answer."""
        request = Request("GRPC", f"http://h{self.operation.path}", (), raw or json.dumps(body).encode())
        headers = (("content-type", "application/json"), ("grpc-status", code))
        response = Response(_HTTP[code], headers, json.dumps(answer or {}).encode()) if code else None
        failure = None if code else Failure("reset", "reset")
        exchange = Exchange(request, response, failure, 0.0, 0.0, operation=self.operation.id)
        self.meter.sent(self.operation, Case(self.operation.id, body=body, raw=raw), exchange)
        self.meter.answered(self.operation, exchange)

    @property
    def done(self) -> dict[tuple[str, str], set[str]]:
        """Place and keyword → what was exercised; what was not at all is left out."""
        return {(p.place, p.keyword): set(p.done) for p in self.meter.points(self.operation) if p.done}


def test_every_field_is_a_point() -> None:
    rpc = Rpc()
    names = {(p.place, p.keyword) for p in rpc.meter.points(rpc.operation)}
    assert {
        ("answer", "success"),
        ("answer", "OK"),
        ("answer", "refused"),
        ("request", "message"),
        ("request/customer_name", "field"),
        ("request/state", "enum"),
        ("request/lines/sku", "field"),
        ("request/by_name/sku", "field"),
        ("request/lines/inner/inner", "field"),
        ("answer/line/inner/sku", "field"),
        ("answer/counts", "field"),
    } <= names
    assert not [place for place, _ in names if place.startswith("request/at/") or place.count("/") > 3]


def test_what_was_accepted_counts() -> None:
    rpc = Rpc()
    rpc.call(
        {"customerName": "a", "lines": [{"sku": "s"}], "state": "STATE_OPEN", "by_name": {"a": {"inner": {}}}},
        {"id": "1", "line": {"inner": {"sku": "s"}}, "counts": {"a": 1}},
    )
    done = rpc.done
    assert done["answer", "success"] == done["answer", "OK"] == {"answered"}
    assert done["request", "message"] == {"valid"}
    assert done["request/customer_name", "field"] == {"sent"}
    assert done["request/lines/sku", "field"] == {"sent"}
    assert done["request/lines/inner", "field"] == {"left out"}
    assert done["request/by_name/inner", "field"] == {"sent"}
    assert done["request/state", "enum"] == {"STATE_OPEN"}
    assert done["request/at", "field"] == {"left out"}
    assert done["answer/line/inner/sku", "field"] == {"answered"}
    assert ("answer", "refused") not in done


def test_what_was_refused_for_what_it_says_was_tried() -> None:
    rpc = Rpc()
    rpc.call({"customer_name": "a"}, code=INVALID)
    assert rpc.done["request/customer_name", "field"] == {"sent"}
    assert rpc.done["answer", "refused"] == {"answered"}
    assert ("answer", "success") not in rpc.done


def test_an_answer_that_would_have_come_to_anything_judges_nothing() -> None:
    for code in (UNAUTHENTICATED, INTERNAL, ""):
        rpc = Rpc()
        rpc.call({"customer_name": "a"}, code=code)
        assert rpc.done == {}


def test_bytes_that_are_no_message_break_the_whole() -> None:
    rpc = Rpc()
    rpc.call(None, code=INTERNAL, raw=b"\xff\xff")
    rpc.call({"customer_name": 5}, code=INVALID)
    assert rpc.done["request", "message"] == {"broken"}
    assert not [place for place, _ in rpc.done if place.startswith("request/")]


def test_every_message_of_a_stream_counts() -> None:
    rpc = Rpc("Orders.Watch")
    rpc.call([{"customer_name": "a"}, {"state": "STATE_UNSPECIFIED"}], [{"id": "1"}, {"line": {}}])
    assert rpc.done["request/customer_name", "field"] == {"sent", "left out"}
    assert rpc.done["request/state", "enum"] == {"STATE_UNSPECIFIED"}
    assert rpc.done["answer/line", "field"] == {"answered"}


def test_under_load_a_status_tells_success() -> None:
    rpc = Rpc()
    rpc.meter.counted(rpc.operation, 503)
    assert rpc.done == {}
    rpc.meter.counted(rpc.operation, 200)
    assert rpc.done["answer", "success"] == {"answered"}
