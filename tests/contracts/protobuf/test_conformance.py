"""Calls and answers against a contract: what is right, and each way of being wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seamwright.contracts.protobuf.conformance import ProtobufValidator
from seamwright.contracts.protobuf.operations import load_protobuf
from seamwright.model.exchange import Case, Exchange, Failure, Request, Response
from seamwright.model.operation import Contract, Operation
from seamwright.wire.protobuf import framed
from tests.annotated import annotated
from tests.library import LIBRARY
from tests.rpc import SHOP, contract_of


def _of(contract: Contract, name: str) -> Operation:
    found = contract.operation(name)
    assert found is not None
    return found


def _asked(text: str, name: str, **parts: Any) -> list[str]:
    contract = contract_of(text)
    case = Case(name, **parts)
    return [v.keyword for v in ProtobufValidator(contract).request_violations(_of(contract, name), case)]


def _answered(text: str, name: str, body: bytes, kind: str, status: int = 200) -> list[tuple[str, str]]:
    contract = contract_of(text)
    response = Response(status, (("content-type", kind),), body)
    exchange = Exchange(Request("GRPC", "grpc://a/b"), response, None, 0, 0)
    return [(v.place, v.keyword) for v in ProtobufValidator(contract).violations(_of(contract, name), exchange)]


def test_calls() -> None:
    assert _asked(SHOP, "Orders.GetOrder", body={"id": "1"}) == []
    assert _asked(SHOP, "Orders.GetOrder") == []
    assert _asked(SHOP, "Orders.GetOrder", body={"idx": "1"}) == ["type"]
    assert _asked(SHOP, "Orders.GetOrder", raw=b"\x0a") == ["syntax"]
    assert _asked(LIBRARY, "Library.Chat", body=[{"text": "a"}, {"text": 1}]) == ["type"]
    assert _asked(LIBRARY, "Library.Chat", body={"text": "a"}) == ["cardinality"]


def test_calls_that_break_an_annotation() -> None:
    contract = load_protobuf(annotated(), source="x")
    found = ProtobufValidator(contract).request_violations(_of(contract, "Accounts.GetAccount"), Case("a", body={}))
    assert [(v.place, v.keyword) for v in found] == [("/id", "required")]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("Orders.GetOrder", {"id": "1", "state": "PAID"}, []),
        ("Orders.GetOrder", {"state": 9}, [("/state", "enum")]),
        ("Orders.ListOrders", {"orders": [{"state": "OPEN"}, {"state": 9}]}, [("/orders/1/state", "enum")]),
    ],
)
def test_answers_in_json(name: str, value: Any, found: list[tuple[str, str]]) -> None:
    assert _answered(SHOP, name, json.dumps(value).encode(), "application/json") == found


def test_answers_of_streams_are_lists() -> None:
    body = json.dumps([{"text": "a"}, {"text": "b"}]).encode()
    assert _answered(LIBRARY, "Library.Chat", body, "application/json") == []
    assert _answered(LIBRARY, "Library.Chat", body, "application/json", status=206) == []


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ([b"\x0a\x011"], []),
        ([], [("", "cardinality")]),
        ([b"", b""], [("", "cardinality")]),
        ([b"\x0a\x7f"], [("", "syntax")]),
        ([b"\x08\x01"], [("/id", "wire-type")]),
        ([b"\x20\x09"], [("/state", "enum")]),
        ([b"\x32\x07\x08\x80\xa0\xdd\xe2\x92\x3f"], [("", "format")]),
    ],
)
def test_answers_as_they_travelled(messages: list[bytes], found: list[tuple[str, str]]) -> None:
    assert _answered(SHOP, "Orders.GetOrder", framed(messages), "application/grpc") == found


def test_required_fields_of_proto2() -> None:
    text = (
        'syntax = "proto2"; service S { rpc A(M) returns (M); } message M { required string a = 1; optional M m = 2; }'
    )
    assert _answered(text, "S.A", b"{}", "application/json") == [("/a", "required")]
    assert _answered(text, "S.A", b'{"a": "x", "m": {}}', "application/json") == [("/m/a", "required")]


def test_errors_and_silence_break_nothing() -> None:
    assert _answered(SHOP, "Orders.GetOrder", b'{"code": "NOT_FOUND"}', "application/json", status=404) == []
    contract = contract_of(SHOP)
    silent = Exchange(Request("GRPC", "grpc://a/b"), None, Failure("timeout", ""), 0, 0)
    assert ProtobufValidator(contract).violations(_of(contract, "Orders.GetOrder"), silent) == ()
