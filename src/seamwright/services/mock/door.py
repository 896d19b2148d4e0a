"""Where requests to a mock come in over HTTP: those about the mock itself are answered here, all others by the mock."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from seamwright.engines.mock import Reply
from seamwright.model.exchange import Request, Response
from seamwright.services.mock.control import PREFIX, Control
from seamwright.services.mock.journals import KeptJournal
from seamwright.services.mock.kind import Settings
from seamwright.services.mock.listener import Delivery, Listener

__all__ = ["Answered", "Door"]

_SIMPLE = "accept, accept-language, content-language, content-type, authorization, prefer"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a mock answers: how it is delivered, and what the journal says of it. `operation` is an id."""

    delivery: Delivery
    reply: Reply | None = None
    operation: str | None = None
    fault: str | None = None


class Door:
    """Listens for one mock and keeps its journal. An error of `answer` is told to the client, and ends nothing else."""

    def __init__(
        self, settings: Settings, journal: KeptJournal, control: Control, answer: Callable[[Request], Answered]
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._control = control
        self._answer = answer
        self._listener = Listener(self._handle)
        self._address = ("", 0)

    async def start(self, port: int) -> None:
        """Listen on a port (0: any free one). Raises UsageError."""
        self._address = await self._listener.start(self._settings.host, port)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def close(self) -> None:
        """Stop listening; may be called twice."""
        await self._listener.close()

    async def _handle(self, request: Request) -> Delivery:
        if urlsplit(request.url).path.startswith(PREFIX):
            return _for_browsers(request, Delivery(self._control.answer(request)))
        at, clock = time.time(), time.perf_counter()
        try:
            answered = self._answer(request)
        except Exception as error:  # noqa: BLE001 - a bug of ours must be told to the client, and end nothing else
            self._settings.say(f"error: {request.method} {request.url}: {type(error).__name__}: {error}")
            answered = _failed(error)
        delivery = _for_browsers(request, answered.delivery)
        seconds = time.perf_counter() - clock + delivery.delay
        self._journal.add(at, seconds, request, answered.reply, answered.operation, answered.fault)
        return delivery


def _failed(error: Exception) -> Answered:
    body = json.dumps(
        {"type": "about:blank", "title": "Seamwright's mock failed", "status": 500, "detail": repr(error)}
    )
    response = Response(500, (("content-type", "application/problem+json"),), body.encode())
    return Answered(Delivery(response), Reply(response))


def _for_browsers(request: Request, delivery: Delivery) -> Delivery:
    """Let pages of any origin read answers, without credentials of the browser's own (Fetch standard, CORS)."""
    if request.header("origin") is None or delivery.response is None:
        return delivery
    response = delivery.response
    there = {name for name, _ in response.headers}
    added = [("access-control-allow-origin", "*"), ("access-control-expose-headers", "*")]
    if request.method == "OPTIONS" and request.header("access-control-request-method"):
        asked = request.header("access-control-request-headers") or _SIMPLE
        allowed = next((value for name, value in response.headers if name == "allow"), "*")
        added += [("access-control-allow-methods", allowed), ("access-control-allow-headers", asked)]
    pairs = tuple((name, value) for name, value in added if name not in there)
    return replace(delivery, response=replace(response, headers=(*response.headers, *pairs)))
