"""Scripts on a real service: set up, rehearsed, walked under load and torn down, whatever comes in between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Header, HTTPException, Response
from fastapi import Path as InPath
from pydantic import BaseModel

from seamwright.engines.load import Offered, Profile
from seamwright.ledger.store import Ledger
from seamwright.model.evidence import Evidence
from seamwright.model.verdict import Cause, Verdict
from seamwright.run.load_by_hand import LoadByHand
from seamwright.run.once import Order, Prepared, once
from seamwright.run.scripts import declared
from tests.run.trial import evidence_of, manifest_of, prepared, run
from tests.serving import serving

ADD = {"operation": "add", "body": {"title": "b${scenario.number}"}, "keep": {"id": "$.id"}}
READ = {"operation": "read", "path": {"id": "${kept.id}"}}
WALK = {"scenarios": {"buy": {"steps": [ADD, READ]}}}


class Book(BaseModel):
    title: str | int


@dataclass
class Shop:
    """A service with a shelf that must be opened before, and closed afterwards; every call is in its log."""

    log: list[str] = field(default_factory=list)
    titles: list[Any] = field(default_factory=list)
    callers: set[str] = field(default_factory=set)
    hides: int = 0
    app: FastAPI = field(default_factory=FastAPI)
    url: str = ""
    document: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        app = self.app

        @app.post("/shelf", operation_id="open", status_code=201)
        def open_shelf() -> dict[str, str]:
            self.log.append("open")
            return {"name": "shelf/1", "access": "s3cret-of-the-shelf"}

        @app.delete("/shelf/{name}", operation_id="close")
        def close_shelf(name: str) -> None:
            self.log.append(f"close {name}")
            if name == "stuck":
                raise HTTPException(500)

        @app.post("/books", operation_id="add", status_code=201)
        def add(book: Book, response: Response, authorization: str | None = Header(None)) -> dict[str, Any]:
            self.callers.add(authorization or "")
            self.titles.append(book.title)
            self.log.append("add")
            response.headers["etag"] = f'"{len(self.titles)}"'
            return {} if self.hides and len(self.titles) > self.hides else {"id": len(self.titles)}

        @app.get("/books/{id}", operation_id="read")
        def read(number: Annotated[int, InPath(alias="id")]) -> dict[str, Any]:
            self.log.append("read")
            if number > len(self.titles):
                raise HTTPException(404)
            return {"title": self.titles[number - 1]}

        self.document = app.openapi()


@pytest.fixture(scope="module")
def served() -> Iterator[Shop]:
    shop = Shop()
    with serving(shop.app) as url:
        shop.url = url
        yield shop


@pytest.fixture
def shop(served: Shop) -> Shop:
    served.log.clear()
    served.titles.clear()
    served.callers.clear()
    served.hides = 0
    return served


def given(
    shop: Shop, section: dict[str, Any], by_hand: LoadByHand, folder: Path | None = None, **more: Any
) -> Prepared:
    manifest = manifest_of({"api": {"kind": "http", "url": shop.url}}, folder=folder, load={"api": section}, **more)
    by_hand.scripted = True
    made = prepared(manifest, [by_hand.check], {"api": shop.document})
    by_hand.script = declared(made.subjects.by_name["api"], manifest.load["api"], {}, seed=1)
    return made


async def walked(
    shop: Shop, tmp_path: Path, section: dict[str, Any], offered: Offered | None = None, **more: Any
) -> tuple[Evidence, LoadByHand, Ledger]:
    """The evidence of a run; one that a busy machine could not keep is made again."""
    for attempt in range(8):
        shop.log.clear()
        shop.titles.clear()
        by_hand = LoadByHand(offered or Profile.constant(40, 0.5))
        ledger = Ledger.open(tmp_path / f"ledger{attempt}.db")
        (row,) = evidence_of(await run(given(shop, section, by_hand, tmp_path, **more), ledger))
        assert row.traceback == "", row.traceback
        assert by_hand.script is not None
        by_hand.script.close()
        if row.cause is not Cause.OURS:
            break
    return row, by_hand, ledger


async def test_scenarios_are_walked_between_setup_and_teardown_and_proved(shop: Shop, tmp_path: Path) -> None:
    section = {
        "setup": [{"operation": "open", "keep": {"shelf": "$.name"}}],
        "scenarios": {
            "buy": {"steps": [{**ADD, "body": {"title": "${kept.shelf}: ${scenario.number}"}}, READ]},
            "look": {"steps": [{"operation": "read", "path": {"id": 1}}]},
        },
        "teardown": [{"operation": "close", "path": {"name": "${kept.shelf}"}}],
    }
    section["teardown"][0]["path"] = {"name": "x-${kept.shelf}"}  # type: ignore[index]
    row, by_hand, ledger = await walked(shop, tmp_path, section)
    # A slash in a path is another segment to this framework, so that the service itself refuses it.
    assert row.verdict is Verdict.UNKNOWN
    assert "the teardown did not end well: teardown/close was answered 404" in row.why
    section["teardown"] = [{"operation": "close", "path": {"name": "done"}}]
    row, by_hand, ledger = await walked(shop, tmp_path, section, identities={"alice": {"token": "t0ken-of-alice"}})
    assert row.verdict is Verdict.PROVED, row.why
    assert shop.log.count("open") == 1
    assert shop.log[-1] == "close done"
    assert shop.callers == {"", "Bearer t0ken-of-alice"}
    assert {title for title in shop.titles if title.startswith("shelf/1: ")} == {*shop.titles}
    assert by_hand.loaded is not None
    told = row.measures["load"]["scenarios"]
    assert told["buy"]["begun"] + told["look"]["begun"] == 20
    assert [step["step"] for step in told["buy"]["steps"]] == ["buy/add", "buy/read"]
    with ledger:
        record = ledger.record(row.run)
        counts = {c.operation: c.statuses for c in record.coverage}
    assert counts["open"] == {"201": 1}
    assert counts["add"] == {"201": told["buy"]["begun"] + 1}, "one more, that was rehearsed"


async def test_a_token_of_the_setup_is_sent_instead_of_the_identitys_and_is_written_nowhere(
    shop: Shop, tmp_path: Path
) -> None:
    step = {**ADD, "headers": {"authorization": "Bearer ${kept.token}"}, "body": {"title": "with ${kept.token}"}}
    section = {
        "setup": [{"operation": "open", "keep": {"token": "$.access"}}],
        "scenarios": {"buy": {"steps": [step]}},
    }
    row, _, ledger = await walked(shop, tmp_path, section, identities={"alice": {"token": "t0ken-of-alice"}})
    assert row.verdict is Verdict.PROVED, row.why
    assert shop.callers == {"Bearer s3cret-of-the-shelf"}
    with ledger:
        kept = ledger.exchanges(row.run)
    assert len(kept) >= 3
    assert "s3cret" not in repr(kept)


async def test_answers_under_load_are_judged_as_those_of_their_operations(shop: Shop, tmp_path: Path) -> None:
    answers = shop.document["paths"]["/books/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    before = answers["schema"]
    answers["schema"] = {"type": "object", "properties": {"title": {"const": "b0"}}}
    try:
        row, _, ledger = await walked(shop, tmp_path, WALK)
    finally:
        answers["schema"] = before
    assert row.verdict is Verdict.REFUTED, row.why
    assert "'contract': 19" in row.findings[0].detail
    with ledger:
        samples = [e for e in ledger.exchanges(row.run) if "under load" in e.note]
    assert samples[0].operation == "read"
    assert samples[0].request.url.startswith(f"{shop.url}/books/"), "the request as it was sent"
    assert "$" not in samples[0].request.url


async def test_a_value_that_no_contract_promises_is_unknown_and_not_the_targets_fault(
    shop: Shop, tmp_path: Path
) -> None:
    shop.hides = 5
    row, by_hand, _ = await walked(shop, tmp_path, WALK)
    assert row.verdict is Verdict.UNKNOWN
    assert row.cause is Cause.USAGE
    assert "{'correlation': " in row.why, row.why
    assert by_hand.loaded is not None
    assert by_hand.loaded.result.errors["correlation"] > 5
    assert all(threshold.held for threshold in by_hand.thresholds)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"keep": {"id": "$.nothing"}}, "buy/add: correlation: id: the answer has nothing at $.nothing"),
        ({"keep": {"id": "header:etag"}}, "buy/read was answered 422"),
        ({"body": {"title": None}}, "buy/add was answered 422"),
    ],
)
async def test_a_rehearsal_that_fails_sends_no_load_and_tears_down(
    shop: Shop, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    section = {
        "scenarios": {"buy": {"steps": [{**ADD, **change}, READ]}},
        "teardown": [{"operation": "close", "path": {"name": "done"}}],
    }
    row, by_hand, _ = await walked(shop, tmp_path, section)
    assert row.verdict is Verdict.UNKNOWN
    assert told in row.why
    assert by_hand.loaded is None
    assert shop.log[-1] == "close done"
    assert len(shop.log) <= 3


async def test_a_teardown_that_fails_is_told_with_the_verdict_kept_from_being_proved(
    shop: Shop, tmp_path: Path
) -> None:
    teardown = [{"operation": "close", "path": {"name": name}} for name in ("stuck", "done")]
    row, by_hand, _ = await walked(shop, tmp_path, {**WALK, "teardown": teardown})
    assert row.verdict is Verdict.UNKNOWN
    assert "teardown/close was answered 500" in row.why
    assert shop.log[-2:] == ["close stuck", "close done"], "the rest of it is called all the same"
    assert by_hand.loaded is not None


async def test_a_scenario_that_never_came_to_its_end_is_not_proved(shop: Shop, tmp_path: Path) -> None:
    section = {"scenarios": {**WALK["scenarios"], "rare": {"weight": 1e-9, "steps": [ADD]}}}
    row, _, _ = await walked(shop, tmp_path, section)
    assert row.verdict is Verdict.UNKNOWN
    assert "no walk through rare came to its end" in row.why


async def test_feeds_of_the_manifests_folder_go_into_bodies_with_their_types(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/titles.csv").write_text("n,t\n" + "".join(f"{n},text {n}\n" for n in range(100)))
    section: dict[str, Any] = {
        "feeds": {"titles": {"file": "data/titles.csv", "types": {"n": "integer"}}},
        "scenarios": {
            "typed": {"steps": [{**ADD, "body": {"title": "${titles.n}"}}]},
            "text": {"steps": [{**ADD, "body": {"title": "a ${titles.t}"}}]},
        },
    }
    row, _, _ = await walked(shop, tmp_path, section)
    assert row.verdict is Verdict.PROVED, row.why
    drawn = {title if isinstance(title, int) else int(title.removeprefix("a text ")) for title in shop.titles}
    assert drawn == set(range(22)), "each walk its own row, those that were rehearsed too"
    assert {type(title) for title in shop.titles} == {int, str}


async def test_the_teardown_is_run_when_the_run_is_cancelled(shop: Shop, tmp_path: Path) -> None:
    by_hand = LoadByHand(Profile.constant(40, 30.0))
    section = {**WALK, "teardown": [{"operation": "close", "path": {"name": name}} for name in ("stuck", "done")]}
    made = given(shop, section, by_hand)
    with Ledger.open(tmp_path / "ledger.db") as ledger:

        async def follow() -> None:
            async for _ in once(made, Order(seed=1, budget=60), ledger):
                pass

        task = asyncio.create_task(follow())
        while shop.log.count("add") < 10:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        (begun,) = ledger.runs(limit=None)
        notices = ledger.record(begun.id).notices
    assert shop.log[-2:] == ["close stuck", "close done"]
    assert any("the teardown did not end well: teardown/close was answered 500" in each for each in notices), notices
