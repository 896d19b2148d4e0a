"""A listening socket that can stop listening and start again without ever losing its port."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

__all__ = ["Listener"]

_BACKLOG = 1024


class Listener:
    """Holds a port. While it listens, connections get a protocol of `factory`; while not, the kernel refuses them.

    A port that the kernel chose is given back when a socket stops listening; one that was asked for by number is not
    (Linux, SOCK_BINDPORT_LOCK). So a chosen port is bound a second time by its number before the first is let go.
    """

    def __init__(
        self, bound: socket.socket, factory: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None = None
    ) -> None:
        self._factory = factory
        self._tls = tls
        self._socket = _bound_by_number(bound)
        self._server: asyncio.Server | None = None

    @classmethod
    def bind(
        cls, host: str, port: int, factory: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None = None
    ) -> Listener:
        """Bind, and do not listen yet. Port 0 takes a free one; with `tls`, connections begin so. Raises OSError."""
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            return cls(bound, factory, tls)
        except OSError as error:
            bound.close()
            raise OSError(error.errno, f"cannot listen on {host}:{port}: {error.strerror}") from error

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    @property
    def listening(self) -> bool:
        """Whether a connection would be accepted."""
        return self._server is not None

    async def listen(self) -> None:
        """Accept connections from now on."""
        if self._server is None:
            # Listening before the event loop takes over: from here on a connection is accepted, if only by the kernel.
            self._socket.listen(_BACKLOG)
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(
                self._factory, sock=self._socket.dup(), backlog=_BACKLOG, ssl=self._tls
            )

    def refuse(self) -> None:
        """Refuse connections from now on; those already accepted are not touched. The port stays ours."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Refuse, and give the port back."""
        self.refuse()
        self._socket.close()


def _bound_by_number(bound: socket.socket) -> socket.socket:
    if bound.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise ValueError("the socket listens already; hand over one that is bound and nothing more")
    if bound.getsockname()[1] == 0:
        raise ValueError("the socket is not bound; bind it first")
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    again = socket.socket(bound.family, bound.type, bound.proto)
    try:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(bound.getsockname())
        again.setblocking(False)
    except OSError:
        again.close()
        raise
    bound.close()
    return again
