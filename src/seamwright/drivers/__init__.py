"""One file for each protocol: a driver opens a boundary and turns calls into exchanges."""

from __future__ import annotations

import functools
from collections.abc import Callable

from seamwright.model.driver import Driver
from seamwright.seams import discover

__all__ = ["driver", "drivers"]


def drivers() -> dict[str, Driver]:
    """Every driver there is, by the kind of boundary that it opens."""
    return _discovered(None)


@functools.cache
def driver(kind: str) -> Driver | None:
    """The driver that opens boundaries of a kind, None where there is none; other protocols are not loaded for it."""
    return _discovered(lambda name: name == kind).get(kind)


def _discovered(asked: Callable[[str], bool] | None) -> dict[str, Driver]:
    return discover(
        "seamwright.drivers", "DRIVER", Driver, key=lambda d: d.kind, group="seamwright.drivers", asked=asked
    )
