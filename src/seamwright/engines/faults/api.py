"""The control API of one relay: JSON over HTTP on the loopback interface, behind a token."""

from __future__ import annotations

import asyncio
import hmac
import os
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Protocol

from seamwright.engines.faults.door import Armed, FaultDoor
from seamwright.engines.faults.json_door import Asked, JsonDoor, NotDone, Reply
from seamwright.engines.faults.rules import rule_of

__all__ = ["Api", "Controlled", "armed_as_json", "joined"]


def armed_as_json(armed: Armed) -> dict[str, Any]:
    """The JSON object that stands for an armed fault."""
    return {
        "id": armed.id,
        "kind": armed.fault.kind,
        "params": armed.fault.params(),
        "where": armed.where.params(),
        "expires_at": armed.expires_at,
    }


class Controlled(FaultDoor, Protocol):
    """What is controlled: a relay, or several."""

    @property
    def protocol(self) -> str: ...

    @property
    def seed(self) -> int: ...

    @property
    def address(self) -> tuple[str, int]: ...

    @property
    def upstream(self) -> tuple[str, int]: ...

    @property
    def listening(self) -> bool: ...

    @property
    def requests(self) -> int: ...

    @property
    def connections(self) -> int: ...

    @property
    def in_force(self) -> tuple[Armed, ...]: ...


class Api:
    """Answers for one relay; `stop` is set when somebody asks for its end."""

    def __init__(self, relay: Controlled, token: str, stop: asyncio.Event) -> None:
        self._relay = relay
        self._token = token.encode()
        self._stop = stop
        self.tasks: set[asyncio.Task[None]] = set()

    def connection(self) -> JsonDoor:
        """What answers one connection."""
        return JsonDoor(self._answer, self.tasks)

    async def _answer(self, asked: Asked) -> Reply:
        if not hmac.compare_digest(asked.headers.get(b"authorization", b""), b"Bearer " + self._token):
            raise NotDone(HTTPStatus.UNAUTHORIZED, "send 'Authorization: Bearer TOKEN' with the token of this relay")
        relay = self._relay
        match asked.method, *asked.path:
            case "GET", "state":
                return Reply(self._state())
            case "GET", "log":
                since = int(asked.query.get("since", ["0"])[0])
                return Reply({"entries": [asdict(entry) for entry in await relay.log(since)]})
            case "POST", "faults":
                return Reply(armed_as_json(await relay.arm(*rule_of(asked.json()))), HTTPStatus.CREATED)
            case "DELETE", "faults":
                return Reply({"ended": await relay.clear()})
            case "DELETE", "faults", number:
                found = [armed for armed in relay.in_force if str(armed.id) == number]
                return Reply({"ended": await relay.disarm(found[0]) if found else False})
            case "POST", "stop":
                asyncio.get_running_loop().call_soon(self._stop.set)
                return Reply({"stopping": True}, HTTPStatus.ACCEPTED)
        raise NotDone(HTTPStatus.NOT_FOUND, f"there is no {asked.method} /{'/'.join(asked.path)} here")

    def _state(self) -> dict[str, Any]:
        relay = self._relay
        return {
            "upstream": joined(relay.upstream),
            "relay": joined(relay.address),
            "listening": relay.listening,
            "protocol": relay.protocol,
            "seed": relay.seed,
            "requests": relay.requests,
            "connections": relay.connections,
            "armed": [armed_as_json(armed) for armed in relay.in_force],
            "pid": os.getpid(),
        }


def joined(address: tuple[Any, ...]) -> str:
    """`host:port`, with brackets around what has colons."""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
