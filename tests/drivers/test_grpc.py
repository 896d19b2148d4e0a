"""Messages go in and come out as JSON; what JSON cannot stand for comes as it travelled; failures are told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest

from seamwright.contracts.protobuf.operations import load_protobuf
from seamwright.drivers.grpc import DRIVER, GrpcConnection
from seamwright.model.boundary import Boundary
from seamwright.model.errors import ContractError, TargetError
from seamwright.model.exchange import Exchange, Request
from seamwright.wire.protobuf import unframed
from tests.library import LIBRARY
from tests.rpc import SHOP, contract_of, serving_rpc
from tests.serving import free_port
from tests.shop import Shop, refuse


def _created(shop: Shop) -> None:
    shop.orders["a"] = {"id": "a", "customer": "alice"}


async def _called(connection: GrpcConnection, url: str, name: str, value: Any, **headers: str) -> Exchange:
    pairs = (("content-type", "application/json"), *((k.replace("_", "-"), v) for k, v in headers.items()))
    request = Request("GRPC", f"{url}/shop.v1.Orders/{name}", pairs, json.dumps(value).encode())
    return await connection.send(request, timeout=5)


@pytest.fixture
async def shop() -> AsyncIterator[tuple[Shop, GrpcConnection, str]]:
    made = Shop()
    _created(made)

    with serving_rpc(SHOP, made.answers()) as url:
        connection = DRIVER.opened(Boundary(kind="grpc", url=url), contract_of(SHOP))
        yield made, connection, url
        await connection.close()


async def test_messages_are_json(shop: tuple[Shop, GrpcConnection, str]) -> None:
    _, connection, url = shop
    exchange = await _called(connection, url, "GetOrder", {"id": "a"}, x_trace="7")
    assert exchange.ok
    assert exchange.response is not None
    assert exchange.response.json() == {"id": "a", "customer": "alice"}
    assert exchange.response.header("grpc-status") == "0"
    assert exchange.request.header("grpc-timeout") == "5S", "the deadline is part of what was sent"
    assert exchange.request.header("x-trace") == "7"


async def test_a_status_is_the_http_status_that_corresponds_to_it(shop: tuple[Shop, GrpcConnection, str]) -> None:
    _, connection, url = shop
    exchange = await _called(connection, url, "GetOrder", {"id": "b"})
    assert exchange.response is not None
    assert (exchange.status, exchange.response.header("grpc-status")) == (404, "5")
    assert exchange.response.json() == {"code": "NOT_FOUND", "message": "there is no such order"}
    unknown = await connection.send(Request("GRPC", f"{url}/shop.v1.Orders/Nothing"), timeout=5)
    assert unknown.status == 501


async def test_a_connection_of_its_own(shop: tuple[Shop, GrpcConnection, str]) -> None:
    _, connection, url = shop
    request = Request("GRPC", f"{url}/shop.v1.Orders/GetOrder", (("content-type", "application/json"),), b'{"id": "a"}')
    assert (await connection.send(request, timeout=5, fresh=True)).ok


async def test_bytes_are_sent_as_they_are(shop: tuple[Shop, GrpcConnection, str]) -> None:
    _, connection, url = shop
    target = f"{url}/shop.v1.Orders/GetOrder"
    good = await connection.send(
        Request("GRPC", target, (("content-type", "application/grpc"),), b"\x0a\x01a"), timeout=5
    )
    assert good.ok
    bad = await connection.send(
        Request("GRPC", target, (("content-type", "application/grpc"),), b"\x0a\x7f"), timeout=5
    )
    assert bad.status == 500


@pytest.mark.parametrize(
    ("which", "kind"),
    [("state", "application/json"), ("stray", "application/grpc"), ("cut", "application/grpc")],
)
async def test_what_json_cannot_stand_for_comes_as_it_travelled(
    shop: tuple[Shop, GrpcConnection, str], which: str, kind: str
) -> None:
    made, _, _ = shop
    text = SHOP.replace(
        "ListOrders(ListOrdersRequest) returns (ListOrdersResponse)", "ListOrders(GetOrderRequest) returns (Order)"
    )

    def odd(request: Any, context: Any) -> bytes:
        return {"state": b"\x20\x09", "stray": b"\x08\x01", "cut": b"\x0a\x7f"}[request["id"]]

    with serving_rpc(text, made.answers(ListOrders=odd)) as url:
        connection = GrpcConnection(url, contract_of(text))
        exchange = await _called(connection, url, "ListOrders", {"id": which})
        await connection.close()
    assert exchange.response is not None
    assert (exchange.status, exchange.response.media_type) == (200, kind)
    if kind == "application/grpc":
        assert len(unframed(exchange.response.body)) == 1
    else:
        assert exchange.response.json() == {"state": 9}


async def test_json_that_is_no_such_message_is_not_sent(shop: tuple[Shop, GrpcConnection, str]) -> None:
    _, connection, url = shop
    exchange = await _called(connection, url, "GetOrder", {"idx": 1})
    assert exchange.failure is not None
    assert (exchange.failure.kind, exchange.seconds < 1) == ("protocol", True)
    assert "shop.v1.GetOrderRequest" in exchange.failure.text


async def test_streams() -> None:
    def watch(request: Any, context: Any) -> Any:
        yield {"name": "a"}
        if request.get("page_size"):
            refuse(context, "ABORTED", "no more")
        yield {"name": "b"}

    def chat(requests: Any, context: Any) -> Any:
        for message in requests:
            yield {"text": message["text"] * 2}

    def load(requests: Any, context: Any) -> Any:
        return {"books": [request["book"] for request in requests]}

    with serving_rpc(LIBRARY, {"WatchBooks": watch, "Chat": chat, "ImportBooks": load}) as url:
        connection = GrpcConnection(url, contract_of(LIBRARY))

        async def called(name: str, value: Any) -> Any:
            path = f"{url}/library.v1.Library/{name}"
            request = Request("GRPC", path, (("content-type", "application/json"),), json.dumps(value).encode())
            exchange = await connection.send(request, timeout=5)
            assert exchange.response is not None, exchange
            return exchange.status, exchange.response.json()

        assert await called("WatchBooks", {}) == (200, [{"name": "a"}, {"name": "b"}])
        status, told = await called("WatchBooks", {"page_size": 1})
        assert (status, told["code"], told["messages"]) == (409, "ABORTED", [{"name": "a"}])
        assert await called("Chat", [{"text": "a"}, {"text": "b"}]) == (200, [{"text": "aa"}, {"text": "bb"}])
        books = [{"book": {"title": "x"}}, {"book": {"title": "y"}}]
        assert await called("ImportBooks", books) == (200, {"books": [{"title": "x"}, {"title": "y"}]})
        await connection.close()


async def test_a_stream_that_goes_on_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seamwright.drivers.grpc.MESSAGES", 5)

    def forever(request: Any, context: Any) -> Any:
        while context.is_active():
            yield {"name": "a"}

    with serving_rpc(LIBRARY, {"WatchBooks": forever}) as url:
        connection = GrpcConnection(url, contract_of(LIBRARY))
        path = f"{url}/library.v1.Library/WatchBooks"
        exchange = await connection.send(
            Request("GRPC", path, (("content-type", "application/json"),), b"{}"), timeout=5
        )
        await connection.close()
    assert exchange.response is not None
    assert (exchange.status, exchange.ok) == (206, True)
    assert len(exchange.response.json()) == 5
    assert exchange.response.header("grpc-status") is None


async def test_one_message_is_promised_and_the_number_is_another() -> None:
    text = LIBRARY.replace("GetBook(BookName) returns (Book)", "GetBook(BookName) returns (stream Book)")

    def served(request: Any, context: Any) -> Any:
        for _ in range(int(request["name"])):
            yield {"name": "a"}

    with serving_rpc(text, {"GetBook": served}) as url:
        connection = GrpcConnection(url, contract_of(LIBRARY))
        for number in (0, 2, 50):
            path = f"{url}/library.v1.Library/GetBook"
            body = json.dumps({"name": str(number)}).encode()
            exchange = await connection.send(
                Request("GRPC", path, (("content-type", "application/json"),), body), timeout=5
            )
            assert exchange.response is not None
            assert exchange.response.media_type == "application/grpc"
            assert len(unframed(exchange.response.body)) == min(number, 3)
        await connection.close()


async def test_details_of_an_error() -> None:
    class Detailed(grpc.GenericRpcHandler):  # type: ignore[misc]
        def service(self, details: Any) -> Any:
            def answer(request: Any, context: Any) -> bytes:
                violation = b"\x0a\x02id\x12\x03odd"
                inside = b"\x0a" + bytes([len(violation)]) + violation
                url = b"type.googleapis.com/google.rpc.BadRequest"
                packed = b"\x0a" + bytes([len(url)]) + url + b"\x12" + bytes([len(inside)]) + inside
                context.set_trailing_metadata((("grpc-status-details-bin", b"\x1a" + bytes([len(packed)]) + packed),))
                refuse(context, "INVALID_ARGUMENT", "bad")
                return b""

            return grpc.unary_unary_rpc_method_handler(answer)

    with serving_rpc(SHOP, {}, more=(Detailed(),)) as url:
        connection = GrpcConnection(url, contract_of(SHOP))
        exchange = await _called(connection, url, "GetOrder", {"id": "a"})
        await connection.close()
    assert exchange.response is not None
    assert exchange.status == 400
    assert exchange.response.json()["details"][0]["field_violations"] == [{"field": "id", "description": "odd"}]


async def test_a_conversation() -> None:
    def chat(requests: Any, context: Any) -> Any:
        for message in requests:
            yield {"text": message["text"] * 2}

    with serving_rpc(LIBRARY, {"Chat": chat}) as other:
        talking = GrpcConnection(other, contract_of(LIBRARY))
        talk = await talking.open(Request("GRPC", f"{other}/library.v1.Library/Chat"), timeout=5)
        assert talk.opening is None
        silent = await talk.say(None, wait=0.05, most=1)
        assert silent.failure is not None
        assert silent.failure.kind == "timeout"
        first = await talk.say('{"text": "a"}', wait=5, most=1)
        assert first.response is not None
        assert (first.status, first.response.json()) == (206, [{"text": "aa"}])
        raw = await talk.say(b"\x0a\x01b", wait=5, most=1)
        assert raw.response is not None
        assert raw.response.json() == [{"text": "bb"}]
        with pytest.raises(ValueError, match="share their connection"):
            await talk.put(b"x", wait=1, most=1)
        last = await talk.end(wait=5)
        assert (last.status, last.response and last.response.json()) == (200, [])
        await talk.close()
        await talk.close()
        await talking.close()


async def test_failures_are_told_and_not_raised() -> None:
    connection = GrpcConnection(f"grpc://127.0.0.1:{free_port()}", contract_of(SHOP))
    exchange = await _called(connection, "grpc://127.0.0.1:1", "GetOrder", {})
    assert exchange.failure is not None
    assert exchange.failure.kind == "connect"
    await connection.close()


async def test_a_boundary_tells_its_contract() -> None:
    with serving_rpc(SHOP, {}, reflect=("v1",)) as url:
        boundary = Boundary(kind="grpc", url=url)
        assert DRIVER.describe is not None
        data = await DRIVER.describe(boundary, [{}, {"authorization": "Bearer a"}])
        assert load_protobuf(data, source=url).digest == contract_of(SHOP).digest
        plain = DRIVER.opened(boundary, None)
        assert isinstance(plain, GrpcConnection)
        await plain.close()
    with pytest.raises(TargetError):
        await DRIVER.describe(Boundary(kind="grpc", url=f"grpc://127.0.0.1:{free_port()}"), [{}])
    with serving_rpc(SHOP, {}) as url, pytest.raises(ContractError, match="reflection"):
        await DRIVER.describe(Boundary(kind="grpc", url=url), [{}, {}])
