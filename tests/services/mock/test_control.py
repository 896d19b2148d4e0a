"""What a mock tells about itself."""

from __future__ import annotations

from dataclasses import replace

from seamwright.model.exchange import Request, Response
from seamwright.services.mock.control import Control, Inside
from seamwright.services.mock.journals import KeptJournal
from seamwright.services.mock.kind import Settings

INSIDE = Inside(
    reset=lambda: None,
    state=lambda: {"orders": [{"key": "1"}]},
    contract=lambda: ("application/json", b'{"openapi":"3.0.3"}'),
    operations=lambda: [{"id": "listOrders"}],
)


def kept() -> KeptJournal:
    return KeptJournal(Settings(), lambda: {"authorization"})


def asked(method: str, path: str, inside: Inside = INSIDE, journal: KeptJournal | None = None) -> Response:
    return Control(inside, journal or kept()).answer(Request(method, f"/__seamwright/{path}"))


def test_the_state_can_be_seen_and_put_back() -> None:
    put_back: list[str] = []
    inside = replace(INSIDE, reset=lambda: put_back.append("now"))
    assert asked("GET", "state", inside).json() == {"orders": [{"key": "1"}]}
    assert asked("POST", "reset", inside).status == 204
    assert put_back == ["now"]


def test_what_each_operation_is_taken_to_do() -> None:
    assert asked("GET", "operations").json() == {"operations": [{"id": "listOrders"}]}


def test_the_contract_in_its_own_media_type() -> None:
    assert asked("HEAD", "contract").json() == {"openapi": "3.0.3"}
    told = asked("GET", "contract", replace(INSIDE, contract=lambda: ("application/protobuf", b"\n")))
    assert (told.header("content-type"), told.body) == ("application/protobuf", b"\n")


def test_the_journal() -> None:
    journal = kept()
    journal.add(0, 0, Request("GET", "/orders", (("authorization", "Bearer hush"),)), None, "listOrders")
    journal.add(0, 0, Request("GET", "/settings"), None, "getSettings")
    told = asked("GET", "journal", journal=journal)
    assert len(told.json()["entries"]) == 2
    assert "hush" not in told.text
    assert len(asked("GET", "journal?operation=getSettings", journal=journal).json()["entries"]) == 1
    assert asked("DELETE", "journal", journal=journal).status == 204
    assert asked("GET", "journal", journal=journal).json() == {"entries": []}


def test_what_is_not_there() -> None:
    refused = asked("PUT", "reset")
    assert (refused.status, refused.header("allow")) == (405, "POST, OPTIONS")
    assert (asked("OPTIONS", "reset").status, asked("OPTIONS", "reset").header("allow")) == (204, "POST, OPTIONS")
    missing = asked("GET", "nothing")
    assert missing.status == 404
    assert "/__seamwright/journal" in missing.json()["detail"]
