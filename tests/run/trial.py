"""A run with checks that a test writes, on a real server, with a real ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from seamwright.contracts.openapi import load_openapi
from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Applies, Check, Dares
from seamwright.model.evidence import Evidence, Observation, Proved
from seamwright.model.manifest import Manifest, Origin
from seamwright.model.operation import Contract
from seamwright.model.plan import Plan
from seamwright.model.run import CheckFinished, Event
from seamwright.model.subject import Subject
from seamwright.run.once import Order, Prepared, once
from seamwright.run.planning import Selection, plan
from seamwright.run.subjects import Subjects

__all__ = ["check", "contract_of", "document", "evidence_of", "manifest_of", "prepared", "run"]

Run = Callable[[Bench], AsyncIterator[Observation]]


async def _calls_every_cell(bench: Bench) -> AsyncIterator[Observation]:
    for cell in bench.cells:
        operation = bench.operation(cell)
        identity = bench.subject.honest(operation)
        await bench.call(await bench.case(operation, identity), identity)
        yield Proved(cell)


def _every_operation(subject: Subject) -> Applicability:
    return Applies(tuple(operation.id for operation in subject.operations))


def check(
    ident: str = "contract.tried",
    run: Any = _calls_every_cell,
    *,
    applies: Callable[[Subject], Applicability] = _every_operation,
    dares: Dares = Dares.OBSERVE,
    alone: bool = False,
    kinds: tuple[str, ...] = ("http",),
) -> Check:
    """A check that calls every operation once as somebody honest, where the test says nothing else."""
    return Check(
        id=ident,
        proves="it was called",
        oracle="none",
        applies=applies,
        run=run,
        dares=dares,
        alone=alone,
        kinds=kinds,
    )


def document(*operations: str, security: str | None = None, schemes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An OpenAPI document with operations written as `GET /items/{id}`; each takes and answers any JSON object."""
    paths: dict[str, Any] = {}
    for text in operations:
        method, path = text.split()
        name = method.lower() + "".join(part.strip("{}").capitalize() for part in path.split("/"))
        said: dict[str, Any] = {"operationId": name, "responses": {"2XX": {"description": "ok"}}}
        said["parameters"] = [
            {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
            for part in path.split("/")
            if part.startswith("{")
        ]
        if method in ("POST", "PUT", "PATCH"):
            said["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
        if security is not None:
            said["security"] = [{security: []}]
        paths.setdefault(path, {})[method.lower()] = said
    return {
        "openapi": "3.1.0",
        "info": {"title": "tried", "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": dict(schemes or {})},
    }


def contract_of(made: Mapping[str, Any]) -> Contract:
    """The contract of a document."""
    return load_openapi(made, source="openapi.json", digest="c" * 64)


def manifest_of(
    boundaries: Mapping[str, Any], *, secrets: Iterable[str] = (), folder: Path | None = None, **rest: Any
) -> Manifest:
    """A manifest; a boundary that is a text is an HTTP boundary at that URL."""
    given = {n: {"kind": "http", "url": b} if isinstance(b, str) else b for n, b in boundaries.items()}
    manifest = Manifest.model_validate({"system": "tried", "boundaries": given, **rest})
    origin = Origin("seamwright.yaml", folder or Path(), "m" * 64, frozenset(secrets))
    return manifest.coming_from(origin)


def prepared(
    manifest: Manifest,
    checks: Iterable[Check],
    contracts: Mapping[str, Mapping[str, Any]],
    selection: Selection | None = None,
) -> Prepared:
    """All that a run needs; `contracts` are documents by the name of their boundary."""
    subjects = {
        name: Subject(boundary, contract_of(contracts[name]) if name in contracts else None, manifest)
        for name, boundary in manifest.boundaries.items()
    }
    known = {made.id: made for made in checks}
    asked = selection or Selection()
    made: Plan = plan(subjects, known, asked)
    return Prepared(manifest, known, Subjects(subjects, {}), made, asked)


async def run(given: Prepared, ledger: Ledger, *, seed: int = 1, budget: float = 20.0) -> list[Event]:
    """Every event of a run, in order."""
    return [event async for event in once(given, Order(seed=seed, budget=budget), ledger)]


def evidence_of(events: Iterable[Event]) -> list[Evidence]:
    """The evidence among events."""
    return [event.evidence for event in events if isinstance(event, CheckFinished)]
