"""Toxiproxy's REST API in front of our relays, so that its clients drive them unchanged.

Paths and bodies are those of its documentation (README of Toxiproxy 2, "HTTP API"). What differs: every toxic has a
time to live, and so has a proxy's being disabled; a reset reaches connections that are open; the seed decides toxicity
and jitter.
Its API has no token, so it listens on the loopback interface alone, and refuses browsers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from seamwright.engines.faults.api import joined
from seamwright.engines.faults.door import Armed, LogEntry
from seamwright.engines.faults.faults import Fault, Refuse
from seamwright.engines.faults.json_door import Asked, JsonDoor, NotDone, Reply
from seamwright.engines.faults.relay import Relay
from seamwright.engines.faults.rules import Rule
from seamwright.engines.faults.selection import ALL, Selection
from seamwright.engines.faults.toxics import Toxic, toxic_from

__all__ = ["VERSION", "Toxiproxy"]

VERSION = "2.9.0"
"""The release whose API this is."""


@dataclass(slots=True)
class _Proxy:
    name: str
    listen: str
    upstream: str
    relay: Relay
    toxics: dict[str, tuple[Toxic, Armed | None]] = field(default_factory=dict)
    disabled: Armed | None = None

    def alive(self) -> dict[str, Toxic]:
        """Its toxics but those whose time to live has run out."""
        force = set(self.relay.in_force)
        self.toxics = {name: kept for name, kept in self.toxics.items() if kept[1] is None or kept[1] in force}
        return {name: toxic for name, (toxic, _) in self.toxics.items()}

    @property
    def enabled(self) -> bool:
        return self.disabled is None or self.disabled not in self.relay.in_force

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "listen": joined(self.relay.address),
            "upstream": self.upstream,
            "enabled": self.enabled,
            "toxics": [toxic.as_json() for toxic in self.alive().values()],
        }


class Toxiproxy:
    """All proxies of one API. `ttl` is what toxics live for, in seconds; `seed` and `journal` go to the relays."""

    protocol = "toxiproxy"

    def __init__(
        self,
        port: int,
        *,
        ttl: float,
        seed: int = 0,
        journal: Callable[[dict[str, Any]], None] | None = None,
        changed: Callable[[], None] | None = None,
    ) -> None:
        self._port = port
        self._ttl = ttl
        self.seed = seed
        self._journal = journal
        self._changed = changed
        self._proxies: dict[str, _Proxy] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    async def start(self, faults: Sequence[Rule] = ()) -> tuple[Armed, ...]:
        """Listen for clients. Raises OSError; ValueError where faults are given, because toxics are asked for later."""
        if faults:
            raise ValueError("rules go with an upstream; here toxics are added over the API")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: JsonDoor(self._answer, self._tasks, _error), "127.0.0.1", self._port
        )
        return ()

    async def stop(self) -> None:
        """End every proxy."""
        if self._server is not None:
            self._server.close()
        for name in list(self._proxies):
            await self._proxies.pop(name).relay.stop()

    @property
    def address(self) -> tuple[str, int]:
        """Where clients ask; known once started."""
        if self._server is None:
            raise RuntimeError("the API has no address before it is started")
        host, port = self._server.sockets[0].getsockname()[:2]
        return str(host), int(port)

    @property
    def upstream(self) -> tuple[str, int]:
        """There is no single one."""
        return ("toxiproxy", 0)

    @property
    def listening(self) -> bool:
        """Whether clients can ask."""
        return self._server is not None

    @property
    def requests(self) -> int:
        """How many have begun, over all proxies."""
        return sum(proxy.relay.requests for proxy in self._proxies.values())

    @property
    def connections(self) -> int:
        """How many client connections are open."""
        return sum(proxy.relay.connections for proxy in self._proxies.values())

    @property
    def in_force(self) -> tuple[Armed, ...]:
        """The faults of all proxies."""
        return tuple(armed for proxy in self._proxies.values() for armed in proxy.relay.in_force)

    # FaultDoor

    async def arm(self, fault: Fault, ttl: float, where: Selection = ALL) -> Armed:
        """Toxics are added over the API instead."""
        raise ValueError("faults are armed here by adding toxics over Toxiproxy's API")

    async def disarm(self, armed: Armed) -> bool:
        """End this fault, of whichever proxy it is."""
        return any(
            [await proxy.relay.disarm(armed) for proxy in list(self._proxies.values()) if armed in proxy.relay.in_force]
        )

    async def clear(self) -> int:
        """End all faults of all proxies; how many there were."""
        return sum([await proxy.relay.clear() for proxy in list(self._proxies.values())])

    async def armed(self) -> tuple[Armed, ...]:
        """The faults of all proxies."""
        return self.in_force

    async def log(self, since: int = 0) -> tuple[LogEntry, ...]:
        """Each proxy has a log of its own, with its own numbers; see `--log` for one of all."""
        return ()

    # the API

    async def _answer(self, asked: Asked) -> Reply:
        if b"origin" in asked.headers or asked.headers.get(b"user-agent", b"").startswith(b"Mozilla/"):
            raise NotDone(HTTPStatus.FORBIDDEN, "User agent not allowed")
        async with self._one_at_a_time:
            return await self._routed(asked)

    async def _routed(self, asked: Asked) -> Reply:
        method = "POST" if asked.method == "PATCH" else asked.method
        match method, *asked.path:
            case "GET", "version":
                return Reply({"version": VERSION})
            case "GET", "proxies":
                return Reply({name: proxy.as_json() for name, proxy in self._proxies.items()})
            case "POST", "proxies":
                wanted = _wanted(_object(asked))
                if wanted.name in self._proxies:
                    raise NotDone(HTTPStatus.CONFLICT, "proxy already exists")
                return Reply((await self._created(wanted)).as_json(), HTTPStatus.CREATED)
            case "POST", "populate":
                return Reply({"proxies": await self._populated(_json(asked))}, HTTPStatus.CREATED)
            case "POST", "reset":
                for proxy in self._proxies.values():
                    proxy.toxics.clear()
                    await proxy.relay.clear()
                return Reply(status=HTTPStatus.NO_CONTENT)
            case _, "proxies", name, *rest:
                found = self._proxies.get(name)
                if found is None:
                    raise NotDone(HTTPStatus.NOT_FOUND, "proxy not found")
                return await self._of_proxy(method, found, rest, asked)
        raise NotDone(HTTPStatus.NOT_FOUND, f"there is no {asked.method} /{'/'.join(asked.path)} here")

    async def _of_proxy(self, method: str, proxy: _Proxy, rest: list[str], asked: Asked) -> Reply:
        match method, *rest:
            case ("GET",):
                return Reply(proxy.as_json())
            case ("POST",):
                return Reply((await self._updated(proxy, _object(asked))).as_json())
            case ("DELETE",):
                await self._proxies.pop(proxy.name).relay.stop()
                return Reply(status=HTTPStatus.NO_CONTENT)
            case "GET", "toxics":
                return Reply([toxic.as_json() for toxic in proxy.alive().values()])
            case "POST", "toxics":
                toxic = _toxic(_json(asked))
                if toxic.name in proxy.alive():
                    raise NotDone(HTTPStatus.CONFLICT, "toxic already exists")
                await self._add(proxy, toxic)
                return Reply(toxic.as_json())
            case _, "toxics", name:
                before = proxy.alive().get(name)
                if before is None:
                    raise NotDone(HTTPStatus.NOT_FOUND, "toxic not found")
                if method == "GET":
                    return Reply(before.as_json())
                toxic = before if method == "DELETE" else _toxic(_json(asked), before)
                armed = proxy.toxics.pop(name)[1]
                if armed is not None:
                    await proxy.relay.disarm(armed)
                if method == "DELETE":
                    return Reply(status=HTTPStatus.NO_CONTENT)
                await self._add(proxy, toxic)
                return Reply(toxic.as_json())
        raise NotDone(HTTPStatus.NOT_FOUND, f"there is no {asked.method} /{'/'.join(asked.path)} here")

    async def _add(self, proxy: _Proxy, toxic: Toxic) -> None:
        fault = toxic.fault()
        armed = await proxy.relay.arm(fault, self._ttl, toxic.where()) if fault is not None else None
        proxy.toxics[toxic.name] = (toxic, armed)

    async def _created(self, wanted: _Wanted) -> _Proxy:
        name, journal = wanted.name, self._journal
        relay = Relay(
            *_address(wanted.listen),
            *_address(wanted.upstream),
            seed=self.seed,
            journal=(lambda told: journal({"proxy": name, **told})) if journal is not None else None,
            changed=self._changed,
        )
        try:
            armed = await relay.start(() if wanted.enabled else ((Refuse(), self._ttl, ALL),))
        except OSError as error:
            raise NotDone(HTTPStatus.INTERNAL_SERVER_ERROR, str(error)) from None
        proxy = _Proxy(name, wanted.listen, wanted.upstream, relay, disabled=armed[0] if armed else None)
        self._proxies[name] = proxy
        return proxy

    async def _populated(self, asked: Any) -> list[dict[str, Any]]:
        if not isinstance(asked, list) or not all(isinstance(body, dict) for body in asked):
            raise NotDone(HTTPStatus.BAD_REQUEST, "a list of proxies is needed")
        made = []
        for wanted in [_wanted(body) for body in asked]:
            proxy = self._proxies.get(wanted.name)
            if proxy is None:
                proxy = await self._created(wanted)
            elif proxy.upstream != wanted.upstream or wanted.listen not in (_ANY, proxy.listen):
                await self._proxies.pop(proxy.name).relay.stop()
                proxy = await self._created(wanted)
            made.append(proxy.as_json())
        return made

    async def _updated(self, proxy: _Proxy, body: dict[str, Any]) -> _Proxy:
        there = joined(proxy.relay.address)
        wanted = _wanted({"listen": there, "upstream": proxy.upstream, "enabled": proxy.enabled} | body, proxy.name)
        if wanted.upstream != proxy.upstream or wanted.listen not in (there, proxy.listen):
            return await self._moved(proxy, wanted)
        if not wanted.enabled and proxy.enabled:
            proxy.disabled = await proxy.relay.arm(Refuse(), self._ttl)
        elif wanted.enabled and proxy.disabled is not None:
            await proxy.relay.disarm(proxy.disabled)
            proxy.disabled = None
        return proxy

    async def _moved(self, proxy: _Proxy, wanted: _Wanted) -> _Proxy:
        """The proxy at other addresses; where these cannot be had, it stays."""
        before = _Wanted(proxy.name, joined(proxy.relay.address), proxy.upstream, proxy.enabled)
        toxics = list(proxy.alive().values())
        await self._proxies.pop(proxy.name).relay.stop()
        try:
            moved = await self._created(wanted)
        except NotDone:
            await self._with(await self._created(before), toxics)
            raise
        return await self._with(moved, toxics)

    async def _with(self, proxy: _Proxy, toxics: Sequence[Toxic]) -> _Proxy:
        for toxic in toxics:
            await self._add(proxy, toxic)
        return proxy


_ANY = "127.0.0.1:0"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A proxy as it is asked for; both addresses are HOST:PORT."""

    name: str
    listen: str
    upstream: str
    enabled: bool


