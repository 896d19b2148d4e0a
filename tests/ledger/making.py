"""Makes runs, plans, evidence and exchanges to put into a ledger."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Any

from seamwright.ledger.store import Ledger
from seamwright.model.check import Dares
from seamwright.model.evidence import CellResult, Evidence
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.model.finding import Finding, Severity
from seamwright.model.plan import Plan, Planned, Skipped
from seamwright.model.run import Covered, Run, Seam
from seamwright.model.verdict import Verdict

__all__ = ["COVERAGE", "PLAN", "SEAMS", "an_exchange", "begun", "some_evidence", "some_run"]

PLAN = Plan(
    planned=(Planned("orders", "auth.expired-token", "an expired token is refused", Dares.ATTACK, ("getOrder",)),),
    skipped=(Skipped("orders-db", "auth.expired-token", "an expired token is refused", "it takes no tokens"),),
)
SEAMS = (Seam("orders", "http", "http://127.0.0.1:8801", "team-orders", ("payments",), ("getOrder", "createOrder")),)
COVERAGE = (Covered("orders", "getOrder", "GET", "/orders/{id}", 3, {"200": 2, "404": 1}),)


def some_run(run_id: str = "", **changes: Any) -> Run:
    values: dict[str, Any] = {
        "id": run_id or uuid.uuid4().hex,
        "system": "shop",
        "environment": "test",
        "source": "seamwright.yaml",
        "targets": ("orders",),
        "seed": 7,
        "manifest_digest": "m" * 64,
        "contract_digests": {"orders": "c" * 64},
        "tree": "t" * 40,
        "arguments": ("verify", "orders"),
        "versions": {"seamwright": "0.1.0"},
        "started": time.time(),
    }
    return Run(**{**values, **changes})


def some_evidence(run_id: str, check: str = "auth.expired-token", **changes: Any) -> Evidence:
    values: dict[str, Any] = {
        "run": run_id,
        "boundary": "orders",
        "check": check,
        "proves": "an expired token is refused",
        "verdict": Verdict.REFUTED,
        "tried": 3,
        "cells": (CellResult("getOrder", Verdict.REFUTED, 3),),
        "findings": (
            Finding("An expired token opens an order", "200 instead of 401", Severity.HIGH, "getOrder", exchanges=(1,)),
        ),
        "why": "",
        "cause": None,
        "exchanges": 0,
        "exchanges_digest": "",
        "manifest_digest": "m" * 64,
        "contract_digest": "c" * 64,
        "environment": "test",
        "seed": 7,
        "started": 1_700_000_000.25,
        "seconds": 0.5,
        "measures": {"p99": 0.123, "note": "Größe \u2028 😀"},
    }
    return Evidence(**{**values, **changes})


def an_exchange(number: int = 1, size: int = 0, **changes: Any) -> Exchange:
    values: dict[str, Any] = {
        "request": Request("GET", f"http://127.0.0.1:8801/orders/{number}", (("accept", "application/json"),)),
        "response": Response(200, (("content-type", "application/json"),), b'{"id": 1}' + b" " * size),
        "failure": None,
        "started": 1_700_000_000.5,
        "seconds": 0.01,
        "boundary": "orders",
        "operation": "getOrder",
        "identity": "alice",
        "check": "auth.expired-token",
        "number": number,
    }
    if "failure" in changes:
        values["response"] = None
        changes["failure"] = Failure(*changes["failure"])
    return Exchange(**{**values, **changes})


def begun(ledger: Ledger, run_id: str = "", *, rows: int = 0, exchanges: Sequence[int] = (), **changes: Any) -> str:
    """Begin a run, append some rows, each with exchanges of these numbers, and give its id."""
    run = some_run(run_id, **changes)
    ledger.begin(run, PLAN, SEAMS)
    for number in range(rows):
        ledger.append(some_evidence(run.id, f"auth.check-{number}"), [an_exchange(n) for n in exchanges])
    return run.id
