"""A service that ends in the middle of a run is told of once."""

from __future__ import annotations

import asyncio

import pytest

from seamwright.drivers.http import HttpConnection
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.run import silence
from seamwright.run.scope import Scope
from seamwright.run.sessions import Sender
from seamwright.run.silence import IN_A_ROW, Silence
from tests.run.shelf import Shelf
from tests.run.trial import manifest_of
from tests.serving import serving


async def test_a_service_that_ends_is_told_of_once_with_what_it_answered_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "LASTING", 0.2)
    told: list[str] = []
    connection = HttpConnection()
    with serving(Shelf().app()) as url:
        out = Sender("api", connection, Scope(manifest_of({"api": url})), told.append)
        for operation in ("createItem", "echo"):
            sent = await out.send(Request("GET", f"{url}/echo"), recording=None, timeout=5, operation=operation)
            assert sent.ok
    assert not told
    loop = asyncio.get_running_loop()
    end, tried = loop.time() + 20, 0
    while not told and loop.time() < end:
        await out.send(Request("GET", f"{url}/echo"), recording=None, timeout=5)
        tried += 1
    assert tried >= IN_A_ROW
    for _ in range(IN_A_ROW):
        await out.send(Request("GET", f"{url}/echo"), recording=None, timeout=5)
    await connection.close()
    [notice] = told
    assert notice.startswith("api: none of ")
    assert "after 2 answers; answered last: createItem, echo" in notice


def _call(kind: str = "") -> Exchange:
    request = Request("GET", "http://127.0.0.1:9/")
    if kind:
        return Exchange(request, None, Failure(kind, "no answer"), 0.0, 0.0)
    return Exchange(request, Response(200, (), b""), None, 0.0, 0.0)


@pytest.mark.parametrize(
    ("answers", "kind", "between"),
    [(0, "connect", False), (1, "timeout", False), (1, "reset", True)],
    ids=["it never answered", "it is slow", "it answers in between"],
)
def test_nothing_is_said_where_it_did_not_go(
    answers: int, kind: str, between: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "LASTING", 0.0)
    seen = Silence("api")
    for _ in range(answers):
        seen.heard("echo", _call())
    for _ in range(IN_A_ROW - 1):
        assert seen.heard("echo", _call(kind)) == ""
    if between:
        seen.heard("echo", _call())
    assert seen.heard("echo", _call(kind)) == ""


def test_what_ends_with_one_connection_is_not_taken_for_the_end() -> None:
    seen = Silence("api")
    seen.heard("echo", _call())
    assert {seen.heard("echo", _call("reset")) for _ in range(3 * IN_A_ROW)} == {""}
