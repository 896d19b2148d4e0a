"""Memory of a load run by how many requests it has sent: after ten million it should be what it was after one.

One run in a closed model against the plain server, every answer validated; the resident memory of the client is looked
at each second, and told at a tenth of all requests and at their end. `--quick` sends a tenth of the ten million.
"""

from __future__ import annotations

import asyncio
import os
import resource
import time
from pathlib import Path
from typing import Any

import _peers
import load

from seamwright.engines.load import LoadPlan, LoadResult, RequestTemplate, Response, Users, run_load

ALL = 10_000_000


def resident() -> int:
    """Bytes of this process that are in memory now; the most that ever were, where /proc does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def grown(port: int, wanted: int) -> tuple[LoadResult, list[tuple[int, int]]]:
    """A run of at least `wanted` requests, and (answers so far, resident bytes) once a second."""
    seen: list[tuple[int, int]] = []
    answered = 0
    judge = load.validator(port, remember=True)

    def counts(template: RequestTemplate, answer: Response) -> str | None:
        nonlocal answered
        answered += 1
        return judge(template, answer)

    async def run_for(seconds: float) -> LoadResult:
        users = Users(load.CONNECTIONS, seconds)
        return await run_load(
            LoadPlan("127.0.0.1", port, (load.asked(port),), profile=users, timeout=5.0, validate=counts)
        )

    warm = await run_for(1.0)
    answered = 0
    running = asyncio.create_task(run_for(1.2 * wanted / (warm.answered / warm.elapsed)))
    while not running.done():
        await asyncio.wait([running], timeout=0.25)
        seen.append((answered, resident()))
    return running.result(), seen


def told(result: dict[str, Any]) -> str:
    rows = "\n".join(
        f"after {row['answers']:>12,} answers: {row['resident'] / 2**20:8.2f} MiB" for row in result["rows"]
    )
    return f"{rows}\nin {result['seconds']:.0f} s; the last of the first: {result['grown']:.3f}\n{result['machine']}"


def main() -> None:
    options = _peers.arguments(__doc__ or "")
    wanted = ALL // 10 if options.quick else ALL
    machine = _peers.machine()
    load.pinned(0, 0)
    began = time.perf_counter()
    with load.served("numbered") as (port, _):
        try:
            import uvloop
        except ImportError:
            result, seen = asyncio.run(grown(port, wanted))
        else:
            result, seen = uvloop.run(grown(port, wanted))
    if result.errors or result.invalid or result.answered < wanted:
        raise SystemExit(f"{result.answered} answers of {wanted}, {dict(result.errors)}, {result.invalid} invalid")
    marks = [next(row for row in seen if row[0] >= share * wanted) for share in (0.1, 0.25, 0.5, 1.0)]
    rows = [{"answers": answers, "resident": size} for answers, size in marks]
    figures = {
        "machine": machine,
        "rows": rows,
        "grown": rows[-1]["resident"] / rows[0]["resident"],
        "seconds": time.perf_counter() - began,
    }
    _peers.printed(figures, options.json, told)


if __name__ == "__main__":
    main()
