"""The numbers of a result add up, however the requests ended."""

from __future__ import annotations

import asyncio
import dataclasses
from itertools import count

import pytest

from seamwright.engines.load import LoadPlan, LoadResult, RequestTemplate, render_request, run_load
from tests.engines.servers import read_request, reset, serving


async def mixed() -> LoadResult:
    turn = count()

    async def moody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            mood = next(turn) % 4
            if mood == 3:
                reset(writer)
                return
            status = (b"200 OK", b"404 Not Found", b"500 Oh")[mood]
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    with serving(moody) as port:
        requests = tuple(
            RequestTemplate(name, render_request("GET", f"/{name}", {"Host": "t"})) for name in ("a", "b", "a")
        )
        return await run_load(LoadPlan("127.0.0.1", port, requests, rate=200, duration=0.5, seed=3))


async def test_every_scheduled_request_ends_in_exactly_one_way() -> None:
    result = await mixed()
    assert result.target == 100 == result.answered + sum(result.errors.values())
    assert result.errors == {"reset": 25}
    assert result.statuses == {200: 25, 404: 25, 500: 25}
    parts = result.operations.values()
    assert list(result.operations) == ["a", "b"]
    assert sum(part.sent for part in parts) == result.sent == 100
    assert sum(part.answered for part in parts) == result.answered
    assert sum(part.errors.get("reset", 0) for part in parts) == 25
    assert sum(part.intended.count for part in parts if part.intended) == 75
    assert sum(row.answered for row in result.timeline) == 75
    assert sum(row.errors for row in result.timeline) == 25


async def test_a_result_does_not_change() -> None:
    result = await mixed()
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.kept_schedule = True  # type: ignore[misc]
