"""The contract of orders is true: every answer of the healthy service is declared and conforms."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
from jsonschema_rs import Draft202012Validator

from seamwright.demo.nursery import Nursery
from seamwright.demo.orders.contract import openapi
from tests.demo.customer import customers, new_key, new_order

SCHEMAS = openapi("http://127.0.0.1")


async def test_every_answer_is_declared_and_every_declared_error_is_given(nursery: Nursery, tmp_path: Path) -> None:
    seen: set[tuple[str, int]] = set()

    async def compare(answer: httpx2.Response) -> None:
        if answer.request.url.port != port:
            return
        await answer.aread()
        operation = _operation(answer.request.method, answer.request.url.path)
        declared = _resolved(operation["responses"].get(str(answer.status_code)))
        assert declared, f"{operation['operationId']} answered {answer.status_code}: {answer.text}"
        seen.add((operation["operationId"], answer.status_code))
        assert {name.lower() for name in declared.get("headers", {})} <= {*answer.headers}
        content = declared.get("content")
        if content is None:
            assert answer.content == b""
            return
        media_type = answer.headers["content-type"]
        schema = content[media_type]["schema"] | {"components": SCHEMAS["components"]}
        Draft202012Validator(schema).validate(answer.json())

    async with nursery.shop(data=tmp_path) as shop, customers(shop) as all_:
        port = shop.ports["orders"]
        all_.client.event_hooks["response"].append(compare)
        alice, bob, root, call = all_.alice, all_.bob, all_.root, all_.call
        order = await all_.ordered(alice)
        path, etag = f"/orders/{order['id']}", {"If-Match": '"1"'}
        other = f"/orders/{uuid.uuid4()}"
        json_type = {"Content-Type": "application/json"}

        key = new_key()
        for note in ("one", "one", "another"):
            await call("POST", "/orders", alice | key, json=new_order(note=note))
        await call("POST", "/orders", alice, json=new_order())
        await call("POST", "/orders", alice | {"Idempotency-Key": "short"}, json=new_order())
        await call("POST", "/orders", new_key(), json=new_order())
        await all_.order(alice, payment_method="card-declined")
        await all_.order(alice, note="x" * 20_000)
        await all_.order(alice, quantity=21)
        await all_.order(alice, note="\0")
        await call("POST", "/orders", alice | new_key() | json_type, content=b"{")
        await call("POST", "/orders", alice | new_key(), content=b"{}")

        for who in (alice, bob, root, {}):
            await call("GET", path, who)
            await call("GET", "/me", who)
            await call("GET", "/orders?limit=1&offset=0&search=a%25", who)
            await call("GET", "/admin/orders", who)
        await call("GET", "/orders/x", alice)
        for query in ("limit=0", "limit=101", "limit=x", "offset=-1", f"search={'x' * 101}", "limit=1.5"):
            await call("GET", f"/orders?{query}", alice)
            await call("GET", f"/admin/orders?{query}", root)

        change = {"note": "changed", "quantity": 2}
        for place, headers in (
            (path, etag),
            (path, alice),
            (path, alice | {"If-Match": "*"}),
            (path, bob | etag),
            (other, alice | etag),
            ("/orders/x", alice | etag),
            (path, alice | etag),
            (path, alice | etag),
        ):
            await call("PATCH", place, headers, json=change)
        await call("PATCH", path, alice | etag, json={"owner": "bob"})
        await call("PATCH", path, alice | etag, json={})
        await call("PATCH", path, alice | etag, json={"note": "x" * 20_000})
        await call("PATCH", path, alice | etag | json_type, content=b"nonsense")
        await call("PATCH", path, alice | etag, content=b"{}")

        for action in ("refund", "cancel"):
            spare = await all_.ordered(alice)
            for who in ({}, alice if action == "refund" else bob, root, root):
                await call("POST", f"/orders/{spare['id']}/{action}", who)
            await call("POST", f"{other}/{action}", root)
            await call("POST", f"/orders/x/{action}", root)
            await call("PATCH", f"/orders/{spare['id']}", alice | {"If-Match": '"2"'}, json=change)

        await call("GET", "/health", {})
        for who in ({}, alice, root):
            await call("POST", "/sandbox/reset", who)

    # 503 is given when identity or payments is away, and 403 to a token of this audience without a role
    declared = {(name, status) for name, status in _declared() if status not in {403, 503}}
    given = {(name, status) for name, status in seen if status != 403}
    assert given == declared - {("createOrder", 409)}
    assert {name for name, status in seen if status == 403} == {"listAllOrders", "refundOrder", "resetSandbox"}


def test_every_reference_leads_somewhere_and_every_text_is_bounded() -> None:
    for value in _walk(SCHEMAS):
        if "$ref" in value:
            assert _resolved(value)
        if value.get("type") == "string" and "enum" not in value and "format" not in value:
            assert "maxLength" in value or "pattern" in value or "description" not in value
        if value.get("type") == "object" and "properties" in value:
            assert value.get("additionalProperties") is False or "limit" in value["properties"]


def _declared() -> Iterator[tuple[str, int]]:
    for methods in SCHEMAS["paths"].values():
        for operation in methods.values():
            for status in operation["responses"]:
                yield operation["operationId"], int(status)


def _operation(method: str, path: str) -> dict[str, Any]:
    for template, methods in SCHEMAS["paths"].items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    raise AssertionError(f"{method} {path} is not in the contract")


def _resolved(value: dict[str, Any] | None) -> dict[str, Any]:
    while value is not None and "$ref" in value:
        reference, value = value["$ref"], SCHEMAS
        for step in reference.removeprefix("#/").split("/"):
            value = value[step]
    return value or {}


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _walk(one)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one)
