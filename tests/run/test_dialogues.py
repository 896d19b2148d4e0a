"""Conversations on a bench: recorded message by message, as somebody, and never in production."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from seamwright.model.bench import Bench
from seamwright.model.check import Applies, Check, Dares
from seamwright.model.errors import RefusedByScope, Undecided
from seamwright.model.evidence import Observation, Proved
from tests.checks.stage import Tried, tried_at
from tests.library import LIBRARY
from tests.rpc import contract_of, serving_rpc
from tests.serving import free_port
from tests.websocket import serving_websocket


async def _on_a_bench(url: str, kind: str, talk: Any, contract: Any = None, **manifest: Any) -> Tried:
    async def run(bench: Bench) -> AsyncIterator[Observation]:
        await talk(bench)
        yield Proved("all")

    check = Check(
        id="contract.talk",
        proves="it was said",
        oracle="none",
        applies=lambda subject: Applies(("all",)),
        run=run,
        dares=Dares.OBSERVE,
        kinds=(kind,),
    )
    return await tried_at(check, url, contract, boundary={"kind": kind}, **manifest)


async def _echo(socket: Any) -> None:
    async for message in socket:
        await socket.send(message)


async def test_what_is_said_is_recorded() -> None:
    async def talk(bench: Bench) -> None:
        async with bench.dialogue(None, bench.subject.identities[0], headers={"x-trace": "7"}, note="talk") as dialogue:
            assert dialogue.opening is not None
            assert dialogue.opening.status == 101
            said = await dialogue.say("the secret is token-of-alice", note="hello")
            assert said.response is not None
            assert "token-of-alice" in said.response.text, "the check sees it all"
            assert (await dialogue.put(b"\x89\x80\0\0\0\0", wait=0.05)).status == 204
            assert (await dialogue.end()).ok

    with serving_websocket(_echo) as url:
        identities = {"alice": {"token": "${ALICE}"}}
        found = await _on_a_bench(url, "websocket", talk, identities=identities)
    methods = [exchange.request.method for exchange in found.exchanges]
    assert methods == ["GET", "SEND", "FRAME", "CLOSE"]
    assert [exchange.note for exchange in found.exchanges] == ["talk", "hello", "talk", "talk"]
    assert {exchange.identity for exchange in found.exchanges} == {"alice"}
    assert {exchange.boundary for exchange in found.exchanges} == {"api"}
    opening = found.exchanges[0].request
    assert (opening.header("x-trace"), opening.header("authorization")) == ("7", "Bearer [redacted]")


async def test_an_rpc_is_talked_to() -> None:
    def chat(requests: Any, context: Any) -> Any:
        for message in requests:
            yield {"text": message["text"] + "!"}

    async def talk(bench: Bench) -> None:
        operation = bench.contract.operation("Library.Chat")
        async with bench.dialogue(operation) as dialogue:
            assert dialogue.opening is None
            said = await dialogue.say('{"text": "a"}')
            assert said.response is not None
            assert said.response.json() == [{"text": "a!"}]
            with pytest.raises(Undecided, match="share their connection"):
                await dialogue.put(b"x")

    with serving_rpc(LIBRARY, {"Chat": chat}) as url:
        found = await _on_a_bench(url, "grpc", talk, contract_of(LIBRARY))
    assert [exchange.operation for exchange in found.exchanges] == ["Library.Chat"]


async def test_not_in_production_and_not_where_there_is_none() -> None:
    async def talk(bench: Bench) -> None:
        with pytest.raises(RefusedByScope):
            async with bench.dialogue():
                pass

    await _on_a_bench(f"ws://127.0.0.1:{free_port()}", "websocket", talk, environment="production")

    async def alone(bench: Bench) -> None:
        with pytest.raises(Undecided, match="requests and answers alone"):
            async with bench.dialogue():
                pass

    await _on_a_bench(f"http://127.0.0.1:{free_port()}", "http", alone)
