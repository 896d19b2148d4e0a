"""The journal: what was asked and answered, without secrets."""

from __future__ import annotations

import json

from seamwright.engines.mock.arrivals import Reply
from seamwright.engines.mock.journal import KEPT, Journal
from seamwright.model.bench import Violation
from seamwright.model.exchange import Request, Response

SECRETS = frozenset({"authorization", "cookie", "set-cookie", "key"})


def test_an_entry_tells_the_request_the_answer_and_what_was_wrong() -> None:
    journal = Journal()
    request = Request("POST", "/orders?limit=3&key=hush", (("Authorization", "Bearer hush"),), b'{"a":1}')
    reply = Reply(
        Response(422, (("set-cookie", "sid=hush; Path=/"),), b"\xff"), (Violation("/body", "type", "is odd"),)
    )
    entry = journal.add(1.5, 0.25, request, reply, "createOrder")
    told = entry.to_json(SECRETS)
    assert "hush" not in json.dumps(told)
    assert told["request"]["path"] == "/orders"
    assert told["request"]["query"] == "limit=3&key=***"
    assert told["request"]["headers"] == [["Authorization", "Bearer ***"]]
    assert told["request"]["text"] == '{"a":1}'
    assert told["response"] == {"status": 422, "headers": [["set-cookie", "sid=***; Path=/"]], "base64": "/w=="}
    assert told["violations"] == [{"place": "/body", "keyword": "type", "text": "is odd"}]
    assert (told["number"], told["at"], told["seconds"], told["operation"]) == (1, 1.5, 0.25, "createOrder")
    assert str(entry) == "POST /orders 422 createOrder 250 ms (/body: is odd)"


def test_cookies_and_keys_are_hidden_in_requests() -> None:
    request = Request("GET", "/", (("Cookie", "a=1; b=2"), ("key", "hush")))
    shown = Journal().add(0, 0, request, None, None, "reset").to_json(SECRETS)
    assert shown["request"]["headers"] == [["Cookie", "a=***; b=***"], ["key", "***"]]
    assert (shown["response"], shown["fault"]) == (None, "reset")


def test_long_bodies_are_cut_and_that_is_told() -> None:
    shown = Journal().add(0, 0, Request("PUT", "/", (), b"x" * 70_000), None, None).to_json(SECRETS)
    assert (len(shown["request"]["text"]), shown["request"]["cut"]) == (65_536, 70_000)


def test_the_last_entries_are_kept_and_can_be_chosen_by_operation() -> None:
    journal = Journal()
    for number in range(KEPT + 5):
        journal.add(0, 0, Request("GET", "/"), None, "even" if number % 2 == 0 else "odd")
    assert [entry.number for entry in journal.entries()][:1] == [6]
    assert len(journal.entries()) == KEPT
    assert {entry.operation for entry in journal.entries("odd")} == {"odd"}
    journal.clear()
    assert journal.entries() == []
