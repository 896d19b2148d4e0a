"""What a mock tells about itself."""

from __future__ import annotations

import json

from seamwright.engines.mock import Journal
from seamwright.model.exchange import Request, Response
from seamwright.services.mock.control import Control
from tests.engines.mock.conversation import Talk, talk


def asked(mock: Talk, method: str, path: str, journal: Journal | None = None) -> Response:
    control = Control(lambda: mock.mock, journal or Journal(), lambda: b'{"openapi":"3.0.3"}')
    return control.answer(Request(method, f"/__seamwright/{path}"))


def test_the_state_can_be_seen_and_put_back() -> None:
    mock = talk()
    order = mock.ask("POST", "/orders", {"item": "tea"}).json
    state = asked(mock, "GET", "state").json()
    assert order["id"] in [record["key"] for record in state["orders"]]
    assert asked(mock, "POST", "reset").status == 204
    assert asked(mock, "GET", "state").json() == {}


def test_what_each_operation_is_taken_to_do() -> None:
    told = asked(talk(), "GET", "operations").json()["operations"]
    assert told[1] == {
        "id": "createOrder",
        "method": "POST",
        "path": "/orders",
        "role": "create",
        "resource": "orders",
        "id_at": "id",
        "answers": ["201", "422"],
    }


def test_the_contract() -> None:
    assert asked(talk(), "HEAD", "contract").json() == {"openapi": "3.0.3"}


def test_the_journal() -> None:
    journal = Journal()
    journal.add(0, 0, Request("GET", "/orders"), None, "listOrders")
    journal.add(0, 0, Request("GET", "/settings"), None, "getSettings")
    assert len(asked(talk(), "GET", "journal", journal).json()["entries"]) == 2
    assert len(asked(talk(), "GET", "journal?operation=getSettings", journal).json()["entries"]) == 1
    assert asked(talk(), "DELETE", "journal", journal).status == 204
    assert json.loads(asked(talk(), "GET", "journal", journal).body) == {"entries": []}


def test_what_is_not_there() -> None:
    refused = asked(talk(), "PUT", "reset")
    assert (refused.status, refused.header("allow")) == (405, "POST")
    missing = asked(talk(), "GET", "nothing")
    assert missing.status == 404
    assert "/__seamwright/journal" in missing.json()["detail"]
