"""The rehearsal: a shop of its own for each defect, and rows that cannot be better than what was seen."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from seamwright.demo.defects import chosen
from seamwright.faces.workbench import fetch
from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.evidence import Observation, Proved, Unknown
from seamwright.model.run import CheckFinished, Seam
from seamwright.model.verdict import Verdict
from seamwright.run.rehearsal import HealthyEvent, HealthyRun, Row, rehearse
from tests.run.trial import check

ROW = Row("x", "auth", "auth.x", "a mistake", Verdict.REFUTED, Verdict.PROVED, 0.1, "a title", "a command")


@pytest.mark.parametrize("broken", Verdict)
@pytest.mark.parametrize("healthy", Verdict)
def test_a_defect_is_found_only_when_the_broken_shop_is_refuted_and_the_healthy_one_proved(
    broken: Verdict, healthy: Verdict
) -> None:
    found = replace(ROW, broken=broken, healthy=healthy).found
    assert found is (broken is Verdict.REFUTED and healthy is Verdict.PROVED)


async def _cannot_tell(bench: Bench) -> AsyncIterator[Observation]:
    for cell in bench.cells:
        yield Unknown(cell, "it is not to be told")


async def _calls_it_proved(bench: Bench) -> AsyncIterator[Observation]:
    for cell in bench.cells[:1]:
        await bench.call(await bench.case(bench.operation(cell)))
        yield Proved(cell)


async def test_a_check_that_does_not_see_its_defect_is_told_as_it_is(tmp_path: Path) -> None:
    (defect,) = chosen(("schema-drift",))
    for run in (_cannot_tell, _calls_it_proved):
        checks = {defect.check: check(defect.check, run)}
        with Ledger.open(tmp_path / f"{run.__name__}.db") as ledger:
            async with aclosing(rehearse([defect], checks, seed=1, ledger=ledger, fetch=fetch)) as told:
                events = [event async for event in told]
            runs = ledger.runs(limit=None)
        row = events[-1]
        assert isinstance(row, Row)
        assert (row.broken, row.found) == (Verdict.UNKNOWN, False)
        assert row.title
        assert any(isinstance(event, HealthyRun) for event in events)
        assert any(isinstance(e, HealthyEvent) and isinstance(e.event, CheckFinished) for e in events)
        # A shop of its own each time, of which nothing is left.
        assert len({run.source for run in runs}) == 2
        assert not [run.source for run in runs if Path(run.source).parent.exists()]
        assert [seam for seam in {seam.url for seam in _seams(events)} if _listens(seam)] == []


def _seams(events: Sequence[object]) -> list[Seam]:
    """The boundaries of the healthy shop."""
    (record,) = [event.record for event in events if isinstance(event, HealthyRun)]
    return [seam for seam in record.seams if seam.kind == "http"]


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=1).close()
    except OSError:
        return False
    return True
