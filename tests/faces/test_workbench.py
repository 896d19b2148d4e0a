"""The workbench opens the rooms; what it adds is the meaning of a status, and contracts by URL."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from seamwright.faces.targets import aimed
from seamwright.faces.workbench import Workbench, exit_status, fetch
from seamwright.ledger.store import Ledger
from seamwright.model.errors import LedgerError, TargetError, UsageError
from seamwright.model.manifest import Manifest, Origin
from seamwright.model.plan import Plan
from seamwright.model.run import Covered, Run
from seamwright.model.verdict import Verdict
from seamwright.run.planning import Selection
from tests.checks.graph import Orders
from tests.faces.conftest import Served
from tests.run.trial import document
from tests.serving import free_port, serving

MANIFEST = {
    "system": "shop",
    "boundaries": {"api": {"kind": "http", "url": "http://127.0.0.1:1", "contract": "openapi.json"}},
    "gates": {"5": {"families": [], "coverage": "100%"}},
}
RUN = Run("r1", "shop", "test", "seamwright.yaml", ("api",), 1, "m" * 64, {}, "", (), {}, 0.0)


def test_each_verdict_has_its_exit_status() -> None:
    assert {verdict: exit_status(verdict) for verdict in Verdict} == {
        Verdict.PROVED: 0,
        Verdict.REFUTED: 1,
        Verdict.UNKNOWN: 3,
    }


def test_a_file_that_is_no_check_is_a_usage_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("x = 1\n")
    with pytest.raises(UsageError, match=r"mine\.py.*has no CHECK"):
        Workbench().checks(tmp_path)


def test_every_report_is_found() -> None:
    assert sorted(Workbench().reports()) == ["html", "json", "junit", "markdown", "sarif"]


def test_what_was_not_asked_for_is_left_out() -> None:
    assert list(Workbench().reports(lambda name: name == "json")) == ["json"]
    asked = Selection(families=("consistency",), checks=("contract.response-conforms",)).names
    found = Workbench().checks(asked=asked)
    assert "contract.response-conforms" in found
    assert {check.family for check in found.values()} == {"consistency", "contract"}
    assert all(asked(name) for name in found)
    assert found.keys() == {name for name in Workbench().checks() if asked(name)}


def test_a_ledger_is_only_made_where_it_may_be(tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        Workbench(str(tmp_path / "none.db")).ledger(create=False)
    with Workbench(str(tmp_path / "some.db")).ledger() as ledger:
        assert ledger.runs() == []


async def test_a_contract_is_fetched_and_what_is_none_says_whose_fault_it_is(books: Served) -> None:
    assert (await fetch(books.document)).startswith(b'{"openapi"')
    with pytest.raises(TargetError, match="answers 404 instead of a contract"):
        await fetch(f"{books.url}/nowhere")
    with pytest.raises(TargetError, match=r"redirects to http://127\.0\.0\.1:9/openapi\.json, which was not followed"):
        await fetch(f"{books.url}/moved")
    with pytest.raises(TargetError, match="the target's fault"):
        await fetch(f"http://127.0.0.1:{free_port()}/openapi.json")


async def test_a_lone_document_that_does_not_come_ends_before_anything_is_planned() -> None:
    aim = aimed((f"http://127.0.0.1:{free_port()}/openapi.json",))
    with pytest.raises(TargetError, match="the target's fault"):
        await Workbench().prepare(aim, Selection())


async def test_a_lone_url_may_be_a_graphql_endpoint() -> None:
    with serving(Orders()) as url:
        prepared = await Workbench().prepare(aimed((f"{url}/api",)), Selection())
    (subject,) = prepared.subjects.by_name.values()
    assert (subject.boundary.kind, subject.boundary.url) == ("graphql", f"{url}/api")
    assert {item.check for item in prepared.plan.planned} >= {"contract.graphql-response-conforms"}
    assert prepared.manifest.environment == "test"


async def test_a_page_that_is_neither_is_told_as_what_it_is(books: Served) -> None:
    with pytest.raises(TargetError, match="answers 404 instead of a contract"):
        await Workbench().prepare(aimed((f"{books.url}/nowhere",)), Selection())


async def test_the_gate_takes_the_coverage_of_all_runs_of_this_manifest_together(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    (tmp_path / "openapi.json").write_text(json.dumps(document("GET /items", "POST /items")))
    manifest = Manifest.model_validate(MANIFEST).coming_from(Origin("seamwright.yaml", tmp_path, "m" * 64))
    bench = Workbench(str(path))
    _ran(path, RUN, ("getItems", {"200": 3}), ("postItems", {}))
    assert "50%" in (await bench.gate(manifest, 5)).missing[0].text
    _ran(path, replace(RUN, id="r2", manifest_digest="other"), ("postItems", {"201": 1}))
    assert "50%" in (await bench.gate(manifest, 5)).missing[0].text
    _ran(path, replace(RUN, id="r3"), ("postItems", {"201": 1}))
    assert "50%" not in str((await bench.gate(manifest, 5)).missing)


def _ran(path: Path, run: Run, *rows: tuple[str, dict[str, int]]) -> None:
    coverage = tuple(Covered("api", name, "GET", "/", 1, statuses) for name, statuses in rows)
    with Ledger.open(path) as ledger:
        ledger.begin(replace(run, started=time.time()), Plan((), ()), ())
        ledger.finish(run.id, Verdict.PROVED, coverage, time.time())
