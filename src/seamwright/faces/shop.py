"""Keeps the demo's shop up for a person: with a relay in front of payments, a manifest, and its secrets in `.env`."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seamwright.demo.manifest import manifest_environment, manifest_text
from seamwright.demo.system import Shop, ShopNotStarted
from seamwright.faces.writing import write_whole
from seamwright.model.errors import TargetError
from seamwright.model.reading import MANIFEST_NAME
from seamwright.services.relay import relay_process

__all__ = ["kept_up"]


async def kept_up(
    defects: tuple[str, ...],
    data: Path,
    databases: Mapping[str, str],
    queue: str | None,
    ready: Callable[[dict[str, Any]], None],
) -> None:
    """Start the shop in `data`, tell `ready` where everything is, and keep it up until cancelled.

    Raises TargetError when the shop does not start, and when it ends by itself.
    """
    payments = _free_port()
    folder = data.resolve()
    try:
        async with (
            relay_process(f"127.0.0.1:{payments}") as relay,
            Shop.start(
                data=folder,
                defects=defects,
                ports={"payments": payments},
                payments_url=f"http://{relay.address}",
                databases=databases,
                queue=queue,
            ) as shop,
        ):
            secrets = {**manifest_environment(shop.running), "SHOP_RELAY_TOKEN": relay.token}
            text = manifest_text(shop.running, relay_control=relay.control)
            lines = "".join(f"{name}={_quoted(value)}\n" for name, value in secrets.items())
            write_whole(folder / ".env", lines.encode(), mode=0o600)
            write_whole(folder / MANIFEST_NAME, text.encode())
            ready(
                {
                    "manifest": str(data / MANIFEST_NAME),
                    "urls": dict(shop.urls),
                    "defects": list(defects),
                    "pid": shop.pid,
                    "data": str(folder),
                }
            )
            await shop.ended()
            raise TargetError(f"the shop has ended by itself; its logs lie in {data}, start it again")
    except ShopNotStarted as error:
        raise TargetError(str(error)) from None


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
