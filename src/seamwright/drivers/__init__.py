"""One file for each protocol: a driver opens a boundary and turns calls into exchanges."""

from __future__ import annotations

from seamwright.model.driver import Driver
from seamwright.seams import discover

__all__ = ["drivers"]


def drivers() -> dict[str, Driver]:
    """Every driver there is, by the kind of boundary that it opens."""
    return discover("seamwright.drivers", "DRIVER", Driver, key=lambda d: d.kind, group="seamwright.drivers")
