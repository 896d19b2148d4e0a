"""A relay in another process, armed over its control API as if it were in this one."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

from seamwright.engines.faults.door import Armed, LogEntry, check_ttl
from seamwright.engines.faults.faults import Fault, fault_from
from seamwright.engines.faults.selection import ALL, Selection, selection_from

if TYPE_CHECKING:
    import httpx2

__all__ = ["RemoteRelay"]


class RemoteRelay:
    """A FaultDoor to the relay whose control API is at `url`; use it as an async context manager, or `aclose` it.

    It ends no fault when it is closed: that is what handles, and each fault's time to live, are for. Its methods raise
    ConnectionError when the relay's process cannot be reached, PermissionError when the token is wrong, ValueError when
    the relay refuses what was asked.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 5.0) -> None:
        self.url = url
        self._token = token
        self._timeout = timeout

    @cached_property
    def _client(self) -> httpx2.AsyncClient:
        """Made with the first call: most runs have a relay at hand and ask nothing of it."""
        import httpx2

        # Loopback only: a proxy of the environment has no business here.
        return httpx2.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=self._timeout,
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close the connections to the control API."""
        if "_client" in vars(self):
            await self._client.aclose()

    async def __aenter__(self) -> RemoteRelay:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def arm(self, fault: Fault, ttl: float, where: Selection = ALL) -> Armed:
        """From now on this fault strikes what is selected, for at most `ttl` seconds. See FaultDoor."""
        asked = {"kind": fault.kind, "params": fault.params(), "where": where.params(), "ttl": check_ttl(ttl)}
        return _armed(await self._call("POST", "/faults", asked))

    async def disarm(self, armed: Armed) -> bool:
        """End this fault now; False when it had ended already."""
        return bool((await self._call("DELETE", f"/faults/{armed.id}"))["ended"])

    async def clear(self) -> int:
        """End all faults; how many there were."""
        return int((await self._call("DELETE", "/faults"))["ended"])

    async def armed(self) -> tuple[Armed, ...]:
        """The faults in force, in the order in which they were armed."""
        return tuple(_armed(value) for value in (await self.state())["armed"])

    async def log(self, since: int = 0) -> tuple[LogEntry, ...]:
        """The entries after the one numbered `since`, oldest first."""
        return tuple(LogEntry(**value) for value in (await self._call("GET", f"/log?since={since}"))["entries"])

    async def state(self) -> dict[str, Any]:
        """The relay's state as its control API gives it."""
        return await self._call("GET", "/state")

    async def stop(self) -> None:
        """End the relay's process, in order."""
        await self._call("POST", "/stop", {})

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        import httpx2

        try:
            response = await self._client.request(method, path, json=body)
        except httpx2.TransportError as error:
            raise ConnectionError(
                f"the relay's control API at {self.url} does not answer ({str(error) or type(error).__name__}); "
                "look whether its process runs"
            ) from error
        value: dict[str, Any] = response.json()
        if response.status_code == 401:
            raise PermissionError(f"the relay at {self.url} refused the token: {value.get('error')}")
        if response.status_code >= 400:
            raise ValueError(f"the relay at {self.url} refused {method} {path}: {value.get('error')}")
        return value


def _armed(value: dict[str, Any]) -> Armed:
    where = selection_from(value["where"])
    return Armed(value["id"], fault_from(value["kind"], value["params"]), value["expires_at"], where)
