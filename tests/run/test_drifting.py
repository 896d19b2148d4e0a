"""Drifted contracts are held against one healthy shop; the true ones stand."""

from __future__ import annotations

from pathlib import Path

from seamwright.checks import checks
from seamwright.demo.drifts import DRIFTS
from seamwright.faces.workbench import fetch
from seamwright.ledger.store import Ledger
from seamwright.model.verdict import Verdict
from seamwright.run.drifting import Clean, Drifted, drifting


async def test_each_drift_is_refuted_and_the_true_contracts_are_not(tmp_path: Path) -> None:
    wanted = [DRIFTS[name] for name in ("health-is-up", "amount-is-text", "me-is-xml", "roles-undeclared")]
    known = {name: check for name, check in checks(tmp_path).items() if name.startswith("contract.response-conforms")}

    with Ledger.open(tmp_path / "ledger.db") as ledger:
        told = [each async for each in drifting(wanted, known, seed=3, ledger=ledger, fetch=fetch)]

    assert isinstance(told[0], Clean)
    assert told[0].refuted == ()
    rows = [each for each in told if isinstance(each, Drifted)]
    assert {row.drift.name: row.verdict for row in rows} == {drift.name: Verdict.REFUTED for drift in wanted}
    assert all(row.checks == ("contract.response-conforms",) and row.title for row in rows)