def _wanted(body: dict[str, Any], name: str | None = None) -> _Wanted:
    """What a body asks for; of the proxy of this name, where there is one already."""
    told = {"listen": _ANY} | {key: value for key, value in body.items() if value not in (None, "")}
    if name is not None:
        told["name"] = name
    for needed in ("name", "upstream", "listen"):
        if needed not in told:
            raise NotDone(HTTPStatus.BAD_REQUEST, f"missing required field: {needed}")
        if not isinstance(told[needed], str):
            raise NotDone(HTTPStatus.BAD_REQUEST, f"bad request body: {needed} must be a string")
    for address in (told["listen"], told["upstream"]):
        _address(address)
    return _Wanted(told["name"], told["listen"], told["upstream"], told.get("enabled", True) is not False)


def _error(status: HTTPStatus, detail: str) -> dict[str, Any]:
    return {"error": detail, "title": detail, "status": status.value}


def _json(asked: Asked) -> Any:
    try:
        return asked.json()
    except ValueError as error:
        raise NotDone(HTTPStatus.BAD_REQUEST, f"bad request body: {error}") from None


def _object(asked: Asked) -> dict[str, Any]:
    body = _json(asked)
    if not isinstance(body, dict):
        raise NotDone(HTTPStatus.BAD_REQUEST, "bad request body: an object is needed")
    return body


def _toxic(body: Any, before: Toxic | None = None) -> Toxic:
    try:
        return toxic_from(body, before)
    except ValueError as error:
        raise NotDone(HTTPStatus.BAD_REQUEST, str(error)) from None


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise NotDone(HTTPStatus.BAD_REQUEST, f"{text!r} is not HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)
