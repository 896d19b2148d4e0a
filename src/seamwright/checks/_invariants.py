"""What checks share that ask a database whether an invariant holds."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal, InvalidOperation
from typing import Any

from seamwright.model.bench import Bench
from seamwright.model.boundary import Invariant
from seamwright.model.errors import Undecided
from seamwright.model.verdict import Cause

__all__ = ["equal", "settled_value", "value_of"]

POLL = 0.1


async def settled_value(bench: Bench, database: str, invariant: Invariant) -> Any:
    """The value of the query, asked until it is the declared one or its time has ended."""
    end = time.monotonic() + invariant.within
    while True:
        value = await value_of(bench, database, invariant)
        if equal(value, invariant.equals) or time.monotonic() >= end:
            return value
        await asyncio.sleep(POLL)


async def value_of(bench: Bench, database: str, invariant: Invariant) -> Any:
    """The one value that the query gives now. Raises Undecided when it gives anything else."""
    rows = await bench.query(database, invariant.query)
    if len(rows) != 1 or len(rows[0]) != 1:
        raise Undecided(f"{invariant.name}: its query must give one value, and gave {len(rows)} rows", Cause.USAGE)
    return rows[0][0]


def equal(value: Any, declared: float | str) -> bool:
    """Whether a value is the declared one, as a number or as it is written."""
    if value == declared or str(value) == str(declared):
        return True
    try:
        return Decimal(str(value)) == Decimal(str(declared))
    except InvalidOperation:
        return False
