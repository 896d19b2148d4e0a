"""The operations on one kind of thing are found together."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.links import resources, shape
from tests.contracts.documents import contract


def _op(name: str) -> dict[str, Any]:
    return {"operationId": name, "responses": {"200": {"description": ""}}}


def test_a_resource_has_its_operations_and_what_lies_in_it_has_its_own() -> None:
    found = contract(
        {
            "/orders": {"post": _op("create"), "get": _op("list")},
            "/orders/{orderId}": {"get": _op("get"), "put": _op("put"), "patch": _op("patch"), "delete": _op("remove")},
            "/orders/{id}/cancel": {"post": _op("cancel")},
            "/orders/{id}/lines": {"post": _op("addLine")},
            "/orders/{id}/lines/{n}": {"get": _op("line")},
            "/login": {"post": _op("login")},
        }
    )
    order, line = resources(found)
    told = [getattr(order, part) for part in ("read", "create", "list", "remove")]
    assert [operation.id for operation in told] == ["get", "create", "list", "remove"]
    assert [operation.id for operation in order.updates] == ["put", "patch"]
    assert [operation.id for operation in order.actions] == ["cancel"]
    assert (order.shape, order.above) == ("/orders/{}", "")
    assert line.read is not None
    assert line.create is not None
    assert (line.read.id, line.create.id, line.list, line.remove) == ("line", "addLine", None, None)
    assert line.above == "/orders/{}"
    assert shape("/orders/{id}/lines/") == "/orders/{}/lines"
