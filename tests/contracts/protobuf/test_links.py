"""Which rpc gives the id that a field wants, in contracts as people write them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seamwright.contracts.protobuf.links import Maker, Need, chosen_ids, makers, needs, reader, value_at
from seamwright.model.exchange import Exchange, Request, Response
from seamwright.model.operation import Operation
from tests.library import LIBRARY
from tests.rpc import SHOP, contract_of


def _told(text: str, name: str) -> list[tuple[str, str, list[str]]]:
    """The fields of an rpc that want an id: path, noun, and who gives it."""
    contract = contract_of(text)
    operation = contract.operation(name)
    assert operation is not None
    return [
        (
            ".".join(need.path),
            need.noun,
            [f"{m.kind} {m.operation.id} {'.'.join(m.path)}" for m in makers(contract, operation, need)],
        )
        for need in needs(contract, operation)
    ]


def test_the_id_of_what_an_rpc_is_about() -> None:
    gives = ["create Orders.CreateOrder id", "list Orders.ListOrders orders.id"]
    assert _told(SHOP, "Orders.GetOrder") == [("id", "order", gives)]
    assert _told(SHOP, "Orders.DeleteOrder") == [("id", "order", gives)]
    assert _told(SHOP, "Orders.CreateOrder") == []
    assert _told(SHOP, "Orders.ListOrders") == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            "Library.GetBook",
            [("name", "book", ["create Library.CreateBook name", "list Library.ListBooks books.name"])],
        ),
        ("Library.CreateBook", [("shelf_id", "shelf", ["create Library.AddShelf shelf_id"])]),
        (
            "Library.UpdateBook",
            [("book.name", "book", ["create Library.CreateBook name", "list Library.ListBooks books.name"])],
        ),
        ("Library.AddShelf", [("owner_user_id", "user", ["create Users.Create user.id", "list Users.List users.id"])]),
        ("Library.GetBookStatus", [("name", "bookstatus", ["create Library.CreateBook name"])]),
        ("Users.Remove", [("ids", "user", ["create Users.Create user.id", "list Users.List users.id"])]),
        ("Library.CreateCard", []),
    ],
)
def test_ids_of_other_things(name: str, wanted: list[tuple[str, str, list[str]]]) -> None:
    assert _told(LIBRARY, name) == wanted


def test_ids_that_the_caller_chooses() -> None:
    contract = contract_of(LIBRARY)
    card = contract.operation("Library.CreateCard")
    punch = contract.operation("Library.PunchCard")
    assert card is not None
    assert punch is not None
    assert chosen_ids(contract, card) == (("card_id",),)
    [need] = needs(contract, punch)
    [maker] = makers(contract, punch, need)
    assert (maker.where, maker.path) == ("request", ("card_id",))
    request = Request("GRPC", "grpc://a/b", (), json.dumps({"card_id": "c-1"}).encode())
    exchange = Exchange(request, Response(200, (("content-type", "application/json"),), b"{}"), None, 0, 0)
    assert maker.value(exchange) == "c-1"


def test_who_reads_what_another_makes() -> None:
    contract = contract_of(LIBRARY)
    book, shelf = contract.operation("Library.CreateBook"), contract.operation("Library.AddShelf")
    assert book is not None
    assert shelf is not None
    found = reader(contract, book)
    assert found is not None
    assert found.id == "Library.GetBook"
    assert reader(contract, shelf) is None


def test_ids_are_taken_out_of_answers_and_put_into_messages() -> None:
    made = Maker(Operation("a", "UNARY", "/a/b"), "list", "answer", ("users", "id"))

    def answered(status: int, body: object, kind: str = "application/json") -> Exchange:
        response = Response(status, (("content-type", kind),), json.dumps(body).encode())
        return Exchange(Request("GRPC", "grpc://a/b"), response, None, 0, 0)

    assert made.value(answered(200, {"users": [{"id": "7"}]})) == "7"
    assert made.value(answered(200, {"users": []})) is None
    assert made.value(answered(404, {"users": [{"id": "7"}]})) is None
    assert made.value(answered(200, {"users": [{"id": "7"}]}, "application/grpc")) is None
    message: dict[str, Any] = {"user": {"name": "a"}}
    Need(("user", "id"), "user", number=True, several=False).put(message, "7")
    assert message == {"user": {"name": "a", "id": 7}}
    Need(("ids",), "user", number=False, several=True).put(message, 7)
    assert message["ids"] == ["7"]
    in_list = Need(("lines", "sku"), "sku", number=False, several=False, lists=frozenset({0}))
    before: list[dict[str, Any]] = [{}, {"lines": []}, {"lines": [{"sku": "old"}]}]
    for lines in before:
        in_list.put(lines, "new")
        assert lines == {"lines": [{"sku": "new"}]}
    with pytest.raises(ValueError):
        Need(("id",), "user", number=True, several=False).put({}, "seven")
    assert value_at({"a": [{"b": 1}, {"b": 2}]}, ("a", "b")) == 1
    assert value_at({"a": {"b": {}}}, ("a", "b")) is None
