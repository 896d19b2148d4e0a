"""Tries one check on one small app, through the real runner and a real server, as a twin test does."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from seamwright.contracts.openapi import load_openapi
from seamwright.ledger.store import Ledger
from seamwright.model.check import Check
from seamwright.model.evidence import Evidence
from seamwright.model.exchange import Exchange
from seamwright.model.manifest import Manifest, Origin
from seamwright.model.operation import Contract
from seamwright.model.plan import Skipped
from seamwright.model.run import CheckFinished, RunFinished
from seamwright.model.subject import Subject
from seamwright.run.once import Order, Prepared, once
from seamwright.run.planning import Selection, plan
from seamwright.run.streaming import AT_ONCE
from seamwright.run.subjects import Subjects
from seamwright.run.world import DEPTH
from tests.serving import serving

__all__ = ["Tried", "contract_of", "manifest_of", "skipped", "tried", "tried_at"]

SEED = 20261


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: the evidence, and the exchanges behind it, redacted as they were kept."""

    evidence: Evidence
    exchanges: tuple[Exchange, ...]
    notices: tuple[str, ...] = field(default=())
    others: tuple[Evidence, ...] = field(default=())
    """The evidence of the checks beside it."""

    @property
    def verdict(self) -> str:
        return str(self.evidence.verdict)

    def cell(self, name: str) -> str:
        """The verdict of one cell."""
        return next(str(c.verdict) for c in self.evidence.cells if c.cell == name)


def manifest_of(url: str, boundary: Mapping[str, Any] | None = None, **rest: Any) -> Manifest:
    """A manifest with one HTTP boundary `api` at `url`; `rest` are more parts of the manifest as in YAML."""
    boundaries = {"api": {"kind": "http", "url": url, **(boundary or {})}, **rest.pop("boundaries", {})}
    manifest = Manifest.model_validate({"system": "stage", "boundaries": boundaries, **rest})
    return manifest.coming_from(Origin(source="seamwright.yaml", folder=Path(), digest="0" * 64))


def contract_of(document: Mapping[str, Any] | Contract) -> Any:
    """The contract of an OpenAPI document; a contract of another kind is given back."""
    if isinstance(document, Contract):
        return document
    return load_openapi(document, source="openapi.json", digest="0" * 64)


def _prepared(
    check: Check,
    document: Mapping[str, Any] | Contract | None,
    manifest: Manifest,
    on: str = "api",
    beside: Sequence[Check] = (),
) -> Prepared:
    contract = contract_of(document) if document is not None else None
    subjects = {
        name: Subject(boundary, contract if name == "api" else None, manifest)
        for name, boundary in manifest.boundaries.items()
    }
    selection = Selection(boundaries=(on,))
    together = {one.id: one for one in (check, *beside)}
    made = plan(subjects, together, selection)
    return Prepared(manifest, together, Subjects(subjects, {}), made, selection)


def skipped(
    check: Check, document: Mapping[str, Any] | Contract | None, *, on: str = "api", **manifest: Any
) -> Skipped:
    """Why a check does not apply; fails when it does."""
    made = _prepared(check, document, manifest_of("http://127.0.0.1:9", **manifest), on).plan
    assert not made.planned, f"{check.id} applies: {made.planned}"
    return made.skipped[0]


async def tried(
    check: Check,
    app: Any,
    document: Mapping[str, Any] | Contract | None,
    *,
    seed: int = SEED,
    budget: float = 20.0,
    depth: int = DEPTH,
    at_once: int = AT_ONCE,
    on: str = "api",
    beside: Sequence[Check] = (),
    **manifest: Any,
) -> Tried:
    """Serve `app`, whose contract is `document`, and try `check` on it, with others `beside` it in the same run.

    `manifest` holds more parts of the manifest as in YAML; `boundary` more of the boundary `api`; `on` is the boundary
    that is verified. In any text of it `{url}` stands for the address of the app.
    """
    with _served(app) as url:
        placed = _placed(manifest, url)
        return await tried_at(
            check, url, document, seed=seed, budget=budget, depth=depth, at_once=at_once, on=on, beside=beside, **placed
        )


async def tried_at(
    check: Check,
    url: str,
    document: Mapping[str, Any] | Contract | None,
    *,
    seed: int = SEED,
    budget: float = 20.0,
    depth: int = DEPTH,
    at_once: int = AT_ONCE,
    on: str = "api",
    beside: Sequence[Check] = (),
    **manifest: Any,
) -> Tried:
    """Try `check` on whatever stands at `url`."""
    prepared = _prepared(check, document, manifest_of(url, **manifest), on, beside)
    assert prepared.plan.planned, f"{check.id} does not apply: {prepared.plan.skipped}"
    evidence: Evidence | None = None
    notices: tuple[str, ...] = ()
    with tempfile.TemporaryDirectory() as folder, _ledger_in(Path(folder)) as ledger:
        order = Order(seed=seed, budget=budget, depth=depth, at_once=at_once)
        others: list[Evidence] = []
        async for event in once(prepared, order, ledger):
            if isinstance(event, CheckFinished) and event.item.check == check.id:
                evidence = event.evidence
            elif isinstance(event, CheckFinished):
                others.append(event.evidence)
            if isinstance(event, RunFinished):
                notices = event.record.notices
        assert evidence is not None
        assert not evidence.traceback, evidence.traceback
        return Tried(evidence, tuple(ledger.exchanges(evidence.run)), notices, tuple(others))


def _ledger_in(folder: Path) -> Ledger:
    """An empty ledger; its tables are made once for all."""
    path = folder / "ledger.db"
    path.write_bytes(_empty_ledger())
    return Ledger.open(path)


@cache
def _empty_ledger() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        Ledger.open(path).close()
        return path.read_bytes()


@contextlib.contextmanager
def _served(app: Any) -> Iterator[str]:
    with serving(app) as url:
        yield url


def _placed(value: Any, url: str) -> Any:
    if isinstance(value, str):
        return value.replace("{url}", url)
    if isinstance(value, Mapping):
        return {key: _placed(item, url) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_placed(item, url) for item in value]
    return value
