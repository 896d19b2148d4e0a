"""One defect rehearsed: the shop is started, and the checks tell it from a healthy one. All of them: `make demo`."""

from __future__ import annotations

from pathlib import Path

from seamwright.checks import checks
from seamwright.demo.defects import chosen
from seamwright.faces.workbench import fetch
from seamwright.ledger.store import Ledger
from seamwright.model.run import RunFinished
from seamwright.model.verdict import Verdict
from seamwright.run.rehearsal import HealthyEvent, HealthyRun, Row, rehearse


async def test_a_planted_defect_is_found_and_the_healthy_shop_is_not_accused(tmp_path: Path) -> None:
    known = checks()
    (defect,) = chosen(["undocumented-status"])
    only = {defect.check: known[defect.check]}
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        seen = [event async for event in rehearse([defect], only, seed=1, ledger=ledger, fetch=fetch)]
        assert len(ledger.runs()) == 2

    healthy = [event.event for event in seen if isinstance(event, HealthyEvent)]
    assert isinstance(healthy[-1], RunFinished)
    (whole,) = (event.record for event in seen if isinstance(event, HealthyRun))
    assert not any(row.verdict is Verdict.REFUTED for row in whole.evidence)
    (row,) = (event for event in seen if isinstance(event, Row))
    assert row.found, row
    assert (row.name, row.check, row.broken, row.healthy) == (
        defect.name,
        defect.check,
        Verdict.REFUTED,
        Verdict.PROVED,
    )
    assert row.title
    assert defect.name in row.reproduce
