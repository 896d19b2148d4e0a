"""Tries one check: folds what it observes, however it ends."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator

from seamwright.model.bench import Bench
from seamwright.model.check import Check
from seamwright.model.errors import BudgetSpent, RefusedByScope, SeamwrightError
from seamwright.model.evidence import Observation
from seamwright.model.verdict import Cause
from seamwright.run.judging import Fold
from seamwright.run.overtime import Turn

__all__ = ["tried"]

LEAST = 0.1
"""Seconds without which a check is not begun."""


async def tried(check: Check, bench: Bench, fold: Fold, turn: Turn, whole: float) -> str:
    """Run a check into its fold, in its turn of a run of `whole` seconds.

    Gives the traceback when it broke through a bug of ours or of its author; raises nothing but cancellation.
    """
    if turn.clock.seconds < LEAST:
        fold.end(f"the run's time budget of {whole:g} s ended before this check began", Cause.USAGE)
        return ""
    try:
        async with asyncio.timeout(turn.clock.seconds) as limit:
            turn.limit = limit
            await _folded(check.run(bench), fold)
    except (BudgetSpent, RefusedByScope) as error:
        fold.end(str(error), Cause.USAGE)
    except SeamwrightError as error:
        fold.end(str(error), error.cause)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a check may fail in any way; the run goes on
        if isinstance(error, TimeoutError) and limit.expired():
            why = f"the time budget of {turn.clock.seconds:.0f} s ended; give it more with --budget"
            fold.end(why, Cause.USAGE)
            return ""
        fold.end(f"the check itself failed: {type(error).__name__}: {error}", Cause.OURS)
        return traceback.format_exc()
    return ""


async def _folded(observations: AsyncIterator[Observation], fold: Fold) -> None:
    try:
        async for observation in observations:
            fold.add(observation)
    finally:
        close = getattr(observations, "aclose", None)
        if close is not None:
            await close()
