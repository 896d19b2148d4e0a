"""Where requests come in: what is about the mock, what is for it, and what becomes of its errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2

from seamwright.engines.mock import Reply
from seamwright.model.exchange import Request, Response
from seamwright.services.mock.control import Control, Inside
from seamwright.services.mock.door import Answered, Door
from seamwright.services.mock.journals import KeptJournal
from seamwright.services.mock.kind import Settings
from seamwright.services.mock.listener import Delivery

INSIDE = Inside(lambda: None, dict, lambda: ("text/plain", b""), list)


@asynccontextmanager
async def door(answer: Callable[[Request], Answered], said: list[str]) -> AsyncIterator[httpx2.AsyncClient]:
    settings = Settings(say=said.append)
    journal = KeptJournal(settings, lambda: ())
    opened = Door(settings, journal, Control(INSIDE, journal), answer)
    await opened.start(0)
    try:
        async with httpx2.AsyncClient(base_url=opened.url, trust_env=False, timeout=5) as client:
            yield client
    finally:
        await opened.close()
        await opened.close()


def right(request: Request) -> Answered:
    response = Response(200, (("allow", "GET"),), request.url.encode())
    return Answered(Delivery(response), Reply(response), "getAny", "slow")


async def test_what_is_asked_of_the_mock_is_in_the_journal_and_what_is_about_it_is_not() -> None:
    said: list[str] = []
    async with door(right, said) as ask:
        assert (await ask.get("/a?b=c")).text == "/a?b=c"
        (entry,) = (await ask.get("/__seamwright/journal")).json()["entries"]
        assert (entry["operation"], entry["fault"]) == ("getAny", "slow")
    assert [line.partition(" getAny")[0] for line in said] == ["GET /a 200"]


async def test_an_error_of_ours_is_told_and_ends_nothing() -> None:
    def wrong(request: Request) -> Answered:
        raise KeyError("left")

    said: list[str] = []
    async with door(wrong, said) as ask:
        failed = await ask.get("/a")
        assert (failed.status_code, failed.json()["title"]) == (500, "Seamwright's mock failed")
        assert (await ask.get("/__seamwright/state")).json() == {}
    assert said[0] == "error: GET /a: KeyError: 'left'"


async def test_pages_of_other_origins_may_read_all_of_it() -> None:
    async with door(right, []) as ask:
        for path in ("/a", "/__seamwright/journal"):
            assert (await ask.get(path, headers={"origin": "http://x"})).headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-origin" not in (await ask.get(path)).headers
