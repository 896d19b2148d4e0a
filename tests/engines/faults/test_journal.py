"""The fault log is the same again for the same seed and requests, and each line names the request that it hit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seamwright.engines.faults import Latency, Refuse, Reset, Selection, Status
from seamwright.engines.faults.journal import Journal
from tests.engines.faults.clients import OK, Client, asking, relay_to
from tests.engines.servers import http, serving


async def one_run(port: int, path: Path, seed: int) -> list[bytes]:
    """Twelve requests over two connections against rules of chance; what the client got."""
    journal = Journal(path)
    got: list[bytes] = []
    try:
        async with relay_to(port, protocol="http", seed=seed, journal=journal.write) as relay:
            await relay.arm(Status(503), 30, Selection(probability=0.4, operation="POST /orders"))
            await relay.arm(Latency(0.002, 0.002, "uniform"), 30, Selection(probability=0.5))
            for _ in range(2):
                async with Client(relay) as client:
                    for number in range(6):
                        operation = "POST /orders" if number % 2 else "GET /orders/7"
                        got.append(await client.ask(asking(operation, X_Request_Id=f"r{len(got) + 1}")))
    finally:
        journal.close()
    return got


async def test_ten_runs_of_ten_are_the_same_byte_for_byte_and_another_seed_is_not(tmp_path: Path) -> None:
    with serving(http(OK)) as port:
        runs = []
        for number in range(10):
            got = await one_run(port, tmp_path / f"{number}", seed=11)
            runs.append((tmp_path / f"{number}").read_bytes())
        assert len(set(runs)) == 1
        await one_run(port, tmp_path / "other", seed=12)
        assert (tmp_path / "other").read_bytes() != runs[0]
    lines = [json.loads(line) for line in runs[0].splitlines()]
    assert [line["line"] for line in lines] == list(range(1, len(lines) + 1))
    # Each line of a status is joined to the exchange that was answered so, by number and by trace.
    struck = {line["request"] for line in lines if line["kind"] == "status"}
    assert struck == {n for n, answer in enumerate(got, 1) if answer.startswith(b"HTTP/1.1 503")}
    assert struck
    assert all(line["trace"] == f"r{line['request']}" for line in lines)
    assert {line["operation"] for line in lines if line["kind"] == "status"} == {"POST /orders"}


async def test_a_line_says_what_was_done_and_to_what() -> None:
    lines: list[dict[str, Any]] = []
    with serving(http(OK)) as port:
        async with relay_to(port, journal=lines.append) as relay, Client(relay) as client:
            await client.ask()
            await relay.arm(Reset(), 30, Selection(open=True, first=1))
            with pytest.raises(ConnectionResetError):
                await client.receive()
            await relay.arm(Refuse(), 30)
    assert lines == [
        {"rule": 1, "kind": "reset", "connection": 1, "did": {"seconds": 0.0}},
        {"rule": 2, "kind": "refuse", "connection": 0, "did": {}},
    ]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no"):
        Journal(tmp_path / "no" / "log")
